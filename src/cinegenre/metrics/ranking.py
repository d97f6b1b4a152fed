"""Metrics of probabilities without a threshold: average precision and area under the ROC curve.

`truth` is bool and `scores` float, both (films, genres). Ties are treated as in scikit-learn.
"""

from __future__ import annotations

import numpy as np


def average_precision(truth: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Average precision: the sum over thresholds of recall step × precision, (genres,).

    NaN for a genre without positives.
    """
    return np.array([_average_precision(*column) for column in zip(truth.T, scores.T, strict=True)])


def roc_auc(truth: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Area under the ROC curve, (genres,): the probability that a positive ranks above a negative.

    Ties count half. NaN for a genre without positives or without negatives.
    """
    return np.array([_roc_auc(*column) for column in zip(truth.T, scores.T, strict=True)])


def _average_precision(truth: np.ndarray, scores: np.ndarray) -> float:
    positives = int(truth.sum())
    if not positives:
        return float("nan")
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(truth[order])
    # A threshold cannot separate equal scores, so precision is taken after the last of them only.
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    precision = hits[ends] / (ends + 1)
    return float(np.sum(np.diff(hits[ends], prepend=0) * precision) / positives)


def _roc_auc(truth: np.ndarray, scores: np.ndarray) -> float:
    positives = int(truth.sum())
    negatives = len(truth) - positives
    if not positives or not negatives:
        return float("nan")
    _, place, count = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[place]  # equal scores share their mean rank
    above = ranks[truth].sum() - positives * (positives + 1) / 2
    return float(above / (positives * negatives))
