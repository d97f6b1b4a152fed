"""Whether the shipped model says the same however its 8-bit products are computed.

The same films, the same graphs: as prediction runs them, without the optimiser, and with products
that onnxruntime keeps from saturating (`session.x64quantprecision`, for x86 without VNNI).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .common import NotGiven, Options, Report
from .startup import SHIPPED

FILMS = 200
SETS = [("poster",), ("title", "overview"), ("title", "overview", "companies", "poster")]


def run(options: Options) -> Report:
    """Of films of `test`: how far probabilities are apart, and how many decided genres differ."""
    if options.data is None:
        raise NotGiven("give --data DIR, a prepared data set")
    import onnxruntime

    from cinegenre import Tagger
    from cinegenre.data.dataset import PreparedSet
    from cinegenre.movie import INPUTS
    from cinegenre.tagger.modes import only

    count = options.films[0] if options.films else FILMS
    films = [
        film
        for film in PreparedSet.open(options.data).films("test")
        if {"title", "overview", "poster"} <= set(film.inputs)
    ][:count]
    model = options.model or SHIPPED
    usual = onnxruntime.InferenceSession
    rows, figures = [], {}
    for fields in SETS:
        shown = [only(film, fields, INPUTS) for film in films]
        said = {}
        for name, change in CHANGES.items():
            onnxruntime.InferenceSession = _changed(usual, change)
            try:
                tagger = Tagger.load(model)
                predictions = list(tagger.predict(shown))
            finally:
                onnxruntime.InferenceSession = usual
            said[name] = predictions
        ours = said.pop("as it is")
        for name, other in said.items():
            pairs = list(zip(ours, other, strict=True))
            apart = np.array([[abs(a.scores[g] - b.scores[g]) for g in a.scores] for a, b in pairs])
            differ = sum(a.genres != b.genres for a, b in pairs)
            figures[f"{'+'.join(fields)}: {name}"] = (float(apart.max()), differ)
            rows.append((" + ".join(fields), name, f"{apart.max():.4f}", f"{apart.mean():.5f}",
                         f"{differ} of {len(films)}"))  # fmt: skip
    head = ("inputs", "computed", "probabilities apart, most", "mean", "films with other genres")
    return Report(head, rows, figures, [f"{len(films):,} films of `test` with a poster."])


def _none(options: Any) -> None:
    pass


def _no_optimiser(options: Any) -> None:
    import onnxruntime

    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL


def _no_saturation(options: Any) -> None:
    options.add_session_config_entry("session.x64quantprecision", "1")


CHANGES: dict[str, Callable[[Any], None]] = {
    "as it is": _none,
    "without the optimiser": _no_optimiser,
    "without saturation": _no_saturation,
}


def _changed(opened: Any, change: Callable[[Any], None]) -> Any:
    def session(path: str, options: Any, **more: Any) -> Any:
        change(options)
        return opened(path, options, **more)

    return session
