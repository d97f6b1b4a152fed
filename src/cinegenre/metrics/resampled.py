"""The bootstrap of micro F1 and macro average precision, computed for all draws at once.

A draw is stored as the number of times it contains each film, so the films are sorted once and not
for every draw. The same seed gives the same draws as `bootstrap`, and so the same interval.
"""

from __future__ import annotations

import numpy as np

from .decisions import confusion


def draws(films: int, samples: int, seed: int = 0) -> np.ndarray:
    """The number of times that each draw contains each film, float (samples, films)."""
    random = np.random.default_rng(seed)
    drawn = np.zeros((samples, films))
    for row in drawn:
        row += np.bincount(random.integers(0, films, films), minlength=films)
    return drawn


def micro_f1(truth: np.ndarray, decided: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Micro F1 of each draw, (draws,), from bool (films, genres) and the draws (draws, films)."""
    hits, false, missed = (drawn @ column for column in confusion(truth.T, decided.T)[:, :3].T)
    under = 2 * hits + false + missed
    return np.asarray(np.divide(2 * hits, under, out=np.zeros_like(hits), where=under > 0))


def macro_ap(truth: np.ndarray, scores: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Macro average precision of each draw, (draws,), over the genres that have a film in it.

    NaN for a draw without any.
    """
    every = [_precision(truth[:, g], scores[:, g], drawn) for g in range(truth.shape[1])]
    values = np.array(every).reshape(len(every), len(drawn))
    known = np.isfinite(values)
    count = known.sum(axis=0)
    total = np.where(known, values, 0.0).sum(axis=0)
    return np.asarray(np.divide(total, count, out=np.full(len(drawn), np.nan), where=count > 0))


def _precision(truth: np.ndarray, scores: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Average precision of one genre in each draw, as `ranking` defines it."""
    if not truth.any() or not len(drawn):
        return np.full(len(drawn), np.nan)
    order = np.argsort(-scores, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    weight = drawn[:, order]
    above = np.cumsum(weight, axis=1)[:, ends]
    hits = np.cumsum(weight * truth[order], axis=1)[:, ends]
    precision = np.divide(hits, above, out=np.zeros_like(hits), where=above > 0)
    area = (np.diff(hits, axis=1, prepend=0.0) * precision).sum(axis=1)
    total = hits[:, -1]
    return np.asarray(np.divide(area, total, out=np.full(len(total), np.nan), where=total > 0))
