"""Writes the report on a paper: an HTML file, its main table as Markdown, and its plots."""

from __future__ import annotations

from pathlib import Path

from ..files import whole, write_text
from ..pages import html
from ..pages.html import Html, code, paragraph, section
from . import (
    baselines,
    beside,
    choice,
    curves,
    films,
    genres,
    grid,
    labels,
    mistakes,
    named,
    questions,
    sets,
    slices,
)
from .album import Album
from .choice import main_row
from .outcome import Outcome

__all__ = ["main_row", "write_report"]


def write_report(outcome: Outcome, out: Path) -> None:
    """Write report.html, report.md and plots/*.png into `out`.

    The HTML file needs no other file. Raises `UserError` for an error in the recipe's [report], and
    `MissingExtra` without matplotlib.
    """
    choice.settings(outcome)
    parts, rows = [_head(outcome)], ""
    if outcome.rows:
        with whole(out / "plots") as staged:
            staged.mkdir()
            parts += _parts(outcome, Album(staged))
        rows = beside.markdown(outcome)
    command = outcome.about.get("command")
    if command:
        parts.append(section("How to run it again", code(command)))
    write_text(out / "report.md", rows or "".join(f"{x}\n" for x in beside.pending(outcome)))
    write_text(out / "report.html", html.page(_title(outcome), parts))


def _parts(outcome: Outcome, album: Album) -> list[Html]:
    """The sections in the report's order; a section without content is empty."""
    return [
        beside.compared(outcome),
        baselines.baselines(outcome),
        baselines.argument(outcome),
        beside.differences(outcome),
        curves.curves(outcome, album),
        grid.grid_section(outcome, album),
        genres.confusion(outcome, album),
        genres.accuracy(outcome),
        labels.labels(outcome, album),
        questions.features(outcome, album),
        slices.slices(outcome, album),
        sets.sets(outcome, album),
        films.examples(outcome),
        named.named(outcome),
        mistakes.mistakes(outcome),
        films.everyday(outcome),
    ]


def _title(outcome: Outcome) -> str:
    return f"{outcome.title or outcome.recipe}: the paper and ours"


def _head(outcome: Outcome) -> Html:
    done, left = len(outcome.rows), len(outcome.pending)
    ran = f"{done} of its {done + left} rows" if left else f"{done} rows"
    known = [("recipe", outcome.recipe)]
    known += [
        (name.replace("_", " "), value)
        for name, value in outcome.about.items()
        if value and name != "command"
    ]
    lead = f"{ran}, scored on the same {len(outcome.films):,} test films."
    return html.header(
        _title(outcome),
        paragraph(lead if done else "No row has finished yet.", "lead"),
        *map(paragraph, beside.pending(outcome)),
        html.facts(known),
    )
