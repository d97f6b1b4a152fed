"""The films to review: review.csv for a program, review.html for a person.

Every text that comes in here is escaped here.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from ..files import whole
from .formats import BETWEEN

CSV, HTML = "review.csv", "review.html"
_COLUMNS = ("row", "id", "title", "year", "genres", "existing", "inputs", "priority", "doubt",
            "disagreement", "conflict", "why")  # fmt: skip
BARS = 5
"""Genres with a bar, at least; every decided one has its own."""

STYLE = """
:root { color-scheme: light dark; --text: #1b1b1b; --page: #fff; --soft: #5a5a5a;
  --line: #d5d5d5; --band: #e9ebee; --bar: #0072b2; }
@media (prefers-color-scheme: dark) {
  :root { --text: #ececec; --page: #16181c; --soft: #a9adb5; --line: #3a3e46; --band: #262a31;
    --bar: #6bb8e8; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.8rem; line-height: 1.2; margin: 0; }
h2 { font-size: 1.15rem; margin: 0; overflow-wrap: anywhere; }
h2 small { font-weight: 400; color: var(--soft); }
p { margin: .2rem 0; max-width: 46rem; overflow-wrap: anywhere; }
.soft { color: var(--soft); font-size: .92rem; }
ol { list-style: none; margin: 1rem 0 0; padding: 0; }
li.film { display: grid; grid-template-columns: 120px minmax(0, 1fr) 17rem; gap: 0 1.2rem;
  align-items: start; border-top: 1px solid var(--line); padding: 1rem 0; break-inside: avoid; }
.none { width: 120px; height: 180px; background: var(--band); border-radius: 4px; display: grid;
  place-items: center; color: var(--soft); font-size: .85rem; }
img { display: block; max-width: 100%; border-radius: 4px; }
ul { margin: .4rem 0; padding-left: 1.1rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem;
  font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 400; padding-right: .5rem; }
td:last-child { text-align: right; width: 3rem; }
td.bar { width: 45%; }
td.bar div { height: .8rem; background: var(--band); border-radius: 3px; }
td.bar i { display: block; height: 100%; background: var(--bar); border-radius: 3px;
  opacity: .55; }
.given th, .given td { font-weight: 700; }
.given .bar i { opacity: 1; }
@media (max-width: 44rem) {
  li.film { grid-template-columns: 80px minmax(0, 1fr); }
  li.film > :last-child { grid-column: 1 / -1; }
  .none { width: 80px; height: 120px; } }
@media print { :root { color-scheme: light; --text: #000; --page: #fff; --soft: #444; }
  td.bar div, td.bar i { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
"""


def write_sheets(out: Path, entries: Sequence[Mapping[str, Any]], model: str) -> None:
    """Write both into `out`; `entries` are as `review.as_entry` makes them, the worst first."""
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
    yield f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p class="soft">Those whose genres by {escape(model)} are most likely to need a person, the first
one most. Bold genres are given. The number behind a film is its expected mistakes: decisions that
are unsure, genres in the catalogue that the model doubts, poster and text that disagree.</p>
<ol>
"""
    for entry in entries:
        yield _film(entry)
    yield "</ol>\n</main>\n</body>\n</html>\n"


def _film(entry: Mapping[str, Any]) -> str:
    name = entry["title"] or entry["id"] or f"row {entry['row']}"
    year = f"{entry['year']} · " if entry["year"] else ""
    poster = '<div class="none">no poster</div>'
    if entry["thumbnail"]:
        poster = (
            f'<img src="data:image/jpeg;base64,{escape(entry["thumbnail"])}" '
            f'alt="Poster of {escape(name)}" width="120">'
        )
    existing = ", ".join(entry["existing"])
    told = f"row {entry['row']}" + (f", id {entry['id']}" if entry["id"] else "")
    why = "".join(f"<li>{escape(reason)}</li>" for reason in entry["why"])
    ranked = sorted(entry["scores"].items(), key=lambda item: -item[1])
    bars = "".join(
        _bar(genre, score, genre in entry["genres"])
        for i, (genre, score) in enumerate(ranked)
        if i < BARS or genre in entry["genres"]
    )
    return f"""<li class="film">
<div>{poster}</div>
<div>
<h2><bdi>{escape(name)}</bdi> <small>{year}{entry["priority"]:.2f}</small></h2>
<p class="soft">{escape(told)}; read: {escape(", ".join(entry["inputs"]))}</p>
<ul>{why}</ul>
<p>In the catalogue: {escape(existing) if existing else "no genre"}</p>
<p class="soft" dir="auto">{escape(entry["overview"])}</p>
</div>
<table><tbody>
{bars}</tbody></table>
</li>
"""


def _bar(genre: str, score: float, given: bool) -> str:
    kind, mark = (' class="given"', "\u00a0✓") if given else ("", "")
    return (
        f'<tr{kind}><th scope="row">{escape(genre)}{mark}</th>'
        f'<td class="bar"><div aria-hidden="true"><i style="width:{score:.1%}"></i></div></td>'
        f"<td>{score:.2f}</td></tr>\n"
    )
