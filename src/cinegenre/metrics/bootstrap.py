"""Bootstrap intervals (Efron 1979): how much a metric varies when the films are resampled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

SAMPLES = 1000
Statistic = Callable[[np.ndarray], float]
"""A metric of the films in the given rows; a row may occur several times."""


def interval(
    statistic: Statistic, films: int, samples: int = SAMPLES, seed: int = 0
) -> list[float]:
    """The 95 % percentile interval of `statistic`."""
    return percentiles(np.array([statistic(rows) for rows in _draws(films, samples, seed)]))


def percentiles(values: np.ndarray) -> list[float]:
    """The 95 % percentile interval of resampled values (draws,); NaN if all are NaN."""
    known = values[np.isfinite(values)]
    return [float(x) for x in np.percentile(known, [2.5, 97.5])] if len(known) else [np.nan] * 2


@dataclass(frozen=True)
class Difference:
    """A metric compared between two models on the same films; `difference` is second − first."""

    difference: float
    low: float
    high: float
    p: float


def paired(
    first: Statistic, second: Statistic, films: int, samples: int = SAMPLES, seed: int = 0
) -> Difference:
    """A paired bootstrap: the difference of two models, its interval and its two-sided p value."""
    every = np.arange(films)
    drawn = np.array([second(rows) - first(rows) for rows in _draws(films, samples, seed)])
    return judged(second(every) - first(every), drawn)


def judged(difference: float, drawn: np.ndarray) -> Difference:
    """A difference with the interval and the p value that its resampled values (draws,) give."""
    low, high = percentiles(drawn)
    # One is added to the count, because a finite number of draws cannot show a p value of 0.
    tail = (min((drawn <= 0).sum(), (drawn >= 0).sum()) + 1) / (len(drawn) + 1)
    return Difference(difference, low, high, min(2 * tail, 1.0))


def _draws(films: int, samples: int, seed: int) -> list[np.ndarray]:
    random = np.random.default_rng(seed)
    return [random.integers(0, films, films) for _ in range(samples)]
