"""The types of an evaluation's metrics, as metrics.json stores them; undefined ones are None.

Means and accuracies are mappings by name; the names are those of `decisions.averages` and
`decisions.accuracies`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..records import OPTIONAL, SPREAD, Record, named

Figures = Mapping[str, float | None]
"""Metrics by name."""

Ends = tuple[float | None, ...]
"""Low and high end of an interval."""


def defined(value: float) -> float | None:
    """The value, or None for NaN, which JSON does not have."""
    return None if math.isnan(value) else float(value)


def ends(values: Iterable[float]) -> Ends:
    """The ends of an interval from `bootstrap`, NaN as None."""
    return tuple(map(defined, values))


@dataclass(frozen=True)
class Decisions(Record):
    """Metrics of decided genres: three accuracies; precision, recall and F1 by kind of mean.

    `top_genre` (`summary.top_genre`) is only set for the trivial baselines.
    """

    accuracy: Mapping[str, float]
    means: Mapping[str, Figures] = field(metadata=SPREAD)
    top_genre: Figures | None = field(default=None, metadata=OPTIONAL)


@dataclass(frozen=True)
class Both(Record):
    """Metrics of two decisions: uncalibrated probabilities at 0.5, as in papers, and by fitted
    thresholds."""

    at_half: Decisions = field(metadata=named("at_0.5"))
    fitted: Decisions


@dataclass(frozen=True)
class Ranking(Record):
    """Metrics that need no threshold; the first two by kind of mean."""

    average_precision: Figures
    roc_auc: Figures
    top_genre: Figures | None = field(default=None, metadata=OPTIONAL)


@dataclass(frozen=True)
class Cells(Record):
    """One genre's confusion matrix, and the metrics that follow from it."""

    tp: int
    fp: int
    fn: int
    tn: int
    precision: float
    recall: float
    f1: float
    accuracy: float


@dataclass(frozen=True)
class GenreFigures(Record):
    """One genre's metrics; `positives` is the number of its films."""

    genre: str
    positives: int
    at_half: Cells = field(metadata=named("at_0.5"))
    fitted: Cells
    average_precision: float | None
    roc_auc: float | None
    calibration_error: float | None
    calibration_error_by_chance: float | None
    brier_skill: float | None


@dataclass(frozen=True)
class Summary(Record):
    """All metrics of one evaluation, made by `summary.summarize`.

    `below_headline` are the genres with too few films for the headline macro means. `trivial` has
    the baselines without a model. `headline` are the metrics that a report starts with, and
    `intervals` their 95 % bootstrap intervals, if asked for.
    """

    films: int
    genres: tuple[str, ...]
    without_positives: tuple[str, ...]
    below_headline: tuple[str, ...]
    labels_per_film: Mapping[str, float]
    ranking: Ranking
    decisions: Both
    trivial: Mapping[str, Decisions]
    by_genre: tuple[GenreFigures, ...]
    headline: Figures
    intervals: Mapping[str, Ends]

    def of(self, genre: str) -> GenreFigures | None:
        """The metrics of one genre; None if it is not in the taxonomy."""
        return next((row for row in self.by_genre if row.genre == genre), None)
