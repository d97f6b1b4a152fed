"""Sets of labels: how many different ones a row predicts, and of how many labels."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..pages.html import Html, paragraph, section, table
from ..pages.panels import BLUE, GREY, ORANGE, bare, figure, key, percent, ruled
from ..pages.values import NONE, number
from . import choice
from .album import Album
from .outcome import Outcome, Row


def sets(outcome: Outcome, album: Album) -> Html:
    """The section, for all rows; the plot for the main one."""
    best = choice.main_row(outcome)
    if best is None or best.chooses:
        return Html()
    truth = best.scored.truth
    lines = [["labelled", *_cells(truth, truth), *[NONE] * 4]]
    for row in outcome.rows.values():
        scored = row.scored
        lines.append([row.title, *_cells(scored.at_half, truth), *_cells(scored.decided, truth)])
    return section(
        "Label sets",
        table(
            "Different sets of labels over the same films",
            ("row", *("sets", "of them labelled", "labels a film", "films without") * 2),
            lines,
            groups=(("", 1), ("labels, and rows at 0.5", 4), ("rows, fitted thresholds", 4)),
        ),
        paragraph(
            "“Of them labelled” are the sets that some test film is labelled with; “films without” "
            "are those that got no label at all, which counts as a set too.",
            "soft",
        ),
        *map(paragraph, _paper(outcome, best)),
        album.show(
            "labels_per_film",
            draw(best),
            "Bars of how many films have none, one, two, … labels: labelled, decided at 0.5, and "
            "decided by fitted thresholds",
            f"Row “{best.title}”. Grey is what there was to find.",
        ),
    )


def _paper(outcome: Outcome, best: Row) -> list[str]:
    """The paper's numbers of sets beside ours, where it gives them."""
    theirs = outcome.tables.get("published", {}).get("label_sets")
    if not theirs:
        return []
    scored = best.scored
    ours, there = len(distinct(scored.at_half)), len(distinct(scored.truth))
    return [
        f"The paper’s model predicts {theirs['predicted']} different sets of more than "
        f"{theirs['labelled']} that films are labelled with; ours, row “{best.title}” at 0.5, "
        f"{ours:,} of {there:,} on {len(scored.truth):,} films."
    ]


def distinct(decided: np.ndarray) -> set[bytes]:
    """The different sets of labels in bool (films, genres), the empty one among them."""
    return {bytes(line) for line in np.packbits(decided, axis=1)}


def draw(row: Row) -> Any:
    """Share of films by number of labels."""
    scored = row.scored
    shown = {
        "labelled": (scored.truth, GREY),
        "decided at 0.5": (scored.at_half, ORANGE),
        "decided, fitted thresholds": (scored.decided, BLUE),
    }
    numbers = {name: decided.sum(axis=1) for name, (decided, _) in shown.items()}
    most = max(int(each.max()) for each in numbers.values())
    drawn = figure(7.5, 3.4)
    axes, handles = drawn.add_subplot(), []
    for i, (name, (_, colour)) in enumerate(shown.items()):
        share = np.bincount(numbers[name], minlength=most + 1) / len(scored.truth)
        handles.append(axes.bar(np.arange(most + 1) + 0.27 * (i - 1), share, 0.25, color=colour))
    axes.set_xticks(range(most + 1))
    axes.set(xlabel="labels", ylabel="share of films", title="Labels a film")
    axes.yaxis.set_major_formatter(percent)
    ruled(axes, "y")
    key(drawn, handles, list(shown))
    return bare(drawn)


def _cells(decided: np.ndarray, truth: np.ndarray) -> list[str]:
    found = distinct(decided)
    return [
        f"{len(found):,}",
        f"{len(found & distinct(truth)):,}",
        number(float(decided.sum(axis=1).mean()), 2),
        f"{int((~decided.any(axis=1)).sum()):,}",
    ]
