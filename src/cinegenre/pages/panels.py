"""Common parts of all plots: figures, grids of small panels, a legend below them.

The colours are Okabe and Ito's, which colour-blind people can distinguish.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..errors import MissingExtra

BLUE, ORANGE, GREEN, GREY = "#0072B2", "#E69F00", "#009E73", "#8a8a8a"
COLUMNS = 5


class Mark(NamedTuple):
    """An entry of a legend."""

    colour: str
    line: str
    point: str
    meaning: str


def figure(width: float, height: float) -> Any:
    """An empty figure in inches. Raises `MissingExtra` without matplotlib."""
    try:
        # Figure without pyplot: no window, no global state; Agg draws it when it is saved.
        figures = importlib.import_module("matplotlib.figure")
    except ModuleNotFoundError:
        raise MissingExtra("matplotlib", "data") from None
    return figures.Figure(figsize=(width, height), layout="constrained")


def grid(number: int, side: float, title: str) -> tuple[Any, list[Any]]:
    """A figure with `number` small axes, about `side` inches each, and a title above all."""
    if not number:
        return nothing(), []
    columns = min(number, COLUMNS)
    rows = -(-number // columns)
    whole = figure(max(7.5, 1.95 * columns), 1.2 + side * rows)
    whole.suptitle(title)
    whole.get_layout_engine().set(w_pad=0.05, h_pad=0.05)
    axes = list(whole.subplots(rows, columns, squeeze=False).flat)
    for spare in axes[number:]:
        spare.remove()
    for each in axes[:number]:
        each.tick_params(labelsize=8)
    return whole, axes[:number]


def nothing() -> Any:
    """The plot if there is nothing to draw."""
    whole = figure(6, 1.5)
    whole.text(0.5, 0.5, "None of these films has a genre the model knows.", ha="center")
    return whole


def named(genre: str, limit: int = 22) -> str:
    """A genre's name in a plot: cut to `limit`, with dollars that start no formula."""
    cut = genre if len(genre) <= limit else genre[: limit - 1] + "…"
    return cut.replace("$", r"\$")


def finish(whole: Any, x: str = "", y: str = "", marks: Sequence[Mark] = ()) -> Any:
    """Add axis labels to the outer panels and a legend below, and remove frames."""
    if not whole.axes:
        return whole
    columns = min(len(whole.axes), COLUMNS)
    for axes in whole.axes[::columns]:
        axes.set_ylabel(y or axes.get_ylabel(), fontsize=9)
    for axes in whole.axes[-columns:]:
        axes.set_xlabel(x or axes.get_xlabel(), fontsize=9)
    if marks:
        line = importlib.import_module("matplotlib.lines").Line2D
        handles = [
            line([], [], color=mark.colour, linestyle=mark.line or "none", marker=mark.point,
                 markersize=5, markeredgecolor="black" if not mark.line else mark.colour)
            for mark in marks
        ]  # fmt: skip
        key(whole, handles, [mark.meaning for mark in marks])
    return bare(whole)


def bare(whole: Any) -> Any:
    """Remove the frames of a figure's panels, except for the axes."""
    for axes in whole.axes:
        axes.spines[["top", "right"]].set_visible(False)
    return whole


def ruled(axes: Any, axis: str) -> None:
    """Draw pale grid lines of the axis "x" or "y" in the background."""
    axes.grid(axis=axis, color="#dddddd", linewidth=0.7)
    axes.set_axisbelow(True)


def key(whole: Any, handles: Sequence[Any], meanings: Sequence[str]) -> None:
    """Add a legend below the plot, on one line if it is wide enough."""
    fits = sum(map(len, meanings)) < 12 * whole.get_figwidth()
    place = {"loc": "outside lower center", "ncols": len(handles) if fits else 1}
    whole.legend(handles, meanings, frameon=False, fontsize=9, **place)


def percent(value: float, _: int = 0) -> str:
    """The label of a tick on an axis of shares."""
    return f"{100 * value:.3g} %"
