"""Label sets: how many different sets a row predicts, and how many labels they have."""

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
    """The section: a table for all rows, and a plot for the main row."""
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
            "Different label sets over the same films",
            ("row", *("sets", "sets in the labels", "labels per film", "films without") * 2),
            lines,
            groups=(("", 1), ("labels, and rows at 0.5", 4), ("rows, fitted thresholds", 4)),
        ),
        paragraph(
            "“Sets in the labels” counts the sets that are also the labels of some test film. "
            "“Films without” counts films without any label; the empty set counts as a set too.",
            "soft",
        ),
        *map(paragraph, _paper(outcome, best)),
        album.show(
            "labels_per_film",
            draw(best),
            "Bars of the share of films that have no, one, two, … labels: in the data, predicted "
            "at 0.5, and predicted with fitted thresholds",
            f"Row “{best.title}”. Grey bars are the true labels.",
        ),
    )


def _paper(outcome: Outcome, best: Row) -> list[str]:
    """A sentence with the paper's numbers of label sets and ours, if the paper gives them."""
    theirs = outcome.tables.get("published", {}).get("label_sets")
    if not theirs:
        return []
    scored = best.scored
    ours, there = len(distinct(scored.at_half)), len(distinct(scored.truth))
    return [
        f"The paper’s model predicts {theirs['predicted']} different label sets, while the films’ "
        f"labels form more than {theirs['labelled']}. Ours, row “{best.title}” at 0.5, predicts "
        f"{ours:,}, while the labels of {len(scored.truth):,} films form {there:,}."
    ]


def distinct(decided: np.ndarray) -> set[bytes]:
    """The different label sets in a bool array (films, genres), including the empty set."""
    return {bytes(line) for line in np.packbits(decided, axis=1)}


def draw(row: Row) -> Any:
    """Bars of the share of films by number of labels."""
    scored = row.scored
    shown = {
        "labelled": (scored.truth, GREY),
        "predicted at 0.5": (scored.at_half, ORANGE),
        "predicted, fitted thresholds": (scored.decided, BLUE),
    }
    numbers = {name: decided.sum(axis=1) for name, (decided, _) in shown.items()}
    most = max(int(each.max()) for each in numbers.values())
    drawn = figure(7.5, 3.4)
    axes, handles = drawn.add_subplot(), []
    for i, (name, (_, colour)) in enumerate(shown.items()):
        share = np.bincount(numbers[name], minlength=most + 1) / len(scored.truth)
        handles.append(axes.bar(np.arange(most + 1) + 0.27 * (i - 1), share, 0.25, color=colour))
    axes.set_xticks(range(most + 1))
    axes.set(xlabel="labels", ylabel="share of films", title="Labels per film")
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
