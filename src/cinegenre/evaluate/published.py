"""A paper's figures beside ours: each the same figure by its definition, as near as it is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ..errors import unknown
from ..metrics.figures import Summary
from ..train.recipe import read_recipe
from .result import Published


class Measure(NamedTuple):
    """A figure that papers give: what it is called, and ours of a summary."""

    label: str
    of: Callable[[Summary], float | None]


def _accuracy(kind: str) -> Callable[[Summary], float | None]:
    return lambda summary: summary.decisions.at_half.accuracy[kind]


def _mean(kind: str, figure: str) -> Callable[[Summary], float | None]:
    return lambda summary: summary.decisions.at_half.means[kind][figure]


def _top(kind: str) -> Callable[[Summary], float | None]:
    # Files from before "top_genre" have none.
    return lambda summary: (summary.ranking.top_genre or {}).get(kind)


MEASURES = {
    "accuracy": Measure("element-wise accuracy", _accuracy("element_wise")),
    "at_least_one": Measure("at least one genre right", _accuracy("at_least_one")),
    "subset": Measure("subset accuracy", _accuracy("subset")),
    "precision": Measure("micro precision", _mean("micro", "precision")),
    "recall": Measure("micro recall", _mean("micro", "recall")),
    "f1": Measure("micro F1", _mean("micro", "f1")),
    "macro_f1": Measure("macro F1", _mean("macro", "f1")),
    "weighted_f1": Measure("weighted F1", _mean("weighted", "f1")),
    "roc_auc": Measure("macro ROC-AUC", lambda summary: summary.ranking.roc_auc["macro"]),
    "macro_ap": Measure("macro AP", lambda summary: summary.ranking.average_precision["macro"]),
    "first_genre": Measure("top genre is the first", _top("first")),
    "true_genre": Measure("top genre is a true one", _top("true")),
}
"""Figures by the name that [published] gives them, on decisions at 0.5, as the papers decide.

Their definitions are those of `metrics`. `accuracy_GENRE` is the element-wise accuracy of one.
"""

OTHER_TABLES = ("source", "frequencies", "per_label")
"""Tables of [published] that are no rows."""

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


def published_rows(tables: Mapping[str, Any]) -> dict[str, Mapping[str, float]]:
    """The published figures of a recipe's tables, by row."""
    return {
        name: table
        for name, table in tables.get("published", {}).items()
        if isinstance(table, Mapping) and name not in OTHER_TABLES
    }


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
