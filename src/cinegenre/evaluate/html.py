"""The few pieces of HTML a report is made of. Every text that comes in here is escaped here."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

NONE = "–"
"""What stands where a figure is undefined."""


def page(title: str, body: Iterable[str], style: str = "") -> str:
    """A whole page that needs no other file; `body` is HTML, `style` CSS beside our own."""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{STYLE}{style}</style>
</head>
<body>
<main>
{"".join(body)}</main>
</body>
</html>
"""


def header(title: str, *parts: str) -> str:
    """The page's own heading and HTML below it."""
    return f"<header>\n<h1>{escape(title)}</h1>\n{''.join(parts)}</header>\n"


def section(heading: str, *parts: str) -> str:
    """A heading and HTML below it."""
    name = "-".join(heading.lower().split())
    return (
        f'<section id="{escape(name)}">\n<h2>{escape(heading)}</h2>\n{"".join(parts)}</section>\n'
    )


def paragraph(text: str, kind: str = "") -> str:
    """A paragraph, of a class `kind` of the style sheet."""
    return f"<p{_class(kind)}>{escape(text)}</p>\n"


def bullets(texts: Iterable[str]) -> str:
    """A list; nothing where there are no texts."""
    items = "".join(f"<li>{escape(text)}</li>\n" for text in texts)
    return f"<ul>\n{items}</ul>\n" if items else ""


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Names and what they stand for."""
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>\n" for name, value in pairs)
    return f"<dl>\n{rows}</dl>\n"


def table(
    caption: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    groups: Sequence[tuple[str, int]] = (),
    kind: str = "",
) -> str:
    """A table whose first column names the rows; `groups` are headings over several columns."""
    above = "".join(
        f'<th scope="colgroup" colspan="{wide}">{escape(text)}</th>'
        if text
        else f'<td colspan="{wide}"></td>'
        for text, wide in groups
    )
    heads = "".join(f'<th scope="col">{escape(text)}</th>' for text in columns)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
        + "</tr>\n"
        for row in rows
    )
    # Wider than a phone: it scrolls by itself, by keyboard as well.
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="{escape(caption)}">\n'
        f"<table{_class(kind)}>\n<caption>{escape(caption)}</caption>\n<thead>\n"
        + (f"<tr>{above}</tr>\n" if above else "")
        + f"<tr>{heads}</tr>\n</thead>\n<tbody>\n{body}</tbody>\n</table>\n</div>\n"
    )


def picture(path: Path, alt: str, reading: str) -> str:
    """A PNG inside the page, and how to read it."""
    data = base64.b64encode(path.read_bytes()).decode("ascii")
    return (
        f'<figure>\n<div class="scroll" tabindex="0" role="group" aria-label="{escape(alt)}">'
        f'<img src="data:image/png;base64,{data}" alt="{escape(alt)}"></div>\n'
        f"<figcaption>{escape(reading)}</figcaption>\n</figure>\n"
    )


def code(text: str) -> str:
    """A command to copy."""
    return f"<pre><code>{escape(text)}</code></pre>\n"


def number(value: float | None, digits: int = 3) -> str:
    """A figure as tables show it; undefined is a dash."""
    return NONE if value is None else f"{value:.{digits}f}".replace("-", "−")


def text(value: Any) -> str:
    """A fact as text; lists with commas, numbers with separators, nothing for nothing."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(map(text, value))
    return f"{value:,}" if isinstance(value, int) else str(value)


def listed(names: Sequence[str], none: str = "none") -> str:
    """Names in a sentence."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:]))) or none


def _class(kind: str) -> str:
    return f' class="{escape(kind)}"' if kind else ""


STYLE = """
:root { color-scheme: light dark; --text: #1b1b1b; --page: #fff; --soft: #5a5a5a;
  --line: #d5d5d5; --band: #f4f5f7; --accent: #0072b2; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e8e8e8; --page: #16181c; --soft: #a9adb5; --line: #3a3e46;
    --band: #1f2228; --accent: #6bb8e8; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.8rem; line-height: 1.2; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; margin: 2.6rem 0 .5rem; padding-top: .8rem;
  border-top: 1px solid var(--line); }
p, li, dd, figcaption { max-width: 46rem; overflow-wrap: anywhere; }
p { margin: .5rem 0; }
.lead { font-size: 1.1rem; margin: .8rem 0; }
.soft, figcaption { color: var(--soft); font-size: .92rem; }
.scroll { overflow-x: auto; margin: .8rem 0; }
.scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; font-size: .92rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding: 0 0 .4rem; }
th, td { padding: .28rem .7rem; text-align: right; white-space: nowrap;
  border-bottom: 1px solid var(--line); }
thead th { vertical-align: bottom; white-space: normal; }
thead th[scope=colgroup] { text-align: center; border-left: 1px solid var(--line); }
th:first-child { text-align: left; }
tbody th { font-weight: 500; position: sticky; left: 0; background: var(--page); }
tbody tr:nth-child(even) > * { background: var(--band); }
table.first td:nth-child(2) { color: var(--accent); font-weight: 650; }
figure { margin: 1.4rem 0 2rem; }
img { display: block; max-width: 100%; height: auto; background: #fff; border-radius: 4px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.2rem; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
pre { background: var(--band); padding: .8rem; overflow-x: auto; border-radius: 4px; }
@media (max-width: 40rem) {
  main { padding: 1rem .8rem 3rem; }
  th, td { padding: .28rem .5rem; }
  tbody th { white-space: normal; min-width: 8.5rem; }
  caption { position: sticky; left: 0; max-width: calc(100vw - 1.6rem); }
  img { max-width: none; width: 46rem; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .5rem; } }
@media print {
  :root { color-scheme: light; --text: #000; --page: #fff; --soft: #444; --band: #f4f5f7;
    --line: #bbb; --accent: #000; }
  main { max-width: none; padding: 0; }
  .scroll { overflow: visible; }
  table { font-size: .78rem; }
  th, td { padding: .15rem .4rem; }
  figure, tr, pre { break-inside: avoid; }
  img { max-width: 100%; max-height: 23cm; width: auto; }
  h2 { break-after: avoid; } }
"""
