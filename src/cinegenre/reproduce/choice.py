"""Chooses the rows, figures and baselines of a paper's report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..errors import unknown
from ..evaluate.published import MEASURES, published_rows
from ..metrics.figures import Summary
from ..metrics.summary import Scored, summarize
from ..metrics.thresholds import HALF
from ..taxonomy import MAJORITY
from .outcome import Outcome, Row, Training

SETTINGS = (
    "measures", "main", "confusion", "confusion_rows", "genre_accuracy", "grid",
    "frequency_table", "per_label", "examples", "compare", "whole_set", "films", "film_rows",
)  # fmt: skip
"""Keys of a recipe's [report]."""

USUAL = ("accuracy", "f1", "roc_auc")
"""The measures shown if neither [report] nor [published] names one."""


def settings(outcome: Outcome) -> Mapping[str, Any]:
    """The recipe's [report]. Raises `UserError` for an unknown key."""
    found: Mapping[str, Any] = outcome.tables.get("report", {})
    for key in found:
        if key not in SETTINGS:
            raise unknown("key of [report]", key, SETTINGS)
    return found


def named(outcome: Outcome, names: Sequence[str]) -> list[Row]:
    """Those of these rows that are finished. Raises `UserError` for a name not in the recipe."""
    known = {*outcome.rows, *outcome.pending, *outcome.tables.get("rows", {})}
    for name in names:
        if name not in known:
            raise unknown(f"row in [report] of recipe {outcome.recipe!r}", name, known)
    return [outcome.rows[name] for name in names if name in outcome.rows]


def trained(outcome: Outcome) -> list[Row]:
    """The rows that trained something."""
    return [row for row, _ in trainings(outcome)]


def trainings(outcome: Outcome) -> list[tuple[Row, Training]]:
    """Those rows, each with its training."""
    found = ((row, row.result.training) for row in outcome.rows.values())
    return [(row, training) for row, training in found if training is not None]


def main_row(outcome: Outcome) -> Row | None:
    """The row for the detailed sections: the recipe's choice, or the best by macro AP.

    None if no row has finished.
    """
    wanted = named(outcome, list(filter(None, [settings(outcome).get("main")])))
    candidates = wanted or trained(outcome) or list(outcome.rows.values())
    if not candidates:
        return None
    return max(candidates, key=lambda row: row.result.summary.headline["macro_ap"] or 0.0)


def measures(outcome: Outcome) -> list[str]:
    """The main table's figures by name: the recipe's, else all that the paper gives for rows."""
    wanted = settings(outcome).get("measures")
    if wanted:
        return list(wanted)
    given = [name for row in published_rows(outcome.tables).values() for name in row]
    return [name for name in dict.fromkeys(given) if name in MEASURES] or list(USUAL)


def trivial(outcome: Outcome) -> dict[str, Summary]:
    """The summaries of baselines that are not rows, by description, on the same films.

    If the taxonomy lacks Drama, the constant answer is the most common genre of these films, which
    is the best that a constant can be.
    """
    truth = next(iter(outcome.rows.values())).scored.truth
    genres = outcome.genres
    most = genres.index(MAJORITY) if MAJORITY in genres else int(truth.sum(axis=0).argmax())
    found: dict[str, Summary] = {}
    always = f"always {genres[most]}"
    for label, given in (("predict nothing", []), (always, [most])):
        says = np.zeros(truth.shape)
        says[:, given] = 1.0
        if any((row.scored.raw == says).all() for row in outcome.rows.values()):
            continue
        summary = summarize(Scored(genres, truth, says, says, says > HALF), samples=0)
        if not given:
            # All scores are the same: no genre is the top one.
            summary = replace(summary, ranking=replace(summary.ranking, top_genre=None))
        found[label] = summary
    return found
