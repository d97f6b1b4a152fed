"""Compares a paper's figures with ours, each by the paper's definition, as far as it is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ..errors import unknown
from ..metrics.figures import Decisions, Summary
from ..train.recipe_files import read_recipe
from .result import Published


class Measure(NamedTuple):
    """A figure that papers give: its name, and the function that takes ours from a summary.

    If it only depends on decisions, `decided` computes it for any decisions, even constant ones.
    """

    label: str
    of: Callable[[Summary], float | None]
    decided: Callable[[Decisions], float | None] | None = None


def _of_decisions(label: str, decided: Callable[[Decisions], float | None]) -> Measure:
    return Measure(label, lambda summary: decided(summary.decisions.at_half), decided)


def _accuracy(label: str, kind: str) -> Measure:
    return _of_decisions(label, lambda decisions: decisions.accuracy[kind])


def _mean(label: str, kind: str, figure: str) -> Measure:
    return _of_decisions(label, lambda decisions: decisions.means[kind][figure])


def _roc_auc(label: str, kind: str) -> Measure:
    return Measure(label, lambda summary: summary.ranking.roc_auc[kind])


def _top(label: str, kind: str) -> Measure:
    # Files from before "top_genre" do not have it.
    return Measure(label, lambda summary: (summary.ranking.top_genre or {}).get(kind))


def _roc_auc_of_decisions(summary: Summary) -> float | None:
    """Macro ROC-AUC of the decisions instead of the scores.

    A score with two values has one threshold, and the area is the mean of two shares: of the
    genre's films that got it, and of the other films that did not.
    """
    cells = [row.at_half for row in summary.by_genre]
    areas = [
        (one.tp / (one.tp + one.fn) + one.tn / (one.fp + one.tn)) / 2
        for one in cells
        if one.tp + one.fn and one.fp + one.tn
    ]
    return sum(areas) / len(areas) if areas else None


def _weighted_roc_auc(summary: Summary) -> float | None:
    """ROC-AUC averaged over genres, weighted by their films, as in scikit-learn."""
    areas = [(row.roc_auc, row.positives) for row in summary.by_genre if row.roc_auc is not None]
    films = sum(positives for _, positives in areas)
    return sum(area * positives for area, positives in areas) / films if films else None


MEASURES = {
    "accuracy": _accuracy("element-wise accuracy", "element_wise"),
    "at_least_one": _accuracy("at least one genre right", "at_least_one"),
    "subset": _accuracy("subset accuracy", "subset"),
    "precision": _mean("micro precision", "micro", "precision"),
    "recall": _mean("micro recall", "micro", "recall"),
    "f1": _mean("micro F1", "micro", "f1"),
    "macro_precision": _mean("macro precision", "macro", "precision"),
    "macro_recall": _mean("macro recall", "macro", "recall"),
    "macro_f1": _mean("macro F1", "macro", "f1"),
    "weighted_f1": _mean("weighted F1", "weighted", "f1"),
    "roc_auc": _roc_auc("macro ROC-AUC", "macro"),
    "micro_roc_auc": _roc_auc("micro ROC-AUC", "micro"),
    "weighted_roc_auc": Measure("weighted ROC-AUC", _weighted_roc_auc),
    "roc_auc_of_decisions": Measure("macro ROC-AUC of decisions", _roc_auc_of_decisions),
    "macro_ap": Measure("macro AP", lambda summary: summary.ranking.average_precision["macro"]),
    "first_genre": _top("top genre is the first", "first"),
    "true_genre": _top("top genre is a true one", "true"),
}
"""Name in [published] → figure, for decisions at 0.5, as in the papers.

The definitions are those of `metrics`. `accuracy_GENRE` is the element-wise accuracy of one genre.
"""

OTHER_TABLES = ("source", "frequencies", "per_label", "label_sets")
"""Tables of [published] that are not rows."""

_OF_GENRE = "accuracy_"


def measure(name: str) -> Measure:
    """The measure of that name. Raises `UserError` for an unknown one."""
    if name in MEASURES:
        return MEASURES[name]
    if not name.startswith(_OF_GENRE):
        raise unknown("measure", name, (*MEASURES, f"{_OF_GENRE}GENRE"))
    genre = name.removeprefix(_OF_GENRE)

    def of(summary: Summary) -> float | None:
        row = summary.of(genre)
        return row.at_half.accuracy if row else None

    return Measure(f"accuracy of {genre}", of)


class Reading(NamedTuple):
    """A figure that a paper does not define: its name there, and all that it could be."""

    stated: str
    names: tuple[str, ...]


def readings(tables: Mapping[str, Any]) -> list[Reading]:
    """The figures in a recipe's [published] that can be read in several ways."""
    found = tables.get("published", {}).get("readings", ())
    return [Reading(str(each["stated"]), tuple(each["as"])) for each in found]


def published_rows(tables: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """The published figures in a recipe's tables, by row.

    A row gives a figure that can be read in several ways under the first; here it is under each.
    """
    rows = {
        name: dict(table)
        for name, table in tables.get("published", {}).items()
        if isinstance(table, Mapping) and name not in OTHER_TABLES
    }
    for _, (first, *others) in readings(tables):
        for row in rows.values():
            if first in row:
                row.update(dict.fromkeys(others, row[first]))
    return rows


def beside(recipe: str, row: str, summary: Summary) -> Published:
    """The published figures of a recipe's row, ours from `summary`, and the recipe's notes.

    Raises `UserError` for a row without published figures and for a figure that we do not know.
    """
    tables = read_recipe(recipe)
    rows = published_rows(tables)
    if row not in rows:
        raise unknown(f"row with published figures in recipe {recipe!r}", row, rows)
    return Published(
        row=row,
        figures=rows[row],
        ours={name: measure(name).of(summary) for name in rows[row]},
        notes=tuple(tables["published"].get("notes", ())),
    )
