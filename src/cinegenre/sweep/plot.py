"""Draws a sweep: a heat map over the values of two keys, or a line over those of one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import MissingExtra
from ..files import whole
from .axes import Axis, plain, shown_value
from .result import TrialResult

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_FIGURE = "validation macro average precision"
_BLUE, _RED = "#0072b2", "#d55e00"
_COLOURS = "viridis"
_NAMED = 5
"""How many of the best points have their value written beside them."""


def plot_sweep(rows: Sequence[TrialResult], axes: Sequence[Axis], path: Path) -> None:
    """`draw_sweep` as PNG."""
    with whole(path) as staged:
        draw_sweep(rows, axes).savefig(staged, dpi=120)


def draw_sweep(rows: Sequence[TrialResult], axes: Sequence[Axis]) -> Figure:
    """Trials over the first two of `axes`, or over the only one.

    Some of `rows` are finished. Where other keys vary too,
    a cell is the best of its trials. Pruned trials are marked with ▽, failed ones with ×.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtra("matplotlib", "train") from None
    kept = [row for row in rows if all(axis.key in row.params for axis in axes)]
    x, y = axes[0], axes[1] if len(axes) > 1 else None
    if y is None:
        figure = Figure(figsize=(7, 4.2), layout="constrained")
        _line(figure.add_subplot(), kept, x)
    elif x.choices and y.choices:
        size = (2.6 + 0.85 * len(x.choices), 1.8 + 0.6 * len(y.choices))
        figure = Figure(figsize=(max(5.5, size[0]), max(3.4, size[1])), layout="constrained")
        _cells(figure, figure.add_subplot(), kept, x, y)
    else:
        figure = Figure(figsize=(7.5, 5), layout="constrained")
        _points(figure, figure.add_subplot(), kept, x, y)
    others = ", ".join(axis.key for axis in axes[2:])
    if others:
        figure.suptitle(f"best over {others}", fontsize=10)
    return figure


def _line(axes: Any, rows: Sequence[TrialResult], x: Axis) -> None:
    places, finished = _places(rows, x), _which(rows, "finished")
    values = _values(rows)
    order = finished[np.argsort(places[finished], kind="stable")]
    axes.plot(places[order], values[order], color=_BLUE, marker="o")
    pruned, failed = _which(rows, "pruned"), _which(rows, "failed")
    if len(pruned):
        axes.plot(places[pruned], values[pruned], "v", color="grey", fillstyle="none",
                  label="pruned")  # fmt: skip
    if len(failed):
        axes.plot(places[failed], np.full(len(failed), 0.03), "x", color=_RED, label="failed",
                  transform=axes.get_xaxis_transform())  # fmt: skip
    best = order[values[order].argmax()]
    axes.annotate(f"{values[best]:.3f}", (places[best], values[best]), xytext=(0, 8),
                  textcoords="offset points", ha="center", fontweight="bold")  # fmt: skip
    axes.margins(y=0.15)
    axes.set_ylabel(_FIGURE)
    axes.spines[["top", "right"]].set_visible(False)
    _label(axes.xaxis, x)
    if len(pruned) or len(failed):
        axes.legend(frameon=False)


def _cells(figure: Any, axes: Any, rows: Sequence[TrialResult], x: Axis, y: Axis) -> None:
    table = np.full((len(_ordered(y)), len(_ordered(x))), np.nan)
    across, down = _places(rows, x).astype(int), _places(rows, y).astype(int)
    values = _values(rows)
    states: dict[tuple[int, int], set[str]] = {}
    for row, i, j, value in zip(rows, down, across, values, strict=True):
        states.setdefault((i, j), set()).add(row.state)
        if row.state == "finished":
            table[i, j] = np.fmax(table[i, j], value)
    shown = axes.imshow(table, cmap=_COLOURS, aspect="auto", origin="lower")
    middle = (np.nanmin(table) + np.nanmax(table)) / 2
    for (i, j), value in np.ndenumerate(table):
        weight = "bold" if value == np.nanmax(table) else "normal"
        if not np.isnan(value):
            colour = "white" if value <= middle else "black"
            axes.text(j, i, f"{value:.3f}", ha="center", va="center", color=colour, weight=weight)
        elif marks := states.get((i, j), set()):
            text, colour = ("× failed", _RED) if "failed" in marks else ("…", "#555555")
            if "pruned" in marks:
                text, colour = "▽ pruned", "#555555"
            axes.text(j, i, text, ha="center", va="center", color=colour, fontsize=9)
    _label(axes.xaxis, x)
    _label(axes.yaxis, y)
    figure.colorbar(shown, ax=axes, label=_FIGURE)


def _points(figure: Any, axes: Any, rows: Sequence[TrialResult], x: Axis, y: Axis) -> None:
    across, down, values = _places(rows, x), _places(rows, y), _values(rows)
    finished, pruned, failed = (_which(rows, state) for state in ("finished", "pruned", "failed"))
    both = np.concatenate([finished, pruned])
    limits = {"vmin": np.nanmin(values[both]), "vmax": np.nanmax(values[both]), "cmap": _COLOURS}
    shown = axes.scatter(across[finished], down[finished], c=values[finished], s=75, **limits)
    if len(pruned):
        axes.scatter(across[pruned], down[pruned], c=values[pruned], s=40, marker="v",
                     label="pruned", edgecolors="grey", **limits)  # fmt: skip
    if len(failed):
        axes.scatter(across[failed], down[failed], color=_RED, marker="x", label="failed")
    best = finished[values[finished].argmax()]
    axes.scatter(across[best], down[best], s=220, facecolors="none", edgecolors="black",
                 linewidths=1.5, label="best")  # fmt: skip
    for point in finished[np.argsort(-values[finished], kind="stable")][:_NAMED]:
        axes.annotate(f"{values[point]:.3f}", (across[point], down[point]), xytext=(0, 9),
                      textcoords="offset points", ha="center", fontsize=7)  # fmt: skip
    axes.margins(0.08)
    axes.spines[["top", "right"]].set_visible(False)
    _label(axes.xaxis, x)
    _label(axes.yaxis, y)
    figure.colorbar(shown, ax=axes, label=_FIGURE)
    figure.legend(loc="outside lower center", ncols=3, frameon=False)


def _label(axis: Any, shown: Axis) -> None:
    axis.set_label_text(shown.key)
    if shown.choices:
        names = [shown_value(plain(choice)) for choice in _ordered(shown)]
        axis.set_ticks(range(len(names)), names)
    elif shown.log:
        axis.axes.set(**{f"{axis.axis_name}scale": "log"})


def _ordered(axis: Axis) -> list[str]:
    """Choices in the order of an axis: numbers by size, others as given."""
    values = [plain(choice) for choice in axis.choices]
    if all(isinstance(value, int | float) for value in values):
        return sorted(axis.choices, key=plain)
    return list(axis.choices)


def _places(rows: Sequence[TrialResult], axis: Axis) -> np.ndarray:
    """The positions of trials on an axis, (trials,): the number of a choice, or the value."""
    values = [row.params[axis.key] for row in rows]
    if axis.choices:
        known = [plain(choice) for choice in _ordered(axis)]
        values = [known.index(value) for value in values]
    return np.array(values, float)


def _values(rows: Sequence[TrialResult]) -> np.ndarray:
    return np.array([np.nan if row.value is None else row.value for row in rows], float)


def _which(rows: Sequence[TrialResult], state: str) -> np.ndarray:
    return np.array([i for i, row in enumerate(rows) if row.state == state], int)
