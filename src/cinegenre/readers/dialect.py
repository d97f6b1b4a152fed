"""Detects how a text table is written: its separator, and whether quotation marks enclose cells."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .columns import known
from .heading import DIVIDERS, cells_of

LOOK, LOOK_CHARACTERS = 500, 500_000
"""The most lines, and characters, that are looked at."""
_SHORT = 20
"""How many lines before the end of the lines looked at a cell may begin that continues after them.
"""

_SEP = re.compile(r'"?sep=(?P<mark>[^"\r\n])"?[;,\t]*\s*', re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """The separator, quotation mark and escape character of a table.

    `quote` is empty if quotation marks are part of the texts, as in IMDb's own files. `escape` is
    the backslash if quotation marks are escaped by one (MySQL) and not doubled. `proven` says
    whether there were cells that could not be read without quotation marks.
    """

    divider: str = ","
    quote: str = '"'
    escape: str = ""
    proven: bool = False

    def reader(self, lines: Iterable[str]) -> Any:
        """Python's reader for such lines. It raises `csv.Error` if a quoted cell does not end."""
        return csv.reader(
            map(self._without_null, lines) if self.escape else lines,
            delimiter=self.divider,
            quotechar=self.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            doublequote=not self.escape,
            escapechar=self.escape or None,
            strict=True,
        )

    def plain(self, line: str) -> list[str]:
        """The cells of a line, split as if quotation marks had no meaning."""
        return line.rstrip("\r\n").split(self.divider)

    def _without_null(self, line: str) -> str:
        # Otherwise the escape would turn it into an N.
        if "\\N" not in line:
            return line
        mark = re.escape(self.divider)
        return re.sub(rf"(^|{mark})\\N(?={mark}|[\r\n]|$)", r"\1", line)

    def tolerant(self, text: str) -> list[str]:
        """The cells of a row; quotation marks without a separator after them belong to the text."""
        quote, divider = self.quote, self.divider
        mark = re.escape(divider)
        cell = re.compile(
            rf"{quote}((?:[^{quote}]|{quote}{quote})*+){quote}(?={mark}|[\r\n]*\Z)|[^{mark}\r\n]*"
        )
        cells: list[str] = []
        at = 0
        while found := cell.match(text, at):
            inside = found[1]
            cells.append(found[0] if inside is None else inside.replace(quote * 2, quote))
            at = found.end()
            if text[at : at + 1] != divider:
                break
            at += 1
        return cells if not text[at:].strip("\r\n") else []

    def opens(self, cell: str) -> bool:
        """Whether a quotation mark opens a cell that does not end on this line."""
        return cell.startswith(self.quote) and cell.count(self.quote) % 2 == 1

    def proofs(self, text: str) -> int:
        """The number of quoted cells that contain a separator, line break or quotation mark."""
        quote, divider = self.quote, re.escape(self.divider)
        if not quote or quote not in text:
            return 0
        one = rf"\\.|[^{quote}\\]" if self.escape else rf"[^{quote}]|{quote}{quote}"
        begin, end = rf"(?:^|[\r\n]|{divider})", rf"(?={divider}|[\r\n]|$)"
        cells = re.findall(rf"{begin}{quote}((?:{one})*+){quote}{end}", text)
        needs = (self.divider, quote, "\n", "\r")
        return sum(any(mark in cell for mark in needs) for cell in cells)


def separator_line(line: str) -> str:
    """The separator that Excel's first line `sep=;` names; "" for any other line."""
    found = _SEP.fullmatch(line.lstrip("\ufeff"))
    return found["mark"] if found else ""


def dialect_of(lines: Sequence[str], *, whole: bool, divider: str = "") -> Dialect:
    """The dialect of a table that begins with these lines, the header first.

    The separator is the one that gives the most columns with known names, and among equals the most
    columns. Quotation marks enclose cells if a separator or line break follows them: the chosen way
    of reading leaves the fewest lines that are not part of a row as wide as the header. `whole`
    says whether these are all lines of the file.
    """
    if not lines:
        return Dialect(divider=divider or ",")
    quoted = Dialect(divider=divider or _divider(lines))
    text = "".join(lines)
    plain = replace(quoted, quote="")
    ways = [quoted, plain]
    if _escapes(text, quoted.divider):
        ways.insert(0, replace(quoted, escape="\\"))
    if lines[0].startswith("'"):
        ways.insert(0, replace(quoted, quote="'"))
    faults = {way: _faults(lines, way, whole) for way in ways}
    # Without quotes these would be read wrongly and unnoticed; a bad quoted row is read again as
    # text.
    faults[plain] += 10 * quoted.proofs(text) + sum(_all_quoted(line, quoted) for line in lines)
    best = min(ways, key=lambda way: faults[way])
    best = replace(best, proven=best.proofs(text) > 0)
    return plain if not faults[plain] and _is_imdbs(text, best) else best


def _all_quoted(line: str, way: Dialect) -> bool:
    """Whether there are several cells and all are quoted, which does not happen by chance."""
    cells, quote = way.plain(line), way.quote
    quoted = all(len(cell) > 1 and cell[0] == cell[-1] == quote for cell in cells)
    return len(cells) > 1 and quoted


def _escapes(text: str, divider: str) -> bool:
    """Whether backslashes precede quotation marks, and no mark is doubled as in RFC 4180."""
    mark = re.escape(divider)
    doubled = rf'[^{mark}\r\n\\]""|""[^{mark}\r\n]'
    return '\\"' in text and re.search(doubled, text) is None


def _divider(lines: Sequence[str]) -> str:
    headers = {mark: cells_of(lines[0], mark) for mark in DIVIDERS}
    if all(len(cells) == 1 for cells in headers.values()):
        # One column: separators below belong to its texts.
        return next((mark for mark in "\t|;," if not any(mark in line for line in lines)), ",")
    return max(DIVIDERS, key=lambda mark: (sum(map(known, headers[mark])), len(headers[mark])))


def _faults(lines: Sequence[str], way: Dialect, whole: bool) -> int:
    """The number of lines that are not part of a row as wide as the header."""
    reader = way.reader(lines)
    faults = width = end = 0
    while end < len(lines):
        begin = end
        try:
            cells = next(reader)
        except csv.Error:
            end = reader.line_num
            # The lines looked at may end within a cell.
            faults += end - begin if whole or end < len(lines) or end - begin > _SHORT else 0
            continue
        end = reader.line_num
        width = width or len(cells)
        if cells and len(cells) != width:
            faults += end - begin
    return faults


def _is_imdbs(text: str, way: Dialect) -> bool:
    """Whether tabs and `\\N` show that quotation marks are plain text, if both ways of reading
    work.
    """
    doubtful = not way.proven and not way.escape and not text.startswith('"')
    return way.divider == "\t" and "\\N" in text and doubtful
