"""The shipped model says the same on every processor.

Where an x86 processor lacks VNNI, onnxruntime adds pairs of 8-bit products in 16 bits, which
saturate unless the weights keep them from it. Drawn posters and texts of our own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

from cinegenre import Movie, Tagger
from cinegenre.export.saturation import LARGEST, products, widest_pair
from cinegenre.movie import INPUTS
from cinegenre.tagger.bundle_folder import default_folder
from cinegenre.tagger.modes import only

from ..tiny.films import films

ENCODERS = sorted(default_folder().glob("encoder-*.onnx"))
EXAMPLES = Path(__file__).parents[2] / "examples" / "posters"
SETS = [("title", "overview"), ("poster",), ("title", "poster"), INPUTS]


def told() -> list[Movie]:
    """Films with all four inputs: the tiny ones, and the examples' larger posters."""
    drawn = [film for film in films(90) if {*INPUTS} - {"people"} <= set(film.inputs)][:40]
    posters = sorted(EXAMPLES.iterdir())
    return [*drawn, *(replace(film, poster=p) for film, p in zip(drawn, posters, strict=False))]


def no_optimisation(options: Any) -> None:
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL


def no_saturation(options: Any) -> None:
    options.add_session_config_entry("session.x64quantprecision", "1")


def said(fields: tuple[str, ...]) -> tuple[np.ndarray, list[tuple[str, ...]]]:
    """Probabilities and genres of those films with these inputs alone, sessions opened anew."""
    shown = [only(film, fields, INPUTS) for film in told()]
    predictions = list(Tagger.load().predict(shown))
    scores = np.array([list(prediction.scores.values()) for prediction in predictions])
    return scores, [prediction.genres for prediction in predictions]


usual = cache(said)


@pytest.mark.parametrize("fields", SETS, ids="+".join)
@pytest.mark.parametrize("change", [no_optimisation, no_saturation])
def test_the_same_genres_computed_otherwise(
    fields: tuple[str, ...], change: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    scores, genres = usual(fields)
    opened = onnxruntime.InferenceSession
    changes = 0

    def changed(path: str, options: Any, **more: Any) -> Any:
        nonlocal changes
        changes += 1
        change(options)
        return opened(path, options, **more)

    monkeypatch.setattr(onnxruntime, "InferenceSession", changed)
    others, decided = said(fields)
    assert changes > 1
    assert np.abs(scores - others).max() < 0.01
    assert genres == decided


@pytest.mark.parametrize("path", ENCODERS, ids=lambda path: path.stem)
def test_no_product_can_saturate(path: Path) -> None:
    """On any machine, whatever the activations: this one may have the instructions."""
    model = onnx.load(path)
    assert widest_pair(model) <= LARGEST
    assert bool(list(products(model))) == (path.stat().st_size > 4_000_000)
