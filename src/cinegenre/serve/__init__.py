"""The REST service and the web page at `/`, protected against slow, large and wrong requests.

A request passes `timeouts` (slow clients), `guard` (size, token, headers), `films` (JSON or form to
`Movie`) and `batching` (requests that arrive together share a run of the model). Errors leave
through `problems`, all in one format. `app` puts this together, and `server` runs it.
"""
