"""Heat maps of rows that form a grid of two recipe keys: the paper's figures and ours."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..evaluate.published import measure, published_rows
from ..pages.html import Html, paragraph, section
from ..pages.panels import figure
from . import choice
from .album import Album, heatmap
from .outcome import Outcome


@dataclass(frozen=True)
class Grid:
    """A figure by two keys: `paper` and `ours` are (down, across), NaN if there is no value."""

    down: list[Any]
    across: list[Any]
    paper: np.ndarray
    ours: np.ndarray


def grid_section(outcome: Outcome, album: Album) -> Html:
    """The heat maps of the recipe's `grid`; empty if it has none."""
    asked = choice.settings(outcome).get("grid")
    if not asked:
        return Html()
    found, label = gather(outcome, asked), measure(asked["measure"]).label
    if not np.isfinite(found.ours).any():
        return Html()
    shown = album.show(
        "grid",
        draw(found, asked, label),
        f"Heat maps of “{label}” over {spoken(asked['down'])} and {spoken(asked['across'])}, the "
        "paper's and ours; the text below gives the best cell and the effects",
        "The same colour means the same value on both sides; empty cells have no value.",
    )
    return section("The grid", shown, *map(paragraph, effects(found, asked)))


def gather(outcome: Outcome, asked: Mapping[str, Any]) -> Grid:
    """The figures of the grid. Rows that lack one of the two keys are left out."""
    of, paper = measure(asked["measure"]).of, published_rows(outcome.tables)
    cells: dict[tuple[Any, Any], tuple[float, float]] = {}
    for name, table in outcome.tables.get("rows", {}).items():
        place = tuple(
            value if (value := looked_up(table, key)) is not None
            else looked_up(outcome.tables, key)
            for key in (asked["down"], asked["across"])
        )  # fmt: skip
        if None in place:
            continue
        row = outcome.rows.get(name)
        ours = of(row.result.summary) if row else None
        theirs = paper.get(name, {}).get(asked["measure"])
        cells[place[0], place[1]] = (
            math.nan if theirs is None else theirs,
            math.nan if ours is None else ours,
        )
    down, across = (sorted({place[i] for place in cells}) for i in (0, 1))
    both = np.full((2, len(down), len(across)), math.nan)
    for (y, x), pair in cells.items():
        both[:, down.index(y), across.index(x)] = pair
    return Grid(down, across, both[0], both[1])


def looked_up(table: Mapping[str, Any], key: str) -> Any:
    """The value of a dotted key in tables that are nested, or have dotted keys, or both."""
    if key in table:
        return table[key]
    parts = key.split(".")
    for i in range(1, len(parts)):
        inner = table.get(".".join(parts[:i]))
        if isinstance(inner, Mapping):
            found = looked_up(inner, ".".join(parts[i:]))
            if found is not None:
                return found
    return None


def draw(found: Grid, asked: Mapping[str, Any], label: str) -> Any:
    """The heat maps side by side, or ours alone if the paper has none."""
    sides = {"paper": found.paper, "ours": found.ours}
    sides = {name: side for name, side in sides.items() if np.isfinite(side).any()}
    tall, wide = found.ours.shape
    drawn = figure(max(7.5, len(sides) * (1.0 + 0.8 * wide)), 1.8 + 0.5 * tall)
    drawn.suptitle(label)
    every = np.concatenate([side[np.isfinite(side)] for side in sides.values()])
    panels = drawn.subplots(1, len(sides), squeeze=False)[0]
    for axes, (name, side) in zip(panels, sides.items(), strict=True):
        texts = [["" if math.isnan(x) else f"{100 * x:.1f}" for x in row] for row in side]
        heatmap(axes, side, texts, float(every.min()), float(every.max()))
        axes.set_xticks(range(wide), [_tick(value) for value in found.across])
        axes.set_yticks(range(tall), [_tick(value) for value in found.down])
        axes.set_title(f"{name} (%)", fontsize=10)
        axes.set_xlabel(spoken(asked["across"]))
    panels[0].set_ylabel(spoken(asked["down"]))
    return drawn


def effects(found: Grid, asked: Mapping[str, Any]) -> list[str]:
    """Sentences about the best cell of each grid, and about the effect of each key.

    The effects are only given for complete grids: means over different cells are not comparable.
    """
    texts = []
    for whose, side in (("In the paper", found.paper), ("Here", found.ours)):
        if not np.isfinite(side).any():
            continue
        y, x = np.unravel_index(np.nanargmax(side), side.shape)
        moved = [
            f"{spoken(asked[key])} changes it by {100 * spread(side, axis):.1f}"
            for key, axis in (("across", 0), ("down", 1))
        ]
        texts.append(
            f"{whose}, the best cell has {100 * side[y, x]:.1f} %, at {spoken(asked['down'])} "
            f"{_tick(found.down[y])} and {spoken(asked['across'])} {_tick(found.across[x])}."
        )
        if np.isfinite(side).all():
            texts[-1] += f" Averaged over the other key, {' and '.join(moved)} points."
    return texts


def spread(side: np.ndarray, axis: int) -> float:
    """The largest minus the smallest mean along `axis`."""
    means = side.mean(axis=axis)
    return float(means.max() - means.min())


def spoken(key: str) -> str:
    """A recipe key in words: "inputs.poster.height" is "poster height"."""
    parts = key.split(".")
    return " ".join(parts[-2:] if parts[0] in ("inputs", "encoders") else parts[-1:]).replace(
        "_", " "
    )


def _tick(value: Any) -> str:
    if not isinstance(value, float):
        return str(value)
    small = 0 < abs(value) < 0.01
    return np.format_float_scientific(value, trim="-", exp_digits=1) if small else f"{value:g}"
