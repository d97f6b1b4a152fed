"""The service: REST, the web page at `/`, and what keeps both answering under faults.

A request goes through `timeouts` (slow clients), `guard` (size, token, headers), `films` (JSON or
form to `Movie`), `batching` (the moment's requests to one run of the model) and back through
`problems` (every error in one shape). `app` puts it together, `server` runs it.
"""
