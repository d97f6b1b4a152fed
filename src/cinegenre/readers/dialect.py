"""How a table of text is written: what divides its cells, and whether quotation marks hold them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .columns import known

DIVIDERS = ",;\t|"
LOOK, LOOK_CHARACTERS = 500, 500_000
"""Lines that decide, and characters, at most."""
_SHORT = 20
"""A cell that goes on behind the lines looked at may have begun so many lines before their end."""

_SEP = re.compile(r'"?sep=(?P<mark>[^"\r\n])"?[;,\t]*\s*', re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """`quote` is empty where quotation marks are part of the texts, as in IMDb's own files;
    `escape` is the backslash where it stands before them (MySQL), not a second one.

    `proven`: cells were seen that would be none without their quotation marks.
    """

    divider: str = ","
    quote: str = '"'
    escape: str = ""
    proven: bool = False

    def reader(self, lines: Iterable[str]) -> Any:
        """Python's reader of such lines; it raises `csv.Error` where a quoted cell goes on."""
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
        """The cells of a line divided as if quotation marks held none."""
        return line.rstrip("\r\n").split(self.divider)

    def _without_null(self, line: str) -> str:
        # Else the escape would make an N of it.
        if "\\N" not in line:
            return line
        mark = re.escape(self.divider)
        return re.sub(rf"(^|{mark})\\N(?={mark}|[\r\n]|$)", r"\1", line)

    def tolerant(self, text: str) -> list[str]:
        """The cells of one row in which marks that close before no divider are part of the text."""
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
        """Whether a mark opens a cell that does not end with the line."""
        return cell.startswith(self.quote) and cell.count(self.quote) % 2 == 1

    def proofs(self, text: str) -> int:
        """How many quoted cells in it hold a divider, a line's end or a quotation mark."""
        quote, divider = self.quote, re.escape(self.divider)
        if not quote or quote not in text:
            return 0
        one = rf"\\.|[^{quote}\\]" if self.escape else rf"[^{quote}]|{quote}{quote}"
        begin, end = rf"(?:^|[\r\n]|{divider})", rf"(?={divider}|[\r\n]|$)"
        cells = re.findall(rf"{begin}{quote}((?:{one})*+){quote}{end}", text)
        needs = (self.divider, quote, "\n", "\r")
        return sum(any(mark in cell for mark in needs) for cell in cells)


def separator_line(line: str) -> str:
    """The mark that Excel's first line `sep=;` names; nothing where it is no such line."""
    found = _SEP.fullmatch(line.lstrip("\ufeff"))
    return found["mark"] if found else ""


def dialect_of(lines: Sequence[str], *, whole: bool, divider: str = "") -> Dialect:
    """The dialect of a table that begins with these lines, the header first.

    The divider is the one that gives most columns whose names we know, of equals most columns.
    Quotation marks hold cells if they close before a divider or a line's end: of the ways to read
    the lines, the one that leaves fewest outside of rows as wide as the header counts. `whole`
    says that they are all lines of the file.
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
    # It would read these wrong without a fault; a quoted row that has one is read again as text.
    faults[plain] += 10 * quoted.proofs(text) + sum(_all_quoted(line, quoted) for line in lines)
    best = min(ways, key=lambda way: faults[way])
    best = replace(best, proven=best.proofs(text) > 0)
    return plain if not faults[plain] and _is_imdbs(text, best) else best


def _all_quoted(line: str, way: Dialect) -> bool:
    """Whether each of several cells stands in quotation marks, which is no chance of the texts."""
    cells, quote = way.plain(line), way.quote
    quoted = all(len(cell) > 1 and cell[0] == cell[-1] == quote for cell in cells)
    return len(cells) > 1 and quoted


def _escapes(text: str, divider: str) -> bool:
    """Whether backslashes stand before quotation marks, and none is doubled as RFC 4180 wants."""
    mark = re.escape(divider)
    doubled = rf'[^{mark}\r\n\\]""|""[^{mark}\r\n]'
    return '\\"' in text and re.search(doubled, text) is None


def _divider(lines: Sequence[str]) -> str:
    headers = {mark: _cells(lines[0], mark) for mark in DIVIDERS}
    if all(len(cells) == 1 for cells in headers.values()):
        # One column: whatever occurs below stands in its texts.
        return next((mark for mark in "\t|;," if not any(mark in line for line in lines)), ",")
    return max(DIVIDERS, key=lambda mark: (sum(map(known, headers[mark])), len(headers[mark])))


def _cells(header: str, mark: str) -> list[str]:
    try:
        [cells] = csv.reader([header], delimiter=mark)
    except (csv.Error, ValueError):
        return header.split(mark)
    return cells


def _faults(lines: Sequence[str], way: Dialect, whole: bool) -> int:
    """How many of the lines are no part of a row as wide as the header."""
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
    """Whether tabs and `\\N` say that quotation marks are no more than text, where all can be read
    either way."""
    doubtful = not way.proven and not way.escape and not text.startswith('"')
    return way.divider == "\t" and "\\N" in text and doubtful
