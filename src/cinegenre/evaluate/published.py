"""A paper's figures beside ours: each the same figure by its definition, as near as it is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ..errors import unknown
from ..train.recipe import read_recipe

Summary = Mapping[str, Any]


class Measure(NamedTuple):
    """A figure that papers give: what it is called, and ours of a summary."""

    label: str
    of: Callable[[Summary], float | None]


def _decided(kind: str, figure: str) -> Callable[[Summary], float | None]:
    return lambda summary: summary["decisions"]["at_0.5"][kind][figure]


def _ranked(kind: str, mean: str) -> Callable[[Summary], float | None]:
    # Files from before "top_genre" have none.
    return lambda summary: summary["ranking"].get(kind, {}).get(mean)


MEASURES = {
    "accuracy": Measure("element-wise accuracy", _decided("accuracy", "element_wise")),
    "at_least_one": Measure("at least one genre right", _decided("accuracy", "at_least_one")),
    "subset": Measure("subset accuracy", _decided("accuracy", "subset")),
    "precision": Measure("micro precision", _decided("micro", "precision")),
    "recall": Measure("micro recall", _decided("micro", "recall")),
    "f1": Measure("micro F1", _decided("micro", "f1")),
    "macro_f1": Measure("macro F1", _decided("macro", "f1")),
    "weighted_f1": Measure("weighted F1", _decided("weighted", "f1")),
    "roc_auc": Measure("macro ROC-AUC", _ranked("roc_auc", "macro")),
    "macro_ap": Measure("macro AP", _ranked("average_precision", "macro")),
    "first_genre": Measure("top genre is the first", _ranked("top_genre", "first")),
    "true_genre": Measure("top genre is a true one", _ranked("top_genre", "true")),
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
        rows = [row for row in summary["by_genre"] if row["genre"] == genre]
        return rows[0]["at_0.5"]["accuracy"] if rows else None

    return Measure(f"accuracy of {genre}", of)


def published_rows(tables: Mapping[str, Any]) -> dict[str, Mapping[str, float]]:
    """The published figures of a recipe's tables, by row."""
    return {
        name: table
        for name, table in tables.get("published", {}).items()
        if isinstance(table, Mapping) and name not in OTHER_TABLES
    }


def beside(recipe: str, row: str, summary: Summary) -> dict[str, Any]:
    """The published figures of a recipe's row, ours from `summary`, and the recipe's notes.

    Raises `UserError` for a row without published figures and for a figure that we do not know.
    """
    tables = read_recipe(recipe)
    rows = published_rows(tables)
    if row not in rows:
        raise unknown(f"row with published figures in recipe {recipe!r}", row, rows)
    return {
        "row": row,
        "figures": rows[row],
        "ours": {name: measure(name).of(summary) for name in rows[row]},
        "notes": tables["published"].get("notes", []),
    }
