"""Finds the header of a text table: below a title, under a ruler, or divided by a rare mark."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence

from .columns import field_of, known

DIVIDERS = ",;\t|"
_FURTHEST = 30
"""The most lines above a header."""
_RULER = re.compile(r"(?=.*--)[-+|=:;,\s]+", re.DOTALL)
"""A line under the header, as Markdown, psql and sqlcmd draw it."""
_RARE = re.compile(r"\s*[^\w\s\"'.()\-]+\s*|[\x01-\x08\x1c-\x1f]+")
_FILM = re.compile(
    r"tt\d{5,}|\d{5,}(?:\D.*)?|/m/\w+|https?://.*|[\[{].*|.*\S \((?:1[89]|20)\d\d\).*|.{100,}",
    re.DOTALL,
)
"""A cell that a film may have, and that is no name of a column."""
_FORMULA = re.compile(r'="(.*)"', re.DOTALL)


def cells_of(line: str, mark: str) -> list[str]:
    """The cells of one line."""
    try:
        [cells] = csv.reader([line], delimiter=mark)
    except (csv.Error, ValueError):
        return line.split(mark)
    return cells


def lines_above(lines: Sequence[str]) -> int:
    """The number of lines above the header: a title, a date, comments, or the names of groups.

    The header is the first line, unless a single one of the next lines names more of our fields:
    at least two, or three if the first line names one.
    """
    counts = [_fields(line) for line in lines[:_FURTHEST]]
    most = max(counts, default=0)
    least = 3 if counts and counts[0] else 2
    above = counts.index(most) if most >= least else 0
    return above if counts.count(most) == 1 else 0


def _fields(line: str) -> int:
    """The number of different fields whose columns the line may name."""
    ways = [cells_of(line, mark) for mark in DIVIDERS]
    # A cell of a row may itself be a list of names: "title|overview|poster".
    widest = max(map(len, ways))
    return max(len({*map(field_of, way)} - {None}) for way in ways if len(way) == widest)


def is_film(header: Sequence[str]) -> bool:
    """Whether what should be the header is a film: an id, an address, a list or a long text."""
    return not any(map(known, header)) and any(_FILM.fullmatch(cell.strip()) for cell in header)


def rare_divider(header: str) -> str:
    """A separator such as `::`, `^` or Hive's `\\x01`, if only it makes a header of the line."""
    if any(mark in header for mark in DIVIDERS):
        return ""
    line = header.strip("\r\n")
    marks = {found for found in _RARE.findall(line) if found.strip()}
    best = max(marks, key=lambda mark: sum(map(known, line.split(mark))), default="")
    return best if best and sum(map(known, line.split(best))) > 1 else ""


def spaced(text: str, mark: str) -> re.Pattern[str] | None:
    """The spaces between separators and quotation marks (`1, "A, B"`), if all such marks enclose
    cells."""
    mark = re.escape(mark)
    gap = re.compile(rf'(?<={mark}) +(?=")')
    cells = re.findall(rf'(?<={mark}) +"(?:[^"]|"")*+"(?={mark}|[\r\n]|$)', text)
    return gap if cells and len(cells) == len(gap.findall(text)) else None


def is_ruler(line: str) -> bool:
    """Whether a line only separates the header from the rows."""
    return _RULER.fullmatch(line) is not None


def row_names(header: Sequence[str], rows: Iterable[Sequence[str]], *, quoted: bool) -> bool:
    """Whether each row begins with its name, for which the header has no column, as R writes it.

    `quoted` says whether the names are in quotation marks.
    """
    some = [row for row in rows if row]
    first = [row[0].strip() for row in some]
    return (
        len(some) > 1
        and bool(header)
        and (quoted or field_of(header[0]) != "id")
        and all(len(row) == len(header) + 1 for row in some)
        and all(name.isdecimal() for name in first)
        and any(row[-1].strip() for row in some)
        and sorted(set(map(int, first))) == [*map(int, first)]
    )


def without_formula(cell: str) -> str:
    """The text in `="0114709"`, with which Excel is kept from changing it."""
    found = _FORMULA.fullmatch(cell)
    return found[1].replace('""', '"') if found else cell
