"""All metrics of one evaluation, computed from truth, scores and decisions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..taxonomy import MAJORITY
from .bootstrap import SAMPLES, Statistic, interval
from .calibration import brier_skill, chance_error, expected_calibration_error
from .decisions import (
    HEADLINE_POSITIVES,
    accuracies,
    averages,
    confusion,
    macro,
    precision_recall_f1,
)
from .figures import (
    Both,
    Cells,
    Decisions,
    Figures,
    GenreFigures,
    Ranking,
    Summary,
    defined,
    ends,
)
from .ranking import average_precision, roc_auc
from .thresholds import HALF


@dataclass(frozen=True)
class Scored:
    """Films with known genres and a model's predictions for them; all arrays are (films, genres).

    `raw` are the uncalibrated probabilities, on which "at 0.5" decides, as the papers do. `scores`
    are the calibrated ones, and `decided` the decisions by thresholds fitted on validation films.
    """

    genres: tuple[str, ...]
    truth: np.ndarray
    raw: np.ndarray
    scores: np.ndarray
    decided: np.ndarray

    @property
    def at_half(self) -> np.ndarray:
        """Decisions by the uncalibrated probabilities at 0.5, bool (films, genres)."""
        return np.asarray(self.raw >= HALF)

    def of(self, rows: np.ndarray) -> Scored:
        """The same arrays for the films in `rows` alone."""
        return Scored(
            self.genres, self.truth[rows], self.raw[rows], self.scores[rows], self.decided[rows]
        )


Headline = Callable[[Scored, np.ndarray], float]
HEADLINES: dict[str, Headline] = {
    "micro_f1": lambda s, n: averages(s.truth, s.decided)["micro"]["f1"],
    "macro_f1": lambda s, n: averages(s.truth, s.decided, n)["macro"]["f1"],
    "macro_f1_headline": lambda s, n: averages(s.truth, s.decided, n)["macro_headline"]["f1"],
    "macro_ap": lambda s, n: macro(average_precision(s.truth, s.raw), n),
    "macro_ap_headline": lambda s, n: macro(
        average_precision(s.truth, s.raw), n, HEADLINE_POSITIVES
    ),
    "macro_roc_auc": lambda s, n: macro(roc_auc(s.truth, s.raw), n),
    "accuracy": lambda s, n: accuracies(s.truth, s.decided)["element_wise"],
}
"""The metrics that a report starts with, each with a bootstrap interval.

Each takes the scored films and the positives (genres,) of all films. The latter choose the genres
of the macro means: otherwise each bootstrap draw would choose its own.
"""


def headline(scored: Scored) -> dict[str, float | None]:
    """All headline metrics of these films."""
    positives = scored.truth.sum(axis=0)
    return {name: defined(figure(scored, positives)) for name, figure in HEADLINES.items()}


def summarize(scored: Scored, samples: int = SAMPLES) -> Summary:
    """All metrics of an evaluation; undefined ones are None. `samples` 0 leaves out intervals."""
    truth = scored.truth
    return Summary(
        films=len(truth),
        genres=scored.genres,
        without_positives=_named(scored.genres, ~truth.any(axis=0)),
        below_headline=_named(scored.genres, truth.sum(axis=0) < HEADLINE_POSITIVES),
        labels_per_film={
            "true": float(truth.sum(axis=1).mean()),
            "at_0.5": float(scored.at_half.sum(axis=1).mean()),
            "fitted": float(scored.decided.sum(axis=1).mean()),
        },
        ranking=_ranking(truth, scored.raw),
        decisions=Both(decisions(truth, scored.at_half), decisions(truth, scored.decided)),
        trivial=trivial(truth, scored.genres),
        by_genre=tuple(_genre(scored, g) for g in range(len(scored.genres))),
        headline=headline(scored),
        intervals={
            name: ends(interval(_on(scored, figure), len(truth), samples))
            for name, figure in HEADLINES.items()
            if samples
        },
    )


def _on(scored: Scored, figure: Headline) -> Statistic:
    positives = scored.truth.sum(axis=0)
    return lambda rows: figure(scored.of(rows), positives)


def trivial(truth: np.ndarray, genres: tuple[str, ...]) -> dict[str, Decisions]:
    """The metrics of baselines without a model: predicting nothing, and always Drama."""
    nothing = np.zeros_like(truth)
    baselines = {"predict_nothing": decisions(truth, nothing)}
    if MAJORITY in genres:
        always = nothing.copy()
        always[:, genres.index(MAJORITY)] = True
        top = top_genre(truth, always.astype(float))
        baselines["always_drama"] = replace(decisions(truth, always), top_genre=top)
    return baselines


def top_genre(truth: np.ndarray, scores: np.ndarray) -> Figures:
    """The share of films whose highest-scoring genre is right, from (films, genres).

    first: it is the first of the film's genres in the taxonomy's order, as Keras' categorical
    accuracy compares multi-hot targets (Dave, Table 2). true: it is any of them. Among equal scores
    the first genre is taken; a film without a genre counts as wrong.
    """
    top = scores.argmax(axis=1)
    hit = truth[np.arange(len(truth)), top]
    return {
        "first": float((hit & (top == truth.argmax(axis=1))).mean()),
        "true": float(hit.mean()),
    }


def _ranking(truth: np.ndarray, scores: np.ndarray) -> Ranking:
    positives = truth.sum(axis=0)

    def by_mean(figure: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Figures:
        each = figure(truth, scores)
        return {
            "macro": defined(macro(each, positives)),
            "macro_headline": defined(macro(each, positives, HEADLINE_POSITIVES)),
            "micro": defined(figure(truth.reshape(-1, 1), scores.reshape(-1, 1))[0]),
        }

    return Ranking(by_mean(average_precision), by_mean(roc_auc), top_genre(truth, scores))


def decisions(truth: np.ndarray, decided: np.ndarray) -> Decisions:
    """Metrics of decided genres; both arrays are bool (films, genres)."""
    means = averages(truth, decided)
    known = {kind: {k: defined(v) for k, v in rates.items()} for kind, rates in means.items()}
    return Decisions(accuracies(truth, decided), known)


def _genre(scored: Scored, g: int) -> GenreFigures:
    one = slice(g, g + 1)
    truth, raw, scores = scored.truth[:, one], scored.raw[:, one], scored.scores[:, one]
    return GenreFigures(
        genre=scored.genres[g],
        positives=int(truth.sum()),
        at_half=_cells(truth, scored.at_half[:, one]),
        fitted=_cells(truth, scored.decided[:, one]),
        average_precision=defined(average_precision(truth, raw)[0]),
        roc_auc=defined(roc_auc(truth, raw)[0]),
        calibration_error=defined(expected_calibration_error(truth, scores)[0]),
        calibration_error_by_chance=defined(chance_error(scores)[0]),
        brier_skill=defined(brier_skill(truth, scores)[0]),
    )


def _cells(truth: np.ndarray, decided: np.ndarray) -> Cells:
    counts = confusion(truth, decided)[0]
    hits, false, missed, rest = map(int, counts)
    precision, recall, f1 = map(float, precision_recall_f1(counts))
    right = float((truth == decided).mean())
    return Cells(hits, false, missed, rest, precision, recall, f1, right)


def _named(genres: tuple[str, ...], which: Any) -> tuple[str, ...]:
    return tuple(genre for genre, chosen in zip(genres, which, strict=True) if chosen)
