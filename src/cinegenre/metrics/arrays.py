"""Small things every figure starts from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..movie import Movie

_EPSILON = 1e-6


def truth_of(films: Sequence[Movie], genres: Sequence[str]) -> np.ndarray:
    """Which of `genres` each film has: bool (films, genres)."""
    rows = [[genre in film.genres for genre in genres] for film in films]
    return np.array(rows, bool).reshape(len(films), len(genres))


def sigmoid(logits: np.ndarray) -> np.ndarray:
    """Logits to probabilities, in float64; no logit overflows."""
    z = logits.astype(np.float64)
    return np.asarray(np.exp(-np.logaddexp(0, -z)))


def logit(probabilities: np.ndarray) -> np.ndarray:
    """The inverse of `sigmoid`, of probabilities kept a millionth off 0 and 1."""
    p = np.clip(probabilities, _EPSILON, 1 - _EPSILON)
    return np.asarray(np.log(p / (1 - p)))
