"""A paper's rows as one HTML file that a person reads, its main table as Markdown, its plots."""

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

    The page needs no other file. Raises `UserError` for a wrong [report] in the recipe,
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
    """Every section with something to say, in the report's order."""
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
