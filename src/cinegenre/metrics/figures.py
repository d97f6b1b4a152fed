"""What an evaluation comes to, as a report and metrics.json have it; undefined figures are None.

Means and accuracies are mappings by their names: those of `decisions.averages` and `accuracies`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..records import OPTIONAL, SPREAD, Record, named

Figures = Mapping[str, float | None]
"""Figures by their names."""

Ends = tuple[float | None, ...]
"""Low and high end of an interval."""


def defined(value: float) -> float | None:
    """None for what is not defined: JSON has no NaN."""
    return None if math.isnan(value) else float(value)


def ends(values: Iterable[float]) -> Ends:
    """An interval's ends, as `bootstrap` gives them."""
    return tuple(map(defined, values))


@dataclass(frozen=True)
class Decisions(Record):
    """Figures of decided genres: three accuracies; precision, recall and F1 by kind of mean.

    `top_genre` (`summary.top_genre`) stands here for what needs no model alone.
    """

    accuracy: Mapping[str, float]
    means: Mapping[str, Figures] = field(metadata=SPREAD)
    top_genre: Figures | None = field(default=None, metadata=OPTIONAL)


@dataclass(frozen=True)
class Both(Record):
    """Decisions by the model's own probabilities, as papers decide, and by fitted thresholds."""

    at_half: Decisions = field(metadata=named("at_0.5"))
    fitted: Decisions


@dataclass(frozen=True)
class Ranking(Record):
    """Figures before any threshold, the first two by kind of mean."""

    average_precision: Figures
    roc_auc: Figures
    top_genre: Figures | None = field(default=None, metadata=OPTIONAL)


@dataclass(frozen=True)
class Cells(Record):
    """A genre's decisions: how many are right and wrong, and what follows from that."""

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
    """One genre's figures; `positives` are its films."""

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
    """Every figure of one evaluation, made by `summary.summarize`.

    `below_headline` are the genres with too few films for the headline's macro means. `trivial`
    has what needs no model; `headline` the figures a report leads with, `intervals` their 95 %
    bootstrap intervals where they were asked for.
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
        """A genre's figures; None where the taxonomy lacks it."""
        return next((row for row in self.by_genre if row.genre == genre), None)
