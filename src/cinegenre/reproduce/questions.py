""" "Do we always need many features?" (Mavromatakis): results by set of inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..evaluate.result import ModeFigures
from ..pages.html import Html, bullets, paragraph, section, table
from ..pages.panels import BLUE, ORANGE, bare, figure, key, ruled
from ..pages.values import interval, number
from . import choice
from .album import Album
from .outcome import Outcome, Row

NAMED = 10
"""The largest number of pairs that are named."""


def features(outcome: Outcome, album: Album) -> Html:
    """The section; empty if there is only one set of inputs."""
    best = choice.main_row(outcome)
    modes = list(best.result.modes) if best else []
    parts = []
    if best and len(modes) > 1:
        modes.sort(key=lambda mode: (len(mode.inputs), mode.figures["macro_ap"] or 0.0))
        parts = [
            paragraph(
                f"Row “{best.title}”: one model that is given each subset of its inputs. Every "
                "subset is scored on the films that have all of its inputs."
            ),
            _table(modes),
            album.show(
                "inputs",
                draw(modes),
                "Dots of micro F1 and macro average precision of each set of inputs, with 95 % "
                "intervals; the same figures are in the table",
                "Sets of one input are on top. If two lines do not overlap, the difference is "
                "unlikely to be chance.",
            ),
            *_answer(modes),
        ]
    parts += _by_row(outcome)
    return section("Do we always need many features?", *parts) if parts else Html()


def steps(modes: Sequence[ModeFigures]) -> list[tuple[ModeFigures, ModeFigures]]:
    """All pairs of a set and a set with one more input."""
    return [
        (fewer, more)
        for fewer in modes
        for more in modes
        if set(fewer.inputs) < set(more.inputs) and len(more.inputs) == len(fewer.inputs) + 1
    ]


def apart(first: ModeFigures, second: ModeFigures, figure: str = "macro_ap") -> bool:
    """Whether two intervals do not overlap; stricter than an interval of the difference."""
    low, high = first.ends(figure) or (None, None)
    other_low, other_high = second.ends(figure) or (None, None)
    if low is None or high is None or other_low is None or other_high is None:
        return False
    return high < other_low or other_high < low


def draw(modes: Sequence[ModeFigures]) -> Any:
    """Dots with intervals, one line for each set."""
    drawn = figure(7.5, 1.4 + 0.3 * len(modes))
    axes, handles = drawn.add_subplot(), []
    styles = (("micro_f1", BLUE, "o", -0.13), ("macro_ap", ORANGE, "D", 0.13))
    for name, colour, point, off in styles:
        places = [i + off for i, mode in enumerate(modes) if mode.figures[name] is not None]
        values = [mode.figures[name] for mode in modes if mode.figures[name] is not None]
        for i, mode in enumerate(modes):
            span = mode.ends(name)
            if span and None not in span:
                axes.hlines(i + off, *span, color=colour, linewidth=1.8, alpha=0.6)
        handles.append(
            axes.scatter(values, places, s=26, c=colour, marker=point, edgecolors="black",
                         linewidths=0.7, zorder=3)
        )  # fmt: skip
    labels = [f"{mode.label} ({mode.films:,})" for mode in modes]
    axes.set_yticks(range(len(modes)), labels)
    axes.set(ylim=(len(modes) - 0.5, -0.5), xlabel="micro F1 (fitted thresholds), macro AP")
    drawn.suptitle("By set of inputs (number of films in brackets)")
    ruled(axes, "x")
    key(drawn, handles, ("micro F1", "macro average precision"))
    return bare(drawn)


def _table(modes: Sequence[ModeFigures]) -> Html:
    return table(
        "Every set of inputs",
        ("inputs", "films", "micro F1", "95 % interval", "macro F1", "macro AP", "95 % interval"),
        [
            [
                mode.label,
                f"{mode.films:,}",
                number(mode.figures["micro_f1"]),
                interval(mode.ends("micro_f1")),
                number(mode.figures["macro_f1"]),
                number(mode.figures["macro_ap"]),
                interval(mode.ends("macro_ap")),
            ]
            for mode in modes
        ],
    )


def _answer(modes: Sequence[ModeFigures]) -> list[Html]:
    """Sentences on how often one more input raised macro AP, and the clearest differences."""
    known = [mode for mode in modes if mode.figures["macro_ap"] is not None]
    pairs = steps(known)
    if not pairs:
        return []
    best = max(known, key=_ap)
    widest = max(len(mode.inputs) for mode in known)
    rose = [(fewer, more) for fewer, more in pairs if _ap(more) > _ap(fewer)]
    sure = [pair for pair in pairs if apart(*pair)]
    up = sum(pair in rose for pair in sure)
    gist = "More inputs were best" if len(best.inputs) == widest else "Fewer inputs were best"
    text = (
        f"{gist}: macro AP is highest with {best.label} ({number(_ap(best))}). One more input "
        f"raised it in {len(rose)} of {len(pairs)} pairs of sets. In {len(sure)} of the "
        f"{len(pairs)} pairs the intervals do not overlap: the larger set is better in {up}, the "
        f"smaller in {len(sure) - up}."
    )
    named = sorted(sure, key=lambda pair: -abs(_ap(pair[1]) - _ap(pair[0])))
    lines = [_step(*pair) for pair in named[:NAMED]]
    left = len(named) - len(lines)
    rest = [f"and {left} more with smaller differences"] if left else []
    return [paragraph(text), bullets(lines + rest)]


def _ap(mode: ModeFigures) -> float:
    return mode.figures["macro_ap"] or 0.0


def _step(fewer: ModeFigures, more: ModeFigures) -> str:
    (added,) = set(more.inputs) - set(fewer.inputs)
    return f"{fewer.label} with {added} added: macro AP {number(_ap(fewer))} → {number(_ap(more))}"


def _by_row(outcome: Outcome) -> list[Html]:
    """A table of rows by their inputs, if these differ: each is trained on just its inputs."""
    found = choice.trained(outcome)
    if len({row.result.inputs for row in found}) < 2:
        return []

    def line(row: Row) -> list[str]:
        summary = row.result.summary
        span = interval(summary.intervals.get("macro_ap"))
        figures = (summary.headline[name] for name in ("micro_f1", "macro_f1", "macro_ap"))
        inputs = row.result.inputs
        return [row.title, f"{len(inputs)}", " + ".join(inputs), *map(number, figures), span]

    found.sort(key=lambda row: (len(row.result.inputs), row.title))
    best = max(found, key=lambda row: row.result.summary.headline["macro_ap"] or 0.0)
    most = max(len(row.result.inputs) for row in found)
    read = len(best.result.inputs)
    return [
        table(
            "Rows trained on different inputs, scored on the same films",
            (
                "row",
                "number of inputs",
                "inputs",
                "micro F1",
                "macro F1",
                "macro AP",
                "95 % interval",
            ),
            list(map(line, found)),
        ),
        paragraph(
            f"“{best.title}” has the highest macro AP of the rows. It reads {read} "
            f"input{'s' * (read != 1)}; the largest number in any row is {most}."
        ),
    ]
