"""Intervals by resampling films (Efron 1979): how far the draw of films may move a figure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

SAMPLES = 1000
Statistic = Callable[[np.ndarray], float]
"""A figure of the films in these rows; rows may come more than once."""


def interval(
    statistic: Statistic, films: int, samples: int = SAMPLES, seed: int = 0
) -> list[float]:
    """The 95 % percentile interval of `statistic`."""
    return percentiles(np.array([statistic(rows) for rows in _draws(films, samples, seed)]))


def percentiles(values: np.ndarray) -> list[float]:
    """The 95 % interval that draws (draws,) span; NaN where none is defined."""
    known = values[np.isfinite(values)]
    return [float(x) for x in np.percentile(known, [2.5, 97.5])] if len(known) else [np.nan] * 2


@dataclass(frozen=True)
class Difference:
    """One figure of two models on the same films: `difference` is the second minus the first."""

    difference: float
    low: float
    high: float
    p: float


def paired(
    first: Statistic, second: Statistic, films: int, samples: int = SAMPLES, seed: int = 0
) -> Difference:
    """The difference of two models on the same resampled films, its interval, two-sided p."""
    every = np.arange(films)
    drawn = np.array([second(rows) - first(rows) for rows in _draws(films, samples, seed)])
    return judged(second(every) - first(every), drawn)


def judged(difference: float, drawn: np.ndarray) -> Difference:
    """A difference with what its draws (draws,) say of it."""
    low, high = percentiles(drawn)
    # One is added so that p is never below what so many draws can show.
    tail = (min((drawn <= 0).sum(), (drawn >= 0).sum()) + 1) / (len(drawn) + 1)
    return Difference(difference, low, high, min(2 * tail, 1.0))


def _draws(films: int, samples: int, seed: int) -> list[np.ndarray]:
    random = np.random.default_rng(seed)
    return [random.integers(0, films, films) for _ in range(samples)]
