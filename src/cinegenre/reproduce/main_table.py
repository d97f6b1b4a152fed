"""The two halves of the main table: the paper's figures beside ours, and how rows were trained.

A figure that the paper does not define is shown beside each of ours that it could be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from ..evaluate.published import measure, published_rows, readings
from ..metrics.figures import Summary
from ..pages.values import NONE, interval, number
from . import choice
from .outcome import Outcome, Training

STILL = "†"
"""The mark after the epochs of a row whose best epoch was its last."""


@dataclass(frozen=True)
class Table:
    """Headings that span several columns, the columns, and a line per row, with its name first."""

    groups: list[tuple[str, int]]
    columns: list[str]
    lines: list[list[str]]


def figures(outcome: Outcome) -> Table:
    """The paper's figures and ours for each row, and the baselines without a model."""
    paper = published_rows(outcome.tables)
    parts = [
        (heading, names, any(names[0] in row for row in paper.values()))
        for heading, names in _grouped(outcome)
    ]
    groups, columns = [("", 1)], ["row"]
    for heading, names, given in parts:
        groups.append((heading, given + len(names)))
        # "macro" is enough below "F1".
        kinds = [measure(name).label.removesuffix(heading).strip() for name in names]
        ours = [f"ours, {kind}" for kind in kinds] if len(names) > 1 else ["ours"]
        columns += ["paper"] * given + ours

    def line(title: str, summary: Summary, published: Mapping[str, float]) -> list[str]:
        cells = [title]
        for _, names, given in parts:
            cells += [number(published.get(names[0]), 4)] * given
            cells += [number(measure(name).of(summary), 4) for name in names]
        return cells

    lines = [
        line(row.title, row.result.summary, paper.get(row.name, {}))
        for row in outcome.rows.values()
    ]
    lines += [line(label, summary, {}) for label, summary in choice.trivial(outcome).items()]
    return Table(groups, columns, lines)


def trained(outcome: Outcome) -> Table:
    """How each row was trained, and the figures by which we compare rows."""
    columns = ["row", "best epoch", "training films", "seconds", "macro F1, fitted", "macro AP",
               "95 % interval"]  # fmt: skip

    def line(title: str, training: Training | None, summary: Summary) -> list[str]:
        headline, span = summary.headline, interval(summary.intervals.get("macro_ap"))
        ours = [number(headline["macro_f1"]), number(headline["macro_ap"]), span]
        return [title, *_training(training), *ours]

    lines = [
        line(row.title, row.result.training, row.result.summary) for row in outcome.rows.values()
    ]
    lines += [line(label, None, summary) for label, summary in choice.trivial(outcome).items()]
    return Table([("", len(columns))], columns, lines)


def learning(outcome: Outcome) -> list[str]:
    """A sentence about the rows that were still learning, if there are any."""
    trainings = [training for _, training in choice.trainings(outcome)]
    rows = sum(training.still_learning for training in trainings)
    if not rows:
        return []
    return [
        f"{STILL} Still learning: the best epoch was the last one, so more epochs may give better "
        f"results ({rows} of {len(trainings)} trained rows)."
    ]


def markdown(halves: Sequence[Table]) -> str:
    """Tables with the same rows, joined into one aligned Markdown table."""
    heads, lines = [halves[0].columns[0]], [[line[0]] for line in halves[0].lines]
    for half in halves:
        above = [text for text, wide in half.groups for _ in range(wide)]
        named = zip(above[1:], half.columns[1:], strict=True)
        heads += [f"{over}, {column}" if over else column for over, column in named]
        for whole, line in zip(lines, half.lines, strict=True):
            whole += line[1:]
    return aligned(heads, lines)


def aligned(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table with aligned columns; all but the first are right-aligned."""
    escaped = [[cell.replace("|", r"\|") for cell in line] for line in (heads, *lines)]
    wide = [max(2, *map(len, column)) for column in zip(*escaped, strict=True)]

    def row(cells: Sequence[str]) -> str:
        first, *rest = zip(cells, wide, strict=True)
        padded = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]
        return f"| {' | '.join(padded)} |\n"

    rule = [":" + "-" * (wide[0] - 1), *("-" * (width - 1) + ":" for width in wide[1:])]
    return row(escaped[0]) + row(rule) + "".join(map(row, escaped[1:]))


def _grouped(outcome: Outcome) -> list[tuple[str, list[str]]]:
    """The measures in order; those that one figure of the paper could be share the paper's word."""
    words = {name: one.stated for one in readings(outcome.tables) for name in one.names}
    return [
        (heading, list(names))
        for heading, names in groupby(
            choice.measures(outcome), key=lambda name: words.get(name, measure(name).label)
        )
    ]


def _training(training: Training | None) -> list[str]:
    """The cells for the best epoch of how many, the training films, and the seconds."""
    if not training:
        return [NONE] * 3
    mark = f" {STILL}" if training.still_learning else ""
    return [
        f"{training.best_epoch + 1} of {training.epochs}{mark}",
        f"{training.films['train']:,}",
        f"{training.seconds:,.0f}",
    ]
