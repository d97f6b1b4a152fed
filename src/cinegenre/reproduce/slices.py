"""F1 of the main row on subsets of the films: by release year and by original language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..evaluate.slices import Slice, languages, sliced, years
from ..metrics.decisions import averages
from ..pages.html import Html, paragraph, section, table
from ..pages.panels import BLUE, GREY, Mark, figure, finish, ruled
from ..pages.values import interval, listed, number
from . import choice
from .album import Album
from .outcome import Outcome


def slices(outcome: Outcome, album: Album) -> Html:
    """The section for the main row."""
    best = choice.main_row(outcome)
    if best is None:
        return Html()
    films, parts = outcome.films, []
    every = averages(best.scored.truth, best.scored.decided)["micro"]["f1"]
    for name, title, groups in (
        ("years", "By release year", years(films)),
        ("languages", "By original language", languages(films)),
    ):
        found = sliced(best.scored, groups)
        if len(found) < 2:
            continue
        parts.append(
            album.show(
                name,
                draw(found, every, title),
                f"{title}: micro F1 with 95 % intervals; the same figures are in the table",
                "Each line is the bootstrap interval over its films; the dashed line is the F1 of "
                "all films.",
            )
        )
        cells = [
            [part.name, f"{part.films:,}", number(part.f1), interval((part.low, part.high))]
            for part in found
        ]
        columns = (title.removeprefix("By "), "films", "micro F1", "95 % interval")
        parts += [table(f"{title}, row “{best.title}”", columns, cells), _said(found, every)]
    lead = paragraph(f"Row “{best.title}”, with fitted thresholds.", "soft")
    return section("By year and language", lead, *parts) if parts else Html()


def draw(found: Sequence[Slice], every: float, title: str) -> Any:
    """Dots with intervals, and a dashed line for all films."""
    drawn = figure(7.5, 3.3)
    axes = drawn.add_subplot()
    places = range(len(found))
    axes.axhline(every, color=GREY, linestyle="--", linewidth=1.1)
    axes.vlines(places, [part.low for part in found], [part.high for part in found],
                color=BLUE, linewidth=2, alpha=0.6)  # fmt: skip
    axes.plot(places, [part.f1 for part in found], "o", color=BLUE, markersize=6)
    axes.set_xticks(places, [f"{part.name}\n({part.films:,})" for part in found], fontsize=8.5)
    top = min(1.0, 1.1 * max(part.high for part in found)) or 1.0
    heading = f"{title} (number of films in brackets)"
    axes.set(ylim=(0, top), xlim=(-0.6, len(found) - 0.4), title=heading)
    ruled(axes, "y")
    marks = (
        Mark(BLUE, "-", "o", "micro F1 with its 95 % interval"),
        Mark(GREY, "--", "", "all films"),
    )
    return finish(drawn, "", "micro F1", marks)


def _said(found: Sequence[Slice], every: float) -> Html:
    low, high = (pick(found, key=lambda part: part.f1) for pick in (min, max))
    off = [part.name for part in found if not part.low <= every <= part.high]
    beyond = f" The intervals of {listed(off)} do not include it." if off else (
        " Every interval includes it.")  # fmt: skip
    return paragraph(
        f"Lowest: {low.name} ({number(low.f1)}), highest: {high.name} ({number(high.f1)}). All "
        f"films together have {number(every)}.{beyond}"
    )
