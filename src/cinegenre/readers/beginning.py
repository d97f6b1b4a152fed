"""Reads the beginning of a text table: what is above the header, the header, and the dialect."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from .dialect import LOOK, LOOK_CHARACTERS, Dialect, dialect_of, separator_line
from .heading import is_ruler, lines_above, rare_divider, row_names, spaced, without_formula
from .lines import Lines, TooManyError

ABOVE = "lines above the header, passed over"
FORMULAS = 'cells such as ="0114709" read as the text in them'

_UNIT = "\x1f"
"""ASCII's own separator of cells, in place of one with several characters (`::`)."""


@dataclass(frozen=True, kw_only=True)
class Begun:
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


def begin(lines: Lines, mended: Counter[str]) -> Begun:
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
    return Begun(dialect=dialect, header=header, formulas=any('="' in line for line in first))


def _header(lines: Lines, dialect: Dialect) -> tuple[Dialect, list[str]]:
    lines.begin()
    try:
        return dialect, next(dialect.reader(lines), [])
    except (csv.Error, TooManyError):
        lines.back(1)
        return replace(dialect, quote=""), dialect.plain(lines.taken[0])


def _cells(dialect: Dialect, lines: Iterable[str]) -> list[list[str]]:
    """The cells of the rows in these lines, up to the first that cannot be read."""
    found = []
    with suppress(csv.Error):
        found.extend(dialect.reader(lines))
    return found
