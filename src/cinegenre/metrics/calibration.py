"""Calibrations: they turn a model's scores into calibrated probabilities and decided genres.

They are fitted on the validation split. A bundle stores one `Calibration` for each set of inputs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .arrays import logit
from .platt import fit_platt, scale
from .thresholds import fit_thresholds


@dataclass(frozen=True)
class Calibration:
    """A slope, an intercept and a threshold on the calibrated probability for each genre.

    All are arrays (genres,) in the order of `genres`. `films` is the number of films that they were
    fitted on.
    """

    genres: tuple[str, ...]
    slope: np.ndarray
    intercept: np.ndarray
    threshold: np.ndarray
    films: int

    @classmethod
    def fit(
        cls,
        truth: np.ndarray,
        scores: np.ndarray,
        genres: Sequence[str],
        typical: np.ndarray | None = None,
    ) -> Calibration:
        """Fit on validation films: `truth` bool and `scores` float, both (films, genres).

        `typical`, bool (films,), marks those that resemble the films to be predicted; the others
        then count less. If left out, all do.
        """
        slope, intercept = fit_platt(truth, scores, typical)
        calibrated = scale(scores, slope, intercept)
        threshold = fit_thresholds(calibrated if typical is None else calibrated[typical])
        return cls(tuple(genres), slope, intercept, threshold, len(truth))

    @classmethod
    def cross_validated(
        cls, truth: np.ndarray, scores: np.ndarray, genres: Sequence[str], folds: int = 5
    ) -> tuple[np.ndarray, np.ndarray]:
        """Calibrate and decide each fold's films with a fit on the other folds.

        Metrics of the result are not too good, as they are for a fit on the same films. Returns
        calibrated probabilities and decisions, both (films, genres).
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
        return scale(scores, self.slope, self.intercept)

    def decide(self, calibrated: np.ndarray) -> np.ndarray:
        """Decisions, bool (films, genres), from calibrated probabilities.

        If no genre of a film reaches its threshold, the one nearest to it (in logits) is decided.
        """
        decided: np.ndarray = calibrated >= self.threshold
        nearest = (logit(calibrated) - logit(self.threshold)).argmax(axis=1)
        none = ~decided.any(axis=1)
        decided[none, nearest[none]] = True
        return decided

    def to_json(self) -> dict[str, Any]:
        """Plain lists, as thresholds.json stores them."""
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
        if not np.isfinite([slope, intercept, threshold]).all() or (slope <= 0).any():
            raise ValueError("thresholds must be finite, and slopes above 0")
        return cls(genres, slope, intercept, threshold, int(value["films"]))


def expected_calibration_error(truth: np.ndarray, scores: np.ndarray, bins: int = 15) -> np.ndarray:
    """Mean |share of positives − mean score| over bins of equal numbers of films, (genres,)."""
    gaps = np.stack([_ranked_gaps(*pair) for pair in zip(truth.T, scores.T, strict=True)], axis=1)
    parts = np.array_split(gaps, min(bins, len(gaps)))
    error: np.ndarray = np.sum([np.abs(part.sum(axis=0)) for part in parts], axis=0) / len(gaps)
    return error


def chance_error(scores: np.ndarray, bins: int = 15, samples: int = 20) -> np.ndarray:
    """The expected calibration error of perfectly calibrated scores, (genres,), by simulation.

    Even if `scores` were the true probabilities, a finite number of films would show an error. An
    error up to that size may be chance.
    """
    random = np.random.default_rng(0)
    drawn = [
        expected_calibration_error(random.random(scores.shape) < scores, scores, bins)
        for _ in range(samples)
    ]
    return np.asarray(np.mean(drawn, axis=0))


def brier_skill(truth: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """1 − Brier score / that of always predicting the genre's share, (genres,).

    NaN for a genre that all films or no films have.
    """
    base = truth.mean(axis=0)
    reference = base * (1 - base)
    brier = ((scores - truth) ** 2).mean(axis=0)
    ratio = np.divide(brier, reference, out=np.full(len(base), np.nan), where=reference > 0)
    return np.asarray(1 - ratio)


def _ranked_gaps(truth: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """truth − score, sorted by score; equal scores get their mean, so that order has no effect."""
    _, place, count = np.unique(scores, return_inverse=True, return_counts=True)
    means = np.bincount(place, weights=truth - scores) / count
    return np.repeat(means, count)
