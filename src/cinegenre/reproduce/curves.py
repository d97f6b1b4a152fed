"""Draws the training curves of all rows, as small multiples."""

from __future__ import annotations

import math
from typing import Any

from ..pages.html import Html, section
from ..pages.panels import BLUE, GREY, ORANGE, Mark, finish, grid
from .album import Album, wrapped
from .outcome import Outcome, Row

KINDS = {
    "loss": ("Loss", "loss", (("loss", "training films"), ("val_loss", "validation films"))),
    "accuracy": (
        "Element-wise accuracy at 0.5",
        "accuracy",
        (("accuracy", "training films"), ("val_accuracy", "validation films")),
    ),
    "first_genre": (
        "The likeliest genre is the film's first",
        "accuracy",
        (("first_genre", "training films"), ("val_first_genre", "validation films")),
    ),
    "validation": (
        "On the validation films",
        "figure",
        (("val_macro_ap", "macro average precision"), ("val_f1", "micro F1 at 0.5")),
    ),
}
"""Name of a plot → its title, its axis label, and the columns of history.csv that it draws."""

READINGS = {
    "loss": "Where the validation loss turns upwards while the training loss falls on, the row "
    "learns its training films by heart. Each panel has a scale of its own.",
    "accuracy": "Validation above training can be dropout at work: it is on in training alone. All "
    "panels have one scale.",
    "first_genre": "The accuracy of a softmax over several true genres, as Keras counts it, "
    "with dropout on the training films alone. All panels have one scale.",
    "validation": "The dashed line marks the epoch that is kept: the best macro average precision.",
}


def curves(outcome: Outcome, album: Album) -> Html:
    """The section; empty if no row has a history."""
    runs = [row for row in outcome.rows.values() if row.history]
    parts = []
    for kind, (title, _, columns) in KINDS.items():
        if kind == "accuracy" and all(row.chooses for row in runs):
            continue  # at 0.5 a share of one choice decides nothing
        if any(name in epoch for row in runs for epoch in row.history for name, _ in columns):
            alt = f"{title} by epoch, a panel a row"
            parts.append(album.show(f"curves_{kind}", draw(runs, kind), alt, READINGS[kind]))
    return section("Learning curves", *parts) if parts else Html()


def draw(runs: list[Row], kind: str) -> Any:
    """The plot of one of `KINDS`, with a panel for each row."""
    title, axis, columns = KINDS[kind]
    drawn, panels = grid(len(runs), 1.9, title)
    for axes, row in zip(panels, runs, strict=True):
        for (name, _), colour in zip(columns, (BLUE, ORANGE), strict=True):
            points = [(each["epoch"] + 1, each[name]) for each in row.history if name in each]
            if points:
                axes.plot(*zip(*points, strict=True), color=colour, linewidth=1.4,
                          marker="o" if len(points) == 1 else "", markersize=4)  # fmt: skip
        training = row.result.training
        if training is not None:
            axes.axvline(training.best_epoch + 1, color=GREY, linestyle="--", linewidth=1.0)
        if kind != "loss":
            axes.set_ylim(*_limits(runs, [name for name, _ in columns]))
        if len(row.history) == 1:
            axes.set_xlim(0, 2)
        axes.xaxis.get_major_locator().set_params(integer=True, nbins=4)
        axes.set_title(wrapped(row.title), fontsize=8)
    marks = [
        Mark(colour, "-", "", meaning)
        for (_, meaning), colour in zip(columns, (BLUE, ORANGE), strict=True)
    ]
    return finish(drawn, "epoch", axis, [*marks, Mark(GREY, "--", "", "epoch kept")])


def _limits(runs: list[Row], names: list[str]) -> tuple[float, float]:
    """The common scale of all panels, a little wider than their values."""
    values = [each[name] for row in runs for each in row.history for name in names if name in each]
    known = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
    pad = 0.05 * (max(known) - min(known)) or 0.05
    return min(known) - pad, max(known) + pad
