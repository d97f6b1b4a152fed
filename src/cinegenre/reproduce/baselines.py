"""Baselines without a model: the best constant answers, and what they say about the paper's
figures.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..evaluate.published import measure, published_rows
from ..pages.html import Html, paragraph, section, table
from ..pages.values import NONE, listed, number
from . import choice
from .constants import Constant, best, constants
from .main_table import Table
from .outcome import Outcome

HALVES = ("precision", "recall", "macro_precision", "macro_recall")
"""Measures that mean nothing by themselves: giving every genre has perfect recall."""

SHOWN = 10
"""Constant answers of 0 to this many genres have a column."""

NAMED = 4
"""The genres of answers of up to this many genres are named."""


def baselines(outcome: Outcome) -> Html:
    """The section on the best constant answers, by number of genres, for each figure."""
    found = table_of(outcome)
    if not found.lines:
        return Html()
    return section(
        "What needs no model",
        table("The best constant answer (the same for every film), by its number of genres",
              found.columns, found.lines, kind="wide"),
        paragraph(
            "The best answer for each number of genres. For “at least one genre right”, every set "
            "was tried; for the other figures, the most common genres are best.",
            "soft",
        ),
        *map(paragraph, sentences(outcome)),
    )  # fmt: skip


def table_of(outcome: Outcome) -> Table:
    """A row for each figure that a constant answer has, a column for each number of genres."""
    by_name = _constants(outcome)
    sizes = sorted({c.k for found in by_name.values() for c in found if c.k <= SHOWN})
    lines = []
    for name, found in by_name.items():
        by_size = {constant.k: constant for constant in found}
        top = best(found)
        cells = [number(by_size[k].figure) if k in by_size else NONE for k in sizes]
        most = f"{number(top.figure)} with {top.k}" if top else NONE
        lines.append([measure(name).label, *cells, most])
    return Table([], ["figure", *map(str, sizes), "best"], lines)


def sentences(outcome: Outcome) -> list[str]:
    """Sentences on the genres of the best answers, and on how many rows are below them."""
    texts = []
    for name, found in _constants(outcome).items():
        top = _bar(outcome, name, found)
        if top is None:
            continue
        label, paper = measure(name).label, published_rows(outcome.tables)
        theirs = [figures[name] for figures in paper.values() if name in figures]
        ours = [measure(name).of(row.result.summary) for row in choice.trained(outcome)]
        below = [sum(value is not None and value < top.figure for value in values)
                 for values in (theirs, ours)]  # fmt: skip
        answer = listed(top.genres) if top.k < len(outcome.genres) else "all genres"
        what = f"always giving {answer}" if top.k else "giving no genre at all"
        of_theirs = f"{below[0]} of the paper’s {len(theirs)} rows and " if theirs else ""
        texts.append(
            f"By “{label}”, {of_theirs}{below[1]} of our {len(ours)} are below {what} "
            f"({number(top.figure)} on our films)."
        )
        if name == "at_least_one":
            named = [f"{c.k}: {listed(c.genres)}" for c in found[1 : NAMED + 1]]
            texts.append(f"The constant answers that most often have at least one genre right, by "
                         f"number of genres: {'; '.join(named)}.")  # fmt: skip
    return texts


def argument(outcome: Outcome) -> Html:
    """The section on what the paper's figures could be, if its recipe has one."""
    texts = list(map(str, outcome.tables.get("published", {}).get("argument", ())))
    return section("What the paper’s figures could be", *map(paragraph, texts)) if texts else Html()


def _constants(outcome: Outcome) -> dict[str, list[Constant]]:
    truth = _truth(outcome)
    names = [name for name in choice.measures(outcome) if name not in HALVES]
    found = {name: constants(truth, outcome.genres, name) for name in names}
    return {name: answers for name, answers in found.items() if answers}


def _bar(outcome: Outcome, name: str, found: list[Constant]) -> Constant | None:
    """The best answer.

    For "at least one genre right", more genres always score higher and all genres are always
    right, so only answers with at most as many genres as an average film are considered.
    """
    if name != "at_least_one":
        return best(found)
    most = math.ceil(_truth(outcome).sum(axis=1).mean())
    return best([constant for constant in found if constant.k <= most])


def _truth(outcome: Outcome) -> np.ndarray[Any, Any]:
    return next(iter(outcome.rows.values())).scored.truth
