""" "Do we always need many features?" (Mavromatakis): the main row with each set of its inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..pages.html import Html, bullets, paragraph, section, table
from ..pages.panels import BLUE, ORANGE, bare, figure, key, ruled
from ..pages.values import interval, number
from . import choice
from .album import Album
from .outcome import Outcome, Row

Mode = Mapping[str, Any]

NAMED = 10
"""At most so many pairs are named."""


def features(outcome: Outcome, album: Album) -> Html:
    """The section; nothing where there is only one set of inputs."""
    best = choice.main_row(outcome)
    modes = list(best.result.get("modes", ())) if best else []
    parts = []
    if best and len(modes) > 1:
        modes.sort(key=lambda mode: (len(mode["inputs"]), mode["macro_ap"] or 0.0))
        parts = [
            paragraph(
                f"Row “{best.title}”, one model, given fewer inputs than it can read; every set is "
                "measured on the films that have all of it."
            ),
            _table(modes),
            album.show(
                "inputs",
                draw(modes),
                "Dots of micro F1 and macro average precision of each set of inputs, with 95 % "
                "intervals; the same figures are in the table",
                "Sets of one input stand on top. Where two lines do not overlap, chance does not "
                "explain the difference.",
            ),
            *_answer(modes),
        ]
    parts += _by_row(outcome)
    return section("Do we always need many features?", *parts) if parts else Html()


def steps(modes: Sequence[Mode]) -> list[tuple[Mode, Mode]]:
    """Every set with every set that has one input more."""
    return [
        (fewer, more)
        for fewer in modes
        for more in modes
        if set(fewer["inputs"]) < set(more["inputs"])
        and len(more["inputs"]) == len(fewer["inputs"]) + 1
    ]


def apart(first: Mode, second: Mode, figure: str = "macro_ap") -> bool:
    """Whether the two intervals exclude each other; stricter than an interval of the difference."""
    ends = [mode.get("intervals", {}).get(figure) for mode in (first, second)]
    if any(not span or None in span for span in ends):
        return False
    return bool(ends[0][1] < ends[1][0] or ends[1][1] < ends[0][0])


def draw(modes: Sequence[Mode]) -> Any:
    """Dots with intervals, a line a set."""
    drawn = figure(7.5, 1.4 + 0.3 * len(modes))
    axes, handles = drawn.add_subplot(), []
    styles = (("micro_f1", BLUE, "o", -0.13), ("macro_ap", ORANGE, "D", 0.13))
    for name, colour, point, off in styles:
        places = [i + off for i, mode in enumerate(modes) if mode[name] is not None]
        values = [mode[name] for mode in modes if mode[name] is not None]
        for i, mode in enumerate(modes):
            span = mode.get("intervals", {}).get(name)
            if span and None not in span:
                axes.hlines(i + off, *span, color=colour, linewidth=1.8, alpha=0.6)
        handles.append(
            axes.scatter(values, places, s=26, c=colour, marker=point, edgecolors="black",
                         linewidths=0.7, zorder=3)
        )  # fmt: skip
    labels = [f"{' + '.join(mode['inputs'])} ({mode['films']:,})" for mode in modes]
    axes.set_yticks(range(len(modes)), labels)
    axes.set(ylim=(len(modes) - 0.5, -0.5), xlabel="micro F1 (fitted thresholds), macro AP")
    drawn.suptitle("By set of inputs (in brackets the films that have it)")
    ruled(axes, "x")
    key(drawn, handles, ("micro F1", "macro average precision"))
    return bare(drawn)


def _table(modes: Sequence[Mode]) -> Html:
    def span(mode: Mode, name: str) -> str:
        return interval(mode.get("intervals", {}).get(name))

    return table(
        "Every set of inputs",
        ("inputs", "films", "micro F1", "95 % interval", "macro F1", "macro AP", "95 % interval"),
        [
            [
                " + ".join(mode["inputs"]),
                f"{mode['films']:,}",
                number(mode["micro_f1"]),
                span(mode, "micro_f1"),
                number(mode["macro_f1"]),
                number(mode["macro_ap"]),
                span(mode, "macro_ap"),
            ]
            for mode in modes
        ],
    )


def _answer(modes: Sequence[Mode]) -> list[Html]:
    """In words: how often one input more raised macro AP, and where beyond doubt."""
    known = [mode for mode in modes if mode["macro_ap"] is not None]
    pairs = steps(known)
    if not pairs:
        return []
    best = max(known, key=lambda mode: mode["macro_ap"])
    widest = max(len(mode["inputs"]) for mode in known)
    rose = [pair for pair in pairs if pair[1]["macro_ap"] > pair[0]["macro_ap"]]
    sure = [pair for pair in pairs if apart(*pair)]
    up = sum(pair in rose for pair in sure)
    gist = "More inputs were best" if len(best["inputs"]) == widest else "Fewer inputs were best"
    text = (
        f"{gist}: macro AP is highest with {' + '.join(best['inputs'])} "
        f"({number(best['macro_ap'])}). One input more raised it in {len(rose)} of {len(pairs)} "
        f"pairs of sets. In {len(sure)} the intervals exclude each other: {up} times the larger "
        f"set is better, {len(sure) - up} times the smaller."
    )
    named = sorted(sure, key=lambda pair: -abs(pair[1]["macro_ap"] - pair[0]["macro_ap"]))
    lines = [_step(*pair) for pair in named[:NAMED]]
    left = len(named) - len(lines)
    rest = [f"and {left} more with a smaller difference"] if left else []
    return [paragraph(text), bullets(lines + rest)]


def _step(fewer: Mode, more: Mode) -> str:
    (added,) = set(more["inputs"]) - set(fewer["inputs"])
    return (
        f"{' + '.join(fewer['inputs'])} with {added} added: macro AP "
        f"{number(fewer['macro_ap'])} → {number(more['macro_ap'])}"
    )


def _by_row(outcome: Outcome) -> list[Html]:
    """The rows by their inputs, where they differ: models trained for just these."""
    found = choice.trained(outcome)
    if len({tuple(row.result["inputs"]) for row in found}) < 2:
        return []

    def line(row: Row) -> list[str]:
        summary = row.result["summary"]
        span = interval(summary["intervals"].get("macro_ap"))
        figures = (summary["headline"][name] for name in ("micro_f1", "macro_f1", "macro_ap"))
        inputs = row.result["inputs"]
        return [row.title, f"{len(inputs)}", " + ".join(inputs), *map(number, figures), span]

    found.sort(key=lambda row: (len(row.result["inputs"]), row.title))
    best = max(found, key=lambda row: row.result["summary"]["headline"]["macro_ap"] or 0.0)
    most = max(len(row.result["inputs"]) for row in found)
    read = len(best.result["inputs"])
    return [
        table(
            "Rows trained on different inputs, on the same films",
            ("row", "inputs", "which", "micro F1", "macro F1", "macro AP", "95 % interval"),
            list(map(line, found)),
        ),
        paragraph(
            f"Of the rows, “{best.title}” has the highest macro AP; it reads {read} "
            f"input{'s' * (read != 1)}, the most that any row reads is {most}."
        ),
    ]
