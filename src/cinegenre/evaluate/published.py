"""A paper's figures beside ours: each the same figure by its definition, as near as it is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import unknown
from ..train.recipe import read_recipe


def beside(recipe: str, row: str, summary: Mapping[str, Any]) -> dict[str, Any]:
    """The published figures of a recipe's row, ours from `summary`, and the recipe's notes.

    Ours are on decisions at 0.5, as the papers decide. Raises `UserError` for a row without
    published figures.
    """
    tables = read_recipe(recipe)
    published = tables.get("published", {})
    rows = {name: table for name, table in published.items() if isinstance(table, dict)}
    if row not in rows:
        raise unknown(f"row with published figures in recipe {recipe!r}", row, rows)
    decisions = summary["decisions"]["at_0.5"]
    ours = {
        "accuracy": decisions["accuracy"]["element_wise"],
        "precision": decisions["micro"]["precision"],
        "recall": decisions["micro"]["recall"],
        "f1": decisions["micro"]["f1"],
        "roc_auc": summary["ranking"]["roc_auc"]["macro"],
    }
    figures = rows[row]
    return {
        "row": row,
        "figures": figures,
        "ours": {name: ours[name] for name in figures},
        "notes": published.get("notes", []),
    }
