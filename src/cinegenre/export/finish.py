"""Finishes a float32 bundle after export or conversion: converts its weights and calibrates it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from ..data.dataset import PreparedSet
from ..inputs import PosterInput
from ..movie import Movie
from ..tagger.bundle_folder import write_thresholds
from ..tagger.runtime import Runtime
from .calibrate import calibrate, with_everything
from .quantize import CALIBRATION, keep_in
from .result import Lost, Mode


def finish(
    runtime: Runtime, weights: str, films: Sequence[Movie], prepared: PreparedSet
) -> tuple[Lost | None, list[Mode]]:
    """Convert the bundle's encoders to `weights`, in place, then fit calibration and thresholds.

    `films` are validation films. Returns what the conversion cost (None for float32), and the mode
    of every set of inputs.
    """
    lost = None
    if weights != "float32":
        before = with_everything(runtime, films)
        reads = runtime.bundle.inputs.values()
        has_posters = any(isinstance(each, PosterInput) for each in reads)
        posters = training_posters(prepared) if has_posters else []
        runtime = Runtime(keep_in(weights, runtime.bundle, posters))
        lost = Lost(before, with_everything(runtime, films))
    modes = calibrate(runtime, films)
    write_thresholds(runtime.bundle.folder, {mode.situation: mode.calibration for mode in modes})
    return lost, modes


def training_posters(prepared: PreparedSet) -> list[Movie]:
    """Some training films with a poster, the same ones each time."""
    with_poster = (film for film in prepared.films("train") if film.poster is not None)
    return list(islice(with_poster, CALIBRATION))
