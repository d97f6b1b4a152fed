"""Scores films whose genres are known, for metrics: truth, probabilities and decisions together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..metrics.arrays import truth_of
from ..metrics.summary import Scored
from ..movie import Movie
from .modes import Mode
from .runtime import Features
from .tagger import Tagger


def score(tagger: Tagger, films: Sequence[Movie], encoded: Features) -> Scored:
    """Score films with all the inputs they have, from their encoders' outputs."""
    logits = tagger.runtime.classify(encoded.features, encoded.present)
    _, situations = tagger.situations(films, encoded)
    return _scored(tagger, truth_of(films, tagger.genres), logits, situations)


def score_mode(tagger: Tagger, truth: np.ndarray, mode: Mode) -> Scored:
    """Score the films of one mode; `truth` is bool (films, genres), of all films."""
    return _scored(tagger, truth[mode.rows], mode.logits, [mode.situation] * len(mode.rows))


def _scored(
    tagger: Tagger, truth: np.ndarray, logits: np.ndarray, situations: Sequence[frozenset[str]]
) -> Scored:
    scores, decided = tagger.decide(logits, situations)
    return Scored(tagger.genres, truth, tagger.bundle.probabilities(logits), scores, decided)
