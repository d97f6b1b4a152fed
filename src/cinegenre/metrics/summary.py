"""Every figure of one evaluation, ready for JSON."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
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
from .ranking import average_precision, roc_auc
from .thresholds import HALF


@dataclass(frozen=True)
class Scored:
    """A model's say on some films: all arrays (films, genres).

    `raw` are the model's own probabilities, which "at 0.5" is decided on, as the papers do;
    `scores` the calibrated ones, `decided` by the thresholds fitted on validation.
    """

    genres: tuple[str, ...]
    truth: np.ndarray
    raw: np.ndarray
    scores: np.ndarray
    decided: np.ndarray

    @property
    def at_half(self) -> np.ndarray:
        """What the model's own probabilities decide, bool (films, genres)."""
        return np.asarray(self.raw >= HALF)

    def of(self, rows: np.ndarray) -> Scored:
        """The same for some of the films."""
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
"""The figures a report leads with, each with a bootstrap interval.

Of a model's scores and the positives (genres,) of all films, which say which genres count: a draw
of the films must not choose its genres anew.
"""


def headline(scored: Scored) -> dict[str, float]:
    """Every headline figure of these films."""
    positives = scored.truth.sum(axis=0)
    return {name: figure(scored, positives) for name, figure in HEADLINES.items()}


def summarize(scored: Scored, samples: int = SAMPLES) -> dict[str, Any]:
    """All figures of an evaluation; undefined ones are None. `samples` 0 leaves out intervals."""
    truth = scored.truth
    result: dict[str, Any] = plain(
        {
            "films": len(truth),
            "genres": list(scored.genres),
            "without_positives": _named(scored.genres, ~truth.any(axis=0)),
            "below_headline": _named(scored.genres, truth.sum(axis=0) < HEADLINE_POSITIVES),
            "labels_per_film": {
                "true": truth.sum(axis=1).mean(),
                "at_0.5": scored.at_half.sum(axis=1).mean(),
                "fitted": scored.decided.sum(axis=1).mean(),
            },
            "ranking": _ranking(truth, scored.raw) | {"top_genre": top_genre(truth, scored.raw)},
            "decisions": {
                "at_0.5": _decisions(truth, scored.at_half),
                "fitted": _decisions(truth, scored.decided),
            },
            "trivial": trivial(truth, scored.genres),
            "by_genre": [_genre(scored, g) for g in range(len(scored.genres))],
            "headline": headline(scored),
            "intervals": {
                name: interval(_on(scored, figure), len(truth), samples)
                for name, figure in HEADLINES.items()
                if samples
            },
        }
    )
    return result


def _on(scored: Scored, figure: Headline) -> Statistic:
    positives = scored.truth.sum(axis=0)
    return lambda rows: figure(scored.of(rows), positives)


def trivial(truth: np.ndarray, genres: tuple[str, ...]) -> dict[str, Any]:
    """What needs no model: predicting nothing, and always the most common genre."""
    nothing = np.zeros_like(truth)
    found = {"predict_nothing": _decisions(truth, nothing)}
    if MAJORITY in genres:
        always = nothing.copy()
        always[:, genres.index(MAJORITY)] = True
        top = {"top_genre": top_genre(truth, always.astype(float))}
        found["always_drama"] = _decisions(truth, always) | top
    return found


def top_genre(truth: np.ndarray, scores: np.ndarray) -> dict[str, float]:
    """How often the genre with the highest score is the film's, from (films, genres).

    first: it is the first of the film's genres in the taxonomy's order, as Keras' categorical
    accuracy counts multi-hot targets (Dave, Table 2). true: it is any of them. Of equal scores
    the first genre's counts; a film without a genre counts as wrong.
    """
    top = scores.argmax(axis=1)
    hit = truth[np.arange(len(truth)), top]
    return {
        "first": float((hit & (top == truth.argmax(axis=1))).mean()),
        "true": float(hit.mean()),
    }


def _ranking(truth: np.ndarray, scores: np.ndarray) -> dict[str, Any]:
    positives = truth.sum(axis=0)
    flat = (truth.reshape(-1, 1), scores.reshape(-1, 1))
    return {
        name: {
            "macro": macro(figure(truth, scores), positives),
            "macro_headline": macro(figure(truth, scores), positives, HEADLINE_POSITIVES),
            "micro": figure(*flat)[0],
        }
        for name, figure in (("average_precision", average_precision), ("roc_auc", roc_auc))
    }


def _decisions(truth: np.ndarray, decided: np.ndarray) -> dict[str, Any]:
    return {"accuracy": accuracies(truth, decided)} | averages(truth, decided)


def _genre(scored: Scored, g: int) -> dict[str, Any]:
    one = slice(g, g + 1)
    truth, raw, scores = scored.truth[:, one], scored.raw[:, one], scored.scores[:, one]
    row: dict[str, Any] = {"genre": scored.genres[g], "positives": truth.sum()}
    for name, decided in (("at_0.5", scored.at_half[:, one]), ("fitted", scored.decided[:, one])):
        counts = confusion(truth, decided)[0]
        row[name] = dict(zip(("tp", "fp", "fn", "tn"), counts, strict=True))
        row[name] |= dict(
            zip(("precision", "recall", "f1"), precision_recall_f1(counts), strict=True)
        )
        row[name]["accuracy"] = (truth == decided).mean()
    return row | {
        "average_precision": average_precision(truth, raw)[0],
        "roc_auc": roc_auc(truth, raw)[0],
        "calibration_error": expected_calibration_error(truth, scores)[0],
        "calibration_error_by_chance": chance_error(scores)[0],
        "brier_skill": brier_skill(truth, scores)[0],
    }


def _named(genres: tuple[str, ...], which: Any) -> list[str]:
    return [genre for genre, chosen in zip(genres, which, strict=True) if chosen]


def plain(value: Any) -> Any:
    """numpy's numbers as Python's, NaN as None: JSON has neither."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and math.isnan(value) else value
