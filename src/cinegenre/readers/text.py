"""Reads CSV and similar tables, even if cut off, badly quoted, or with lines before the header."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from ..errors import UserError, shown
from ..movie import BadRow
from .columns import fold
from .dialect import LOOK, LOOK_CHARACTERS, Dialect, dialect_of, separator_line
from .encodings import DAMAGED, PIPED, Source, damage, open_text
from .heading import (
    is_film,
    is_ruler,
    lines_above,
    rare_divider,
    row_names,
    spaced,
    without_formula,
)

Row = tuple[str, dict[str, Any]]
"""A row's place ("films.csv line 3"), and its cells by column name."""

QUOTES = "quotation marks that hold no cell, read as text"
BEHIND = "empty cells behind the last column"
ABOVE = "lines above the header, passed over"
FORMULAS = 'cells such as ="0114709" read as the text in them'

_UNIT = "\x1f"
"""ASCII's own separator of cells, in place of one with several characters (`::`)."""

# A cast of some hundred people exceeds csv's own limit of 131,072 characters. Both limits also stop
# a stray quotation mark from swallowing the file. The first fits into a C long on Windows.
_LONGEST_CELL = 4_000_000
_MOST_LINES = 1000
_MOST_GOES_ON = 50
"""The most lines of a cell in a row with a stray quotation mark."""


def csv_rows(
    path: Source,
    *,
    needed: Iterable[str] = (),
    name: str = "",
    mended: Counter[str] | None = None,
) -> Iterator[Row | BadRow]:
    """The rows of a text table with a header. A row's place is the line on which it begins.

    The separator and the use of quotation marks are detected (`dialect`). A row with too few or too
    many cells, a quotation mark that is never closed, and the end of a damaged file give `BadRow`s;
    empty lines are skipped, and so are lines above the header (`heading`). If quotation marks can
    only be part of the text, the row is read so, and counted in `mended`. Raises `UserError` for a
    file without a header, and if the header lacks a `needed` column.
    """
    name = name or (path.name if isinstance(path, Path) else PIPED)
    mended = Counter() if mended is None else mended
    # The limit is global and is only ever raised, because other code may rely on a higher one.
    csv.field_size_limit(max(_LONGEST_CELL, csv.field_size_limit()))
    with open_text(path) as file:
        lines = _Lines(file)
        try:
            begun = _begin(lines, mended)
        except DAMAGED as error:
            raise UserError(f"{name}: {damage(error)}", "write or fetch it again") from None
        if not any(cell.strip() for cell in begun.header):
            raise UserError(f"{name} has no header", "its first line must name the columns")
        if is_film(begun.header):
            raise UserError(
                f"{name} has no header: it begins with {shown(', '.join(begun.header))}",
                "write a line above it that names the columns, such as id,title,genres",
            )
        header = _called(name, begun.header, needed)
        for row in _Rows(lines, begun, name, mended).read():
            if isinstance(row, BadRow):
                yield row
                continue
            where, cells = row
            yield where, dict(zip(header, begun.texts(cells, mended)))  # noqa: B905


@dataclass(frozen=True, kw_only=True)
class _Begun:
    """How a table is read: its dialect and header, and whether cells may be `="text"`."""

    dialect: Dialect
    header: Sequence[str]
    formulas: bool = False

    @property
    def named(self) -> int:
        """The number of columns up to the last one with a name."""
        return max(i for i, cell in enumerate(self.header, 1) if cell.strip())

    def texts(self, cells: list[str], mended: Counter[str]) -> list[str]:
        """The cells without Excel's formulas."""
        if not self.formulas:
            return cells
        texts = [without_formula(cell) for cell in cells]
        if found := sum(a != b for a, b in zip(cells, texts, strict=True)):
            mended[FORMULAS] += found
        return texts


def _begin(lines: _Lines, mended: Counter[str]) -> _Begun:
    """The dialect, and the cells of the header, which is consumed."""
    first = lines.ahead(LOOK, LOOK_CHARACTERS)
    filled = [i for i, line in enumerate(first) if line.strip(" \t\r\n\ufeff")]
    mark = separator_line(first[filled[0]]) if filled else ""
    filled = filled[bool(mark) :]
    if above := lines_above([first[i] for i in filled]):
        mended[ABOVE] += above
    begins = filled[above] if filled else len(first)
    for _ in range(begins):
        next(lines)
    first = first[begins:]
    rare = "" if mark or not first else rare_divider(first[0])
    if len(rare) > 1:
        first = lines.changed(lambda line: line.replace(rare, _UNIT))
    mark = mark or (_UNIT if len(rare) > 1 else rare)
    dialect = dialect_of(first, whole=lines.at_end, divider=mark)
    if gap := spaced("".join(first), dialect.divider):
        first = lines.changed(partial(gap.sub, ""))
        dialect = dialect_of(first, whole=lines.at_end, divider=mark)
    dialect, header = _header(lines, dialect)
    rows = first[len(lines.taken) :]
    if rows and is_ruler(rows[0]):
        next(lines)
    if rows and row_names(header, _cells(dialect, rows), quoted=rows[0].startswith('"')):
        header = ["", *header]
    return _Begun(dialect=dialect, header=header, formulas=any('="' in line for line in first))


def _header(lines: _Lines, dialect: Dialect) -> tuple[Dialect, list[str]]:
    lines.begin()
    try:
        return dialect, next(dialect.reader(lines), [])
    except (csv.Error, _TooManyError):
        lines.back(1)
        return replace(dialect, quote=""), dialect.plain(lines.taken[0])


def _cells(dialect: Dialect, lines: Iterable[str]) -> list[list[str]]:
    """The cells of the rows in these lines, up to the first that cannot be read."""
    found = []
    with suppress(csv.Error):
        found.extend(dialect.reader(lines))
    return found


def _called(name: str, cells: Iterable[str], needed: Iterable[str]) -> list[str]:
    """The names of the columns, with `needed` ones in that spelling, and made unique."""
    wanted = {fold(column): column for column in needed}
    header: list[str] = []
    for cell in cells:
        plain = cell.replace("\ufeff", "").removeprefix("ï»¿").strip().strip('"')
        column = unique = wanted.pop(fold(plain), plain)
        number = 1
        while unique in header:
            unique, number = f"{column}.{number}", number + 1
        header.append(unique)
    if wanted:
        raise UserError(
            f"{name} has no column {', '.join(map(repr, wanted.values()))}",
            f"its columns are: {', '.join(header)}",
        )
    return header


class _TooManyError(Exception):
    """A quoted cell has too many lines."""


class _Lines:
    """A file's lines, with look-ahead and pushback; `taken` are the lines since `begin`."""

    def __init__(self, file: TextIO) -> None:
        self._file: Iterator[str] = file
        self._ready: list[str] = []
        self.taken: list[str] = []
        self.number = 0
        self.at_end = False

    def ahead(self, count: int, characters: int) -> list[str]:
        """The next lines, which are not consumed. A damaged file ends at the damage."""
        try:
            for line in self._file:
                self._ready.append(line)
                characters -= len(line)
                if len(self._ready) >= count or characters < 0:
                    break
            else:
                self.at_end = True
        except DAMAGED:
            if not self._ready:
                raise
        found = self._ready[:]
        self._ready.reverse()  # the last one is popped first
        return found

    def changed(self, change: Callable[[str], str]) -> list[str]:
        """Change all further lines; return those that are looked at already."""
        self._ready = [*map(change, self._ready)]
        self._file = map(change, self._file)
        return self._ready[::-1]

    def begin(self) -> None:
        """Begin a row with the next line."""
        self.taken = []

    def begin_with(self, line: str) -> None:
        """Begin a row with this line, which is already taken."""
        self.taken = [line]

    def back(self, used: int) -> None:
        """Push back all taken lines but the first `used`."""
        rest = self.taken[used:]
        self._ready += reversed(rest)
        self.number -= len(rest)

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._ready.pop() if self._ready else next(self._file)
        if len(self.taken) >= _MOST_LINES:
            self._ready.append(line)
            raise _TooManyError
        self.taken.append(line)
        self.number += 1
        return line


class _Rows:
    """The rows of a file after its header."""

    def __init__(self, lines: _Lines, begun: _Begun, name: str, mended: Counter[str]) -> None:
        self.lines, self.dialect, self.name = lines, begun.dialect, name
        self.width, self.named = len(begun.header), begun.named
        self.mended = mended
        self.proven = begun.dialect.proven
        self.lost = False

    def read(self) -> Iterator[tuple[str, list[str]] | BadRow]:
        """Yield rows with as many cells as the header has, or `BadRow`s."""
        lines, width = self.lines, self.width
        reader = self.dialect.reader(lines)
        plain = not self.dialect.quote
        while True:
            lines.begin()
            where = f"{self.name} line {lines.number + 1}"
            try:
                cells = self._plain(next(lines)) if plain else next(reader)
            except StopIteration:
                return
            except DAMAGED as error:
                yield BadRow(where=where, error=damage(error))
                return
            except (csv.Error, _TooManyError) as error:
                yield self._broken(where, error)
                continue
            if len(cells) == width and (len(lines.taken) == 1 or not self._swallows()):
                if self.lost and self._is_rest():
                    self.lost = False
                    yield BadRow(where=where, error="the end of the row before, which is lost")
                    continue
                self.lost = False
                if not self.proven and not plain:
                    self.proven = self.dialect.proofs("".join(lines.taken)) > 0
                yield where, cells
            elif cells:
                yield self._ragged(where, cells)

    def _plain(self, line: str) -> list[str]:
        return self.dialect.plain(line) if line.strip("\r\n") else []

    def _broken(self, where: str, error: Exception) -> tuple[str, list[str]] | BadRow:
        """Handle a row that a quotation mark breaks: read it as text, or lose its first line."""
        dialect, taken = self.dialect, self.lines.taken
        if len(taken) == 1 and "limit" in str(error):
            return BadRow(where=where, error=f"no CSV ({error})")
        self.lines.back(1)
        self.lines.begin_with(taken[0])
        cells = self._as_text()
        if cells:
            self.mended[QUOTES] += 1
            return where, cells
        goes_on = len(taken) > 1 or "end of data" in str(error)
        goes_on = goes_on or any(map(dialect.opens, dialect.plain(taken[0])))
        self.lost = True
        what = "is never closed" if goes_on else "closes before its cell ends"
        return BadRow(
            where=where, error=f"a quotation mark ({dialect.quote}) {what}: the line is lost"
        )

    def _as_text(self) -> list[str]:
        """The cells of a row whose quotation marks are text; none if that is not certain."""
        dialect, lines = self.dialect, self.lines
        for _ in range(_MOST_GOES_ON):
            cells = dialect.tolerant("".join(lines.taken))
            opens = [dialect.opens(cell) for cell in cells]
            if len(cells) == self.width and not (self.proven and (any(opens) or self._ends(cells))):
                return cells
            if not opens or not opens[-1] or not self.proven:
                break
            try:
                line = next(lines)
            except (StopIteration, *DAMAGED):
                break
            if self._is_row(line):
                break
        lines.back(1)
        return []

    def _ends(self, cells: list[str]) -> bool:
        """Whether one of the cells is the end of a cell that began on an earlier line."""
        mark = self.dialect.quote
        return any(cell.endswith(mark) and cell.count(mark) % 2 for cell in cells)

    def _ragged(self, where: str, cells: list[str]) -> tuple[str, list[str]] | BadRow:
        """Handle a row with too few or too many cells."""
        width, taken = self.width, self.lines.taken
        if self.named <= len(cells) < width and len(taken) == 1:
            return where, cells + [""] * (width - len(cells))
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            self.mended[BEHIND] += 1
            return where, cells[:width]
        plain = self.dialect.plain(taken[0])
        by_text = self.dialect.divider == "\t" and not self.proven
        if self.dialect.quote and len(plain) == width and (by_text or self._swallows()):
            self.lines.back(1)
            self.mended[QUOTES] += 1
            text = self.dialect.tolerant(taken[0])
            return where, text if len(text) == width else plain
        error = f"{len(cells)} cells, the header has {width}: a line break or separator too many"
        for place in range(1, len(taken)):
            if self._is_row(taken[place]):
                self.lines.back(place)
                break
        return BadRow(where=where, error=error)

    def _swallows(self) -> bool:
        """Whether a stray quotation mark joins lines that are rows of their own."""
        taken, tabs = self.lines.taken, self.dialect.divider == "\t"
        # Two lines of a text with several lines may have as many commas as there are columns.
        least = 4 if self.proven and not tabs else 2
        return (
            len(taken) >= least
            and self.width >= (2 if tabs else 4)
            and all(len(self.dialect.plain(line)) == self.width for line in taken)
        )

    def _is_rest(self) -> bool:
        """Whether this is the line on which a quoted cell of a lost row ends."""
        taken = self.lines.taken
        return self.proven and len(taken) == 1 and taken[0].count(self.dialect.quote) % 2 == 1

    def _is_row(self, line: str) -> bool:
        """Whether a line is a row by itself, and does not end a cell of the row before."""
        if line.count(self.dialect.quote) % 2:
            return False
        try:
            return len(next(self.dialect.reader([line]))) == self.width > 1
        except (csv.Error, StopIteration):
            return False
