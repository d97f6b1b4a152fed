"""Draws the plots of an evaluation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ..files import whole
from ..metrics.figures import Cells, GenreFigures, Summary
from ..metrics.summary import Scored
from ..pages.panels import (
    BLUE,
    GREY,
    ORANGE,
    Mark,
    figure,
    finish,
    grid,
    key,
    named,
    nothing,
    percent,
    ruled,
)

BINS = 10
"""Bins of a reliability curve, each with equally many films."""
DPI = 120


def save_plots(scored: Scored, summary: Summary, folder: Path) -> list[Path]:
    """Draw an evaluation (`metrics.summary.summarize` of `scored`) into PNGs in `folder`."""
    paths = []
    for name, draw in PLOTS.items():
        path = folder / f"{name}.png"
        drawn = draw(scored, summary)
        with whole(path) as staged:
            drawn.savefig(staged, dpi=DPI)
        paths.append(path)
    return paths


def per_genre_f1(scored: Scored, summary: Summary) -> Any:
    """Bars: F1 of each genre with the fitted thresholds; marks: F1 at 0.5, average precision."""
    rows = sorted(_with_positives(summary), key=lambda row: row.fitted.f1, reverse=True)
    if not rows:
        return nothing()
    drawn = figure(7.5, 1.5 + 0.29 * len(rows))
    axes = drawn.add_subplot()
    places = np.arange(len(rows))
    fitted = [row.fitted.f1 for row in rows]
    shown = [axes.barh(places, fitted, color=BLUE)]
    for values, point, colour in (
        ([row.at_half.f1 for row in rows], "D", ORANGE),
        ([row.average_precision for row in rows], "o", "white"),
    ):
        outline = {"edgecolors": "black", "linewidths": 0.9, "clip_on": False, "zorder": 3}
        shown.append(axes.scatter(values, places, s=30, c=colour, marker=point, **outline))
    axes.set_yticks(places, [f"{named(row.genre)} ({row.positives:,})" for row in rows])
    axes.set(
        xlabel="F1, average precision", xlim=(0, 1), ylim=(len(rows) - 0.4, -0.6),
        title=f"F1 of each genre (in brackets its films, of {summary.films:,})",
    )  # fmt: skip
    ruled(axes, "x")
    key(drawn, shown, ("F1, fitted thresholds", "F1 at 0.5", "average precision"))
    return finish(drawn)


def precision_recall(scored: Scored, summary: Summary) -> Any:
    """Small multiples: precision over recall, the genre's share, and the threshold."""
    rows = _with_positives(summary)
    drawn, panels = grid(len(rows), 2.0, "Precision over recall of each genre")
    for axes, row in zip(panels, rows, strict=True):
        g = scored.genres.index(row.genre)
        recall, precision = curve(scored.truth[:, g], scored.raw[:, g])
        # Drawn as the steps that average precision adds up.
        axes.plot(recall, precision, color=BLUE, linewidth=1.4, drawstyle="steps-pre")
        axes.axhline(row.positives / summary.films, color=GREY, linestyle="--", linewidth=1.1)
        decided = row.fitted
        if decided.tp + decided.fp:
            axes.plot(
                decided.recall, decided.precision, "o", color=ORANGE, markersize=6,
                markeredgecolor="black", clip_on=False, zorder=3,
            )  # fmt: skip
        axes.set_title(_title(row, f"AP {row.average_precision:.2f}"), fontsize=9)
        axes.set(xlim=(0, 1), ylim=(0, 1.02), xticks=(0, 0.5, 1), yticks=(0, 0.5, 1))
    marks = (
        Mark(BLUE, "-", "", "every threshold (AP: average precision)"),
        Mark(GREY, "--", "", "guessing: the genre's share"),
        Mark(ORANGE, "", "o", "as decided, by the fitted threshold"),
    )
    return finish(drawn, "recall", "precision", marks)


def confusion(scored: Scored, summary: Summary) -> Any:
    """Small multiples: each genre's 2×2 matrix, coloured by the share of the row."""
    rows = list(summary.by_genre)
    title = "What the labels say and what was decided: films, and their share of the row"
    drawn, panels = grid(len(rows), 1.75, title)
    for axes, row in zip(panels, rows, strict=True):
        matrix(axes, row.fitted)
        axes.set_title(_title(row), fontsize=9)
    return finish(drawn, "decided", "labelled")


def matrix(axes: Any, cells: Cells) -> None:
    """Draw the 2×2 matrix of a genre's decisions, coloured by the share of the row."""
    counts = np.array([[cells.tp, cells.fn], [cells.fp, cells.tn]], float)
    films = counts.sum(axis=1, keepdims=True)
    share = counts / np.maximum(films, 1)
    axes.imshow(share, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for (y, x), number in np.ndenumerate(counts):
        part = f"\n{100 * share[y, x]:.0f} %" if films[y, 0] else ""
        axes.text(
            x, y, f"{number:,.0f}{part}", ha="center", va="center", fontsize=9,
            color="white" if share[y, x] > 0.55 else "black",
        )  # fmt: skip
    axes.axhline(0.5, color="white")
    axes.axvline(0.5, color="white")
    axes.set_xticks((0, 1), ("yes", "no"))
    axes.set_yticks((0, 1), ("yes", "no"))
    axes.tick_params(length=0)


def calibration(scored: Scored, summary: Summary) -> Any:
    """Small multiples: the share of films with the genre, by predicted probability."""
    rows = _with_positives(summary)
    title = "Is a probability of 30 % right 30 times in 100?"
    drawn, panels = grid(len(rows) + bool(rows), 2.0, title)
    for axes, row in zip(panels, [None, *rows], strict=False):
        one = scored.genres.index(row.genre) if row else slice(None)
        mean, share, low, high = reliability(
            scored.truth[:, one].reshape(-1), scored.scores[:, one].reshape(-1)
        )
        # All probabilities of a rare genre are small: its panel shows their range.
        top = min(1.0, 1.05 * max(float(mean.max()), float(high.max())))
        axes.plot((0, 1), (0, 1), color=GREY, linestyle="--", linewidth=1.1)
        axes.vlines(mean, low, high, color=BLUE, alpha=0.45, linewidth=1.6)
        axes.plot(mean, share, "o-", color=BLUE, markersize=3.6, linewidth=1.1, clip_on=False)
        whose = _title(row, f"ECE {row.calibration_error:.3f}") if row else "All genres\ntogether"
        axes.set_title(whose, fontsize=9)
        axes.set(xlim=(0, top), ylim=(0, top))
        axes.locator_params(nbins=3)
        axes.xaxis.set_major_formatter(percent)
        axes.yaxis.set_major_formatter(percent)
    marks = (
        Mark(BLUE, "-", "o", f"{BINS} bins of equally many films, with 95 % intervals"),
        Mark(GREY, "--", "", "perfect (ECE: mean distance to it)"),
    )
    return finish(drawn, "calibrated probability", "share with the genre", marks)


def curve(truth: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Recall and precision at every threshold, the highest first; equal scores count once."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(truth[order])
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    recall, precision = hits[ends] / max(hits[-1], 1), hits[ends] / (ends + 1)
    return np.append(0.0, recall), np.append(precision[0], precision)


def reliability(
    truth: np.ndarray, scores: np.ndarray, bins: int = BINS
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """For bins of equally many films: mean score, share of positives, and its Wilson interval."""
    order = np.argsort(scores, kind="stable")
    parts = np.array_split(order, min(bins, len(order)))
    mean = np.array([scores[part].mean() for part in parts])
    share = np.array([truth[part].mean() for part in parts])
    n, z = np.array([len(part) for part in parts]), 1.96
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return mean, share, np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)


PLOTS = {
    "per_genre_f1": per_genre_f1,
    "precision_recall": precision_recall,
    "confusion": confusion,
    "calibration": calibration,
}
"""A plot's file name without ending → the function that draws it from (scored, summary)."""


def _with_positives(summary: Summary) -> list[GenreFigures]:
    return [row for row in summary.by_genre if row.positives]


def _title(row: GenreFigures, figures: str = "") -> str:
    films = f"{row.positives:,} film" + "s" * (row.positives != 1)
    return f"{named(row.genre)}\n" + ", ".join(filter(None, (figures, films)))
