"""Reads CSV and similar tables, even if cut off, badly quoted, or with lines before the header."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ..errors import UserError, shown
from ..movie import BadRow
from .beginning import Begun, begin
from .columns import fold
from .encodings import DAMAGED, PIPED, Source, damage, open_text
from .heading import is_film
from .lines import Lines, TooManyError

Row = tuple[str, dict[str, Any]]
"""A row's place ("films.csv line 3"), and its cells by column name."""

QUOTES = "quotation marks that hold no cell, read as text"
REPEATED = "repetitions of the header, passed over"
BEHIND = "empty cells behind the last column"

# A cast of some hundred people exceeds csv's own limit of 131,072 characters. Both limits also stop
# a stray quotation mark from swallowing the file. The first fits into a C long on Windows.
_LONGEST_CELL = 4_000_000
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
        lines = Lines(file)
        try:
            begun = begin(lines, mended)
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
            if cells == begun.header:
                mended[REPEATED] += 1
                continue
            yield where, dict(zip(header, begun.texts(cells, mended)))  # noqa: B905


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


class _Rows:
    """The rows of a file after its header."""

    def __init__(self, lines: Lines, begun: Begun, name: str, mended: Counter[str]) -> None:
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
            except (csv.Error, TooManyError) as error:
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
            elif len(cells) > 1 or (cells and cells[0].strip(" \t\xa0\x1a")):
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
