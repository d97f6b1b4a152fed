"""Thresholds that maximise the expected F1 of each genre, from calibrated probabilities alone."""

from __future__ import annotations

import numpy as np

HALF = 0.5
"""The threshold on uncalibrated probabilities, for which none was fitted."""

LEAST = 0.1
"""The lowest threshold: a genre that is right less than one time in ten is not decided, even if its
F1 would be better for it."""


def fit_thresholds(calibrated: np.ndarray) -> np.ndarray:
    """One threshold per genre, (genres,), none below `LEAST`, from `calibrated` (films, genres).

    It maximises the expected F1. If the k likeliest films are decided, that is 2 Σ p of these films
    / (k + Σ p of all films), and the best threshold is half of it (Lipton et al. 2014). The labels
    are not used: the calibration has seen them already, and the observed F1 of a rare genre is
    mostly chance.
    """
    return np.maximum([_best(column) for column in calibrated.T], LEAST)


def _best(calibrated: np.ndarray) -> float:
    """The best threshold of one genre: half way between the last decided film and the next."""
    ranked = np.sort(calibrated)[::-1]
    expected = 2 * np.cumsum(ranked) / (np.arange(1, len(ranked) + 1) + ranked.sum())
    # A threshold cannot separate films with the same score.
    expected[:-1][ranked[:-1] == ranked[1:]] = -1
    best = int(expected.argmax())
    following = ranked[best + 1] if best + 1 < len(ranked) else 0.0
    return float((ranked[best] + following) / 2)
