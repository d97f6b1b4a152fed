"""Fits a bundle's calibration, and computes validation figures, for every set of inputs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..inputs import PosterInput
from ..metrics.arrays import truth_of
from ..metrics.calibration import Calibration
from ..metrics.decisions import averages, macro
from ..metrics.ranking import average_precision
from ..movie import Movie
from ..tagger.modes import score_modes
from ..tagger.runtime import Runtime
from .result import Figures, Mode

_TYPICAL = 200
"""With at least this many validation films with posters, every set of inputs is calibrated for
films that have one."""


def calibrate(runtime: Runtime, films: Sequence[Movie], abroad: Sequence[Movie] = ()) -> list[Mode]:
    """Fit every set of inputs on the validation films that have it.

    Films without a poster are less well known, and their genres differ. They help to fit the sets
    without a poster, but users will also ask for well-known films by text alone. `abroad` are
    validation films with texts in other languages, which are used for those languages only: they
    may be the same films as in `films`.
    """
    genres = runtime.bundle.genres
    at_home = np.arange(len(films) + len(abroad)) < len(films)
    films = [*films, *abroad]
    truth = truth_of(films, genres)
    with_poster = np.array([film.poster is not None for film in films])
    posters = any(isinstance(reads, PosterInput) for reads in runtime.bundle.inputs.values())
    modes = []
    for mode in score_modes(runtime, films):
        kept = np.ones(len(mode.rows), bool) if mode.is_other_language else at_home[mode.rows]
        if not kept.any():
            continue
        rows, scores = mode.rows[kept], runtime.bundle.probabilities(mode.logits[kept])
        like = with_poster[rows]
        typical = like if posters and _TYPICAL <= like.sum() < len(like) else None
        calibration = Calibration.fit(truth[rows], scores, genres, typical)
        figures = _figures(truth[rows], scores, genres)
        modes.append(Mode(mode.inputs, tuple(sorted(mode.situation)), calibration, figures))
    return modes


def with_everything(runtime: Runtime, films: Sequence[Movie]) -> Figures:
    """Validation figures of the films that have all the model's inputs, with all of them."""
    genres = runtime.bundle.genres
    fields = set(runtime.bundle.fields)
    whole = [film for film in films if fields <= set(film.inputs)]
    encoded = runtime.encode(whole)
    scores = runtime.bundle.probabilities(runtime.classify(encoded.features, encoded.present))
    return _figures(truth_of(whole, genres), scores, genres)


def _figures(truth: np.ndarray, scores: np.ndarray, genres: tuple[str, ...]) -> Figures:
    """Validation figures of one set of inputs, decisions cross-validated."""
    _, decided = Calibration.cross_validated(truth, scores, genres)
    means = averages(truth, decided)
    return Figures(
        films=len(truth),
        micro_f1=means["micro"]["f1"],
        macro_f1=means["macro"]["f1"],
        macro_ap=macro(average_precision(truth, scores), truth.sum(axis=0)),
    )
