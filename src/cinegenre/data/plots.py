"""Draws the plots of a description."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ..files import whole
from ..movie import INPUTS
from ..pages.panels import BLUE, GREEN, GREY, ORANGE, bare, figure
from .description import Description
from .split import UNLISTED


def save(description: Description, folder: Path) -> list[Path]:
    """Draw a description (see `describe.describe_films`) into PNGs in `folder`."""
    paths = []
    for name, draw in PLOTS.items():
        path = folder / f"{name}.png"
        with whole(path) as staged:
            draw(description).savefig(staged, dpi=150)
        paths.append(path)
    return paths


def genres(description: Description) -> Any:
    """Bars: the films of each genre, and how many of them have a poster."""
    counts = description.genres
    names = list(counts)
    with_poster = np.array([counts[name].with_poster for name in names], float)
    films = np.array([counts[name].films for name in names], float)
    drawn = figure(7, 1.2 + 0.27 * max(len(names), 1))
    axes = drawn.add_subplot()
    axes.barh(names, with_poster, color=BLUE, label="with a poster")
    axes.barh(names, films - with_poster, left=with_poster, color=ORANGE, label="without")
    for row, number in enumerate(films):
        axes.annotate(
            f"{number:,.0f}", (number, row), (3, 0), textcoords="offset points", va="center",
            fontsize=8,
        )  # fmt: skip
    axes.margins(x=0.1, y=0.01)
    axes.invert_yaxis()
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set(xlabel="films", title="Films of each genre")
    axes.legend(loc="lower right", frameon=False)
    return bare(drawn)


def cooccurrence(description: Description) -> Any:
    """Heat map: the percentage of the row's films that also have the column's genre."""
    names = description.cooccurrence.genres
    if not names:
        return figure(4, 3)
    counts = np.array(description.cooccurrence.counts, float)
    alone = np.diagonal(counts).copy()
    share = 100 * counts / np.maximum(alone, 1)[:, None]
    np.fill_diagonal(share, np.nan)
    side = 2.4 + 0.36 * max(len(names), 3)
    drawn = figure(side, 0.9 * side)
    axes = drawn.add_subplot()
    image = axes.imshow(share, cmap="Blues", vmin=0)
    axes.set_facecolor("#dddddd")  # the diagonal
    top = np.nanmax(share) if len(names) > 1 else 1
    for row, column in np.argwhere(share >= 0.5):
        axes.text(
            column, row, f"{share[row, column]:.0f}", ha="center", va="center", fontsize=7.5,
            color="white" if share[row, column] > 0.6 * top else "black",
        )  # fmt: skip
    axes.set_xticks(range(len(names)), names, rotation=90)
    axes.set_yticks(range(len(names)), names)
    axes.set(title="Genres together\n(% of the row's films that have the column's genre too)")
    bar = drawn.colorbar(image, ax=axes, shrink=0.6)
    bar.ax.yaxis.set_major_formatter("{x:.0f} %")
    return drawn


def label_sets(description: Description) -> Any:
    """Bars: films by number of genres, and the most frequent label sets."""
    sets = description.label_sets
    drawn = figure(9, 4.4)
    left, right = drawn.subplots(1, 2, width_ratios=(1, 1.2))
    # The bar of films that are not in this label set would dwarf the others.
    sizes = {size: films for size, films in sets.by_size.items() if size != "0"}
    bars = left.barh(list(sizes), list(sizes.values()), color=BLUE)
    left.bar_label(bars, fmt="{:,.0f}", fontsize=8, padding=2)
    left.margins(x=0.18, y=0.01)
    left.invert_yaxis()
    left.xaxis.set_major_formatter("{x:,.0f}")
    left.set(ylabel="genres a film has", xlabel="films", title="Films by number of genres")
    common = sets.most_common[:15]
    bars = right.barh(
        [", ".join(each.genres) for each in common], [each.films for each in common],
        color=GREEN,
    )  # fmt: skip
    right.bar_label(bars, fmt="{:,.0f}", fontsize=8, padding=2)
    right.margins(x=0.14, y=0.01)
    right.invert_yaxis()
    right.xaxis.set_major_formatter("{x:,.0f}")
    right.set(xlabel="films", title=f"Most frequent of {sets.distinct:,} label sets")
    return bare(drawn)


def words(description: Description) -> Any:
    """Histograms: words in titles and in overviews, with median and 95th percentile."""
    drawn = figure(9, 3.6)
    for axes, (name, about) in zip(drawn.subplots(1, 2), description.words.items(), strict=True):
        lengths = np.array([int(size) for size in about.films], int)
        films = np.array(list(about.films.values()), int)
        width = max(1, about.longest // 60)
        edges = np.arange(0, about.longest + 2 * width, width) - 0.5
        axes.hist(lengths, edges, weights=films, color=BLUE)
        for value, style, text in (
            (about.median, "--", f"median {about.median}"),
            (about.p95, ":", f"95 % have at most {about.p95}"),
        ):
            axes.axvline(value, color="black", linestyle=style, linewidth=1, label=text)
        axes.yaxis.set_major_formatter("{x:,.0f}")
        axes.set(xlabel="words", ylabel="films", title=f"Words in the {name}")
        axes.legend(framealpha=1, edgecolor="white")
    return bare(drawn)


def missing(description: Description) -> Any:
    """Bars: the percentage of each split's films that lack each input, without unlisted films."""
    splits = {name: about for name, about in description.splits.items() if name != UNLISTED}
    drawn = figure(9, 3.6)
    axes = drawn.add_subplot()
    width = 0.8 / max(len(splits), 1)
    for i, (split, about) in enumerate(splits.items()):
        share = [100 * about.missing[name] / max(about.films, 1) for name in INPUTS]
        places = np.arange(len(INPUTS)) + (i - (len(splits) - 1) / 2) * width
        colour = (BLUE, ORANGE, GREEN, GREY)[i % 4]
        bars = axes.bar(places, share, width, color=colour, label=f"{split} ({about.films:,})")
        axes.bar_label(bars, fmt="{:.0f}", fontsize=7, padding=1)
    axes.set_xticks(range(len(INPUTS)), INPUTS)
    axes.yaxis.set_major_formatter("{x:.0f} %")
    axes.set(ylabel="films without", title="Missing inputs", ylim=(0, 108))
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    return bare(drawn)


PLOTS = {
    "genres": genres,
    "cooccurrence": cooccurrence,
    "label_sets": label_sets,
    "words": words,
    "missing": missing,
}
