"""The films to review: review.csv for a program, review.html for a person."""

from __future__ import annotations

import base64
import csv
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from ..files import whole
from ..pages.cards import TICK, bar, bars, card, rows
from ..pages.html import Html, bullets, header, paragraph, pieces, tag
from .formats import BETWEEN

CSV, HTML = "review.csv", "review.html"
_COLUMNS = ("row", "id", "title", "year", "genres", "existing", "inputs", "priority", "doubt",
            "disagreement", "conflict", "why")  # fmt: skip
BARS = 5
"""Minimum number of genres with a bar; every decided one has a bar, too."""


def write_sheets(out: Path, entries: Sequence[Mapping[str, Any]], model: str) -> None:
    """Write both files into `out`; `entries` are from `review.as_entry`, the worst first."""
    with (
        whole(out / CSV) as staged,
        staged.open("w", encoding="utf-8", errors="replace", newline="") as file,
    ):
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("rank", *_COLUMNS))
        for rank, entry in enumerate(entries, 1):
            writer.writerow((rank, *(_cell(name, entry[name]) for name in _COLUMNS)))
    with (
        whole(out / HTML) as staged,
        staged.open("w", encoding="utf-8", errors="replace", newline="\n") as file,
    ):
        file.writelines(_page(entries, model))


def _cell(name: str, value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return ("; " if name == "why" else BETWEEN).join(value)


def _page(entries: Sequence[Mapping[str, Any]], model: str) -> Iterator[str]:
    """The page in pieces; it needs no other file and runs no script."""
    title = f"{len(entries):,} films to review"
    lead = (
        f"These films most likely have wrong genres by {model}, sorted by the number of expected "
        "mistakes, which follows the title. It counts unsure decisions, genres in the catalogue "
        "that the model doubts, and disagreement between poster and text. Decided genres are bold."
    )
    head = header(title, paragraph(lead, "soft"))
    yield from pieces(title, chain([head], rows(map(_film, entries))))


def _film(entry: Mapping[str, Any]) -> Html:
    name = entry["title"] or entry["id"] or f"row {entry['row']}"
    year = f"{entry['year']} · " if entry["year"] else ""
    thumbnail = entry["thumbnail"]
    place = f"row {entry['row']}" + (f", id {entry['id']}" if entry["id"] else "")
    ranked = sorted(entry["scores"].items(), key=lambda item: -item[1])
    return card(
        base64.b64decode(thumbnail) if thumbnail else None,
        tag("h2", tag("bdi", name), " ", tag("small", f"{year}{entry['priority']:.2f}")),
        paragraph(f"{place}; read: {', '.join(entry['inputs'])}", "soft"),
        bullets(entry["why"]),
        paragraph(f"In the catalogue: {', '.join(entry['existing']) or 'no genre'}"),
        tag("p", entry["overview"], class_="soft", dir="auto"),
        beside=bars(
            _bar(genre, score, genre in entry["genres"])
            for i, (genre, score) in enumerate(ranked)
            if i < BARS or genre in entry["genres"]
        ),
        alt=f"Poster of {name}",
    )


def _bar(genre: str, score: float, given: bool) -> Html:
    return bar(genre + TICK * given, score, f"{score:.2f}", kind="decided" if given else "")
