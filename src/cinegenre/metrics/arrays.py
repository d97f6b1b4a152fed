"""Small things every figure starts from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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


def softmax(logits: np.ndarray) -> np.ndarray:
    """Logits (films, genres) to shares of 1 a film, in float64."""
    z = logits.astype(np.float64)
    odds = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=-1, keepdims=True))


ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "sigmoid": sigmoid,
    "softmax": softmax,
}
"""Logits to a model's own probabilities: each genre by itself, or one sum to share."""


def logit(probabilities: np.ndarray) -> np.ndarray:
    """The inverse of `sigmoid`, of probabilities kept a millionth off 0 and 1."""
    p = np.clip(probabilities, _EPSILON, 1 - _EPSILON)
    return np.asarray(np.log(p / (1 - p)))
