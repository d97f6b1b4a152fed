"""Scores to calibrated probabilities (Platt scaling) and decisions, fitted on validation films.

Platt 1999: p' = sigmoid(slope × logit(p) + intercept), per genre. The slope stays positive, so the
ranking of films stays too. Rare genres have too few positives for two numbers of their own: the fit
is drawn towards the (slope, intercept) of all genres pooled, as if by `PRIOR` films' worth of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .arrays import logit, sigmoid
from .thresholds import fit_thresholds

PRIOR = 4.0
_SMALLEST_SLOPE = 0.05


@dataclass(frozen=True)
class Calibration:
    """Per genre, in the order of `genres`: slope and intercept, and a threshold on the result.

    `films` says how many it was fitted on.
    """

    genres: tuple[str, ...]
    slope: np.ndarray
    intercept: np.ndarray
    threshold: np.ndarray
    films: int

    @classmethod
    def fit(cls, truth: np.ndarray, scores: np.ndarray, genres: Sequence[str]) -> Calibration:
        """Fit on validation films: `truth` bool and `scores` float, both (films, genres)."""
        logits = logit(scores)
        pooled = _newton(logits.reshape(-1), truth.reshape(-1), np.array([1.0, 0.0]), 1e-3)
        fitted = np.array(
            [_newton(logits[:, g], truth[:, g], pooled, PRIOR) for g in range(truth.shape[1])]
        )
        slope, intercept = np.maximum(fitted[:, 0], _SMALLEST_SLOPE), fitted[:, 1]
        calibrated = sigmoid(logits * slope + intercept)
        threshold = fit_thresholds(truth, calibrated)
        return cls(tuple(genres), slope, intercept, threshold, len(truth))

    @classmethod
    def cross_validated(
        cls, truth: np.ndarray, scores: np.ndarray, genres: Sequence[str], folds: int = 5
    ) -> tuple[np.ndarray, np.ndarray]:
        """What fitting is worth: each fold's films calibrated and decided by a fit on the others.

        Returns calibrated probabilities and decisions, both (films, genres).
        """
        fold = np.random.default_rng(0).permutation(len(truth)) % folds
        calibrated, decided = np.empty(scores.shape), np.zeros(truth.shape, bool)
        for k in range(min(folds, len(truth))):
            rest, held = fold != k, fold == k
            fitted = cls.fit(truth[rest], scores[rest], genres)
            calibrated[held] = fitted.apply(scores[held])
            decided[held] = fitted.decide(calibrated[held])
        return calibrated, decided

    def apply(self, scores: np.ndarray) -> np.ndarray:
        """Calibrated probabilities, (films, genres)."""
        calibrated: np.ndarray = sigmoid(logit(scores) * self.slope + self.intercept)
        return calibrated

    def decide(self, calibrated: np.ndarray) -> np.ndarray:
        """bool (films, genres). Where no genre passes, the one nearest to it is decided."""
        decided: np.ndarray = calibrated >= self.threshold
        nearest = (logit(calibrated) - logit(self.threshold)).argmax(axis=1)
        none = ~decided.any(axis=1)
        decided[none, nearest[none]] = True
        return decided

    def to_json(self) -> dict[str, Any]:
        """Plain lists, as thresholds.json keeps them."""
        rounded = {
            name: [round(float(x), 6) for x in getattr(self, name)]
            for name in ("slope", "intercept", "threshold")
        }
        return {"genres": list(self.genres), "films": self.films} | rounded

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Calibration:
        """The inverse of `to_json`. Raises `ValueError` when the lists differ in length."""
        genres = tuple(str(genre) for genre in value["genres"])
        names = ("slope", "intercept", "threshold")
        slope, intercept, threshold = (np.array(value[name], np.float64) for name in names)
        if not slope.shape == intercept.shape == threshold.shape == (len(genres),):
            raise ValueError(f"thresholds of {len(genres)} genres have other lengths")
        return cls(genres, slope, intercept, threshold, int(value["films"]))


def expected_calibration_error(truth: np.ndarray, scores: np.ndarray, bins: int = 15) -> np.ndarray:
    """Mean |share of positives − mean score| over bins of equal numbers of films, (genres,)."""
    order = np.argsort(scores, axis=0, kind="stable")
    gaps = np.take_along_axis(truth.astype(np.float64) - scores, order, axis=0)
    parts = np.array_split(gaps, min(bins, len(gaps)))
    error: np.ndarray = np.sum([np.abs(part.sum(axis=0)) for part in parts], axis=0) / len(gaps)
    return error


def brier_skill(truth: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """1 − Brier score / that of always saying the genre's share, (genres,); NaN for constants."""
    base = truth.mean(axis=0)
    reference = base * (1 - base)
    brier = ((scores - truth) ** 2).mean(axis=0)
    ratio = np.divide(brier, reference, out=np.full(len(base), np.nan), where=reference > 0)
    return np.asarray(1 - ratio)


def _newton(logits: np.ndarray, truth: np.ndarray, prior: np.ndarray, weight: float) -> np.ndarray:
    """(slope, intercept) of the logistic regression of `truth` on `logits`, near `prior`.

    Minimises the log loss over Platt's smoothed targets plus weight/2 × |(a, b) − prior|².
    """
    positives = int(truth.sum())
    negatives = len(truth) - positives
    target = np.where(truth, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    design = np.stack([logits, np.ones_like(logits)], axis=1)
    point = prior.astype(np.float64).copy()

    def loss(at: np.ndarray) -> float:
        z = design @ at
        fit = np.logaddexp(0, z).sum() - (target * z).sum()
        return float(fit + weight / 2 * ((at - prior) ** 2).sum())

    for _ in range(50):
        p = sigmoid(design @ point)
        gradient = design.T @ (p - target) + weight * (point - prior)
        curvature = (design * (p * (1 - p))[:, None]).T @ design + weight * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        size, here = 1.0, loss(point)
        while loss(point - size * step) > here and size > 1e-6:
            size /= 2
        point -= size * step
        if np.abs(size * step).max() < 1e-9:
            break
    return point
