"""Saves the report's plots in one folder, and embeds them in the page."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..evaluate.plots import DPI
from ..pages.html import Html, plot


@dataclass(frozen=True)
class Album:
    """The folder for the PNGs."""

    folder: Path

    def show(self, name: str, drawn: Any, alt: str, reading: str) -> Html:
        """Save a figure as `name`.png; return its HTML. `reading` explains how to read it."""
        path = self.folder / f"{name}.png"
        drawn.savefig(path, dpi=DPI)
        return plot(path, alt, reading)


def wrapped(text: str, width: int = 24, lines: int = 2) -> str:
    """A title over a small panel, on at most `lines` lines, in which dollars start no formula."""
    cut = textwrap.wrap(text, width, max_lines=lines, placeholder=" …") or [""]
    return "\n".join(cut).replace("$", r"\$")


def heatmap(
    axes: Any, values: Any, texts: Sequence[Sequence[str]], low: float, high: float, size: int = 9
) -> None:
    """A matrix in blue shades from `low` to `high`, a text in each cell; NaN cells are white."""
    axes.imshow(values, cmap="Blues", vmin=low, vmax=high, aspect="auto")
    middle = low + 0.6 * (high - low)
    for y, row in enumerate(texts):
        for x, text in enumerate(row):
            colour = "white" if values[y][x] > middle else "black"
            axes.text(x, y, text, ha="center", va="center", fontsize=size, color=colour)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
