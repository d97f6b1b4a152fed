"""Arrays that every metric starts from, and the functions between logits and probabilities."""

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
    """Probabilities from logits, in float64, without overflow for large logits."""
    z = logits.astype(np.float64)
    return np.asarray(np.exp(-np.logaddexp(0, -z)))


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities from logits (films, genres), in float64; each film's sum to 1."""
    z = logits.astype(np.float64)
    odds = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=-1, keepdims=True))


ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "sigmoid": sigmoid,
    "softmax": softmax,
}
"""From logits to a model's uncalibrated probabilities: each genre for itself, or summing to 1."""


def logit(probabilities: np.ndarray) -> np.ndarray:
    """The inverse of `sigmoid`; probabilities are first kept a millionth away from 0 and 1."""
    p = np.clip(probabilities, _EPSILON, 1 - _EPSILON)
    return np.asarray(np.log(p / (1 - p)))
