"""Thresholds that make the F1 of each genre largest on validation films."""

from __future__ import annotations

import numpy as np

SHRINK = 20.0
"""Positives at which a genre's own threshold and the pooled one weigh the same."""


def fit_thresholds(truth: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """One threshold a genre, (genres,), from `truth` bool and `scores`, both (films, genres).

    A genre's threshold is w × its own best + (1 − w) × the pooled best, w = n / (n + SHRINK) for
    its n positives: with few positives the best threshold is mostly chance.
    """
    pooled = best_threshold(truth.reshape(-1), scores.reshape(-1))
    own = np.array([best_threshold(t, s) for t, s in zip(truth.T, scores.T, strict=True)])
    positives = truth.sum(axis=0)
    weight = positives / (positives + SHRINK)
    return np.where(positives > 0, weight * own + (1 - weight) * pooled, pooled)


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
