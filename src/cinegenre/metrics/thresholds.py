"""Thresholds that make the F1 of each genre largest on validation films."""

from __future__ import annotations

import numpy as np

from .arrays import logit, sigmoid

SHRINK = 30.0
"""Positives at which a genre's own threshold and the pooled one weigh the same."""

_GRID = sigmoid(np.linspace(-6.0, 3.0, 181))
"""Where the pooled threshold is looked for: 0.002 to 0.95."""


def fit_thresholds(truth: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """One threshold a genre, (genres,), from `truth` bool and `scores`, both (films, genres).

    In logits, a genre's threshold is w × its own best + (1 − w) × the pooled one, with
    w = n / (n + SHRINK) for its n positives: with few positives the best is mostly chance.
    """
    pooled = logit(np.array(pooled_threshold(truth, scores)))
    own = logit(np.array([best_threshold(t, s) for t, s in zip(truth.T, scores.T, strict=True)]))
    positives = truth.sum(axis=0)
    weight = positives / (positives + SHRINK)
    return sigmoid(weight * own + (1 - weight) * pooled)


def pooled_threshold(truth: np.ndarray, scores: np.ndarray) -> float:
    """The one threshold for all genres with the best macro F1; 0.5 if no genre has a positive.

    Macro, not micro: the best micro threshold is that of the common genres, too high for the rare.
    """
    kept = truth.any(axis=0)
    if not kept.any():
        return 0.5
    f1 = []
    for true, score in zip(truth.T[kept], scores.T[kept], strict=True):
        decided = len(score) - np.searchsorted(np.sort(score), _GRID)
        hits = true.sum() - np.searchsorted(np.sort(score[true]), _GRID)
        f1.append(2 * hits / (decided + true.sum()))
    return float(_GRID[np.mean(f1, axis=0).argmax()])


def best_threshold(truth: np.ndarray, scores: np.ndarray) -> float:
    """The threshold with the largest F1, half way to the next lower score; 0.5 if none is."""
    if not truth.any():
        return 0.5
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    hits = np.cumsum(truth[order])
    f1 = 2 * hits / (np.arange(1, len(ranked) + 1) + hits[-1])
    # Films with the same score cannot be parted.
    f1[:-1][ranked[:-1] == ranked[1:]] = -1
    best = int(f1.argmax())
    following = ranked[best + 1] if best + 1 < len(ranked) else 0.0
    return float((ranked[best] + following) / 2)
