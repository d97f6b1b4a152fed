"""Measures whether two lists of figures have the same order, and whether two rows differ."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..metrics.bootstrap import Difference, judged
from ..metrics.resampled import draws, macro_ap
from ..metrics.summary import HEADLINES, Scored


def kendall(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Kendall's tau-b: 1 is the same order, −1 the reverse; None if one list has no order."""
    a, b = (np.sign(np.subtract.outer(values, values)) for values in (first, second))
    under = np.sqrt((a**2).sum() * (b**2).sum())
    return float((a * b).sum() / under) if under else None


def spearman(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Spearman's rho: the correlation of the ranks; None if one list has no order."""
    a, b = (_ranks(values) for values in (first, second))
    under = a.std() * b.std()
    return float(((a - a.mean()) * (b - b.mean())).mean() / under) if under else None


def differ(first: Scored, second: Scored, samples: int = 1000, seed: int = 0) -> Difference:
    """The second's macro AP minus the first's on the same films: `metrics.bootstrap.paired`."""
    drawn = draws(len(first.truth), samples, seed)
    moved = macro_ap(second.truth, second.raw, drawn) - macro_ap(first.truth, first.raw, drawn)
    figure, positives = HEADLINES["macro_ap"], first.truth.sum(axis=0)
    return judged(figure(second, positives) - figure(first, positives), moved)


def _ranks(values: Sequence[float]) -> np.ndarray:
    """The ranks, from 1; equal values have their mean rank."""
    _, place, count = np.unique(np.asarray(values), return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(count) - (count - 1) / 2)[place])
