"""Reads the first sheet of a workbook (Excel, LibreOffice) as the CSV that it could be saved as."""

from __future__ import annotations

import csv
import datetime
import io
import re
import zipfile
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UserError
from ..movie import BadRow
from .encodings import DAMAGED, GZIP, WORKBOOKS
from .text import Row, csv_rows

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")

_MOST_CELLS = 50_000_000
"""The most cells of a sheet, empty ones among them: calamine holds a rectangle of them in memory.
One cell far away makes that rectangle a terabyte, and then calamine ends the process.
"""
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_CELL, _ROW = f"{_TABLE}table-cell", f"{_TABLE}table-row"
_COLUMNS, _ROWS = f"{_TABLE}number-columns-repeated", f"{_TABLE}number-rows-repeated"
_EXTENT = re.compile(rb'<dimension ref="[A-Z]+\d+:([A-Z]+)(\d+)"')
_LOOK = 4096


def workbook_rows(path: Path, name: str, mended: Counter[str] | None) -> Iterator[Row | BadRow]:
    """The rows of the first visible sheet that is not empty, as `text.csv_rows` reads them.

    Other sheets that are not empty are counted in `mended`. A formula counts as its result. Raises
    `UserError` for a file that is no workbook, is locked, or has no cell.
    """
    mended = Counter() if mended is None else mended
    if not path.exists():
        raise UserError(f"no file {path}", "check the path")
    begins = _beginning(path)
    if begins.startswith(GZIP):
        raise UserError(f"{name} is a packed workbook", "unpack it")
    if not begins.startswith(WORKBOOKS):
        raise UserError(f"{name} is no workbook", "give its name the ending of what it is")
    text, places = io.StringIO(newline=""), _Places()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    for number, cells in enumerate(_cells(path, name, mended), 1):
        if any(cells):
            places.begin(number)
            writer.writerow(cells)
            places.lines += sum(cell.count("\n") for cell in cells) + 1
    content: Any = io.BytesIO(text.getvalue().encode("utf-8", "replace"))
    for row in csv_rows(io.BufferedReader(content), name=name, mended=mended):
        if isinstance(row, BadRow):
            yield replace(row, where=f"{name} row {places.row(row.where)}")
        else:
            yield f"{name} row {places.row(row[0])}", row[1]


class _Places:
    """Which row of the sheet each line of the CSV is in: a cell may have several lines."""

    def __init__(self) -> None:
        self.lines = 0
        self._begin: list[int] = []
        self._row: list[int] = []

    def begin(self, row: int) -> None:
        self._begin.append(self.lines + 1)
        self._row.append(row)

    def row(self, where: str) -> int:
        """The row of a place of `csv_rows`, which ends in a line's number."""
        line = int(where.rpartition(" ")[2])
        return self._row[bisect_right(self._begin, line) - 1]


def _beginning(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LOOK)
    except OSError as error:
        raise UserError(f"cannot open {path} ({error.strerror})", "name a readable file") from None


def _cells(path: Path, name: str, mended: Counter[str]) -> list[list[str]]:
    """The sheet that is read, from its first row on, as texts."""
    # Late, because most tables are no workbooks.
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    _check(path, name)
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            sheet = _sheet(workbook, name, mended)
            top = sheet.start[0] if sheet.start else 0
            rows = [[_text(cell) for cell in cells] for cells in sheet.to_python()]
    except PasswordError:
        raise UserError(f"{name} is locked with a password", "save it without one") from None
    except CalamineError as error:
        raise _damaged(name, error) from None
    # Cells that are only coloured are cells too.
    width = max(i + 1 for row in rows for i, cell in enumerate(row) if cell or not i)
    return [*([] for _ in range(top)), *(row[:width] for row in rows)]


def _sheet(workbook: CalamineWorkbook, name: str, mended: Counter[str]) -> CalamineSheet:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    shown = [
        workbook.get_sheet_by_name(each.name)
        for each in workbook.sheets_metadata
        if each.visible == SheetVisibleEnum.Visible and each.typ == SheetTypeEnum.WorkSheet
    ]
    full = [sheet for sheet in shown if sheet.height]
    if not full:
        raise UserError(f"{name} has no header", "its first row must name the columns")
    if len(full) > 1:
        mended[f"of its sheets not read: only {full[0].name!r} is"] += len(full) - 1
    return full[0]


def _check(path: Path, name: str) -> None:
    """Raise `UserError` for what calamine would answer by ending the process, or never."""
    try:
        with zipfile.ZipFile(path) as archive:
            if "content.xml" in archive.namelist():
                many = _check_content(archive, name)
            else:
                many = max(map(_extent, _sheets(archive)), default=0) > _MOST_CELLS
    except (*DAMAGED, KeyError, RuntimeError):
        return  # an .xls is no ZIP archive; of the others, calamine says what is wrong
    if many:
        raise UserError(
            f"a sheet of {name} has a cell too far away from the first one, or too many cells",
            "delete the rows and columns behind the table, or save it as CSV",
        )


def _sheets(archive: zipfile.ZipFile) -> Iterator[bytes]:
    """The beginnings of the sheets of an .xlsx file."""
    for entry in archive.namelist():
        if entry.startswith("xl/worksheets/") and entry.endswith(".xml"):
            with archive.open(entry) as file:
                yield file.read(_LOOK)


def _extent(sheet: bytes) -> int:
    """The number of cells up to the last one of a sheet, if its beginning says which that is."""
    found = _EXTENT.search(sheet)
    return _number(found[1]) * int(found[2]) if found else 0


def _check_content(archive: zipfile.ZipFile, name: str) -> bool:
    """Whether an .ods file has too many cells; one that calamine would read for ever is refused."""
    from lxml import etree

    if b":encryption-data" in archive.read("META-INF/manifest.xml"):
        raise UserError(f"{name} is locked with a password", "save it without one")
    cells = in_row = 0
    try:
        with archive.open("content.xml") as file:
            for _, node in etree.iterparse(file, tag=(_CELL, _ROW)):
                if node.tag == _ROW:
                    cells += in_row * int(node.get(_ROWS, 1))
                    in_row = 0
                    node.clear()
                elif len(node):
                    in_row += int(node.get(_COLUMNS, 1))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _damaged(name, error) from None
    return cells > _MOST_CELLS


def _damaged(name: str, error: Exception) -> UserError:
    return UserError(f"{name} is damaged, or no workbook ({error})", "save it again, or as CSV")


def _number(letters: bytes) -> int:
    """The number of a column: 1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number


def _text(cell: Any) -> str:
    """A cell as a CSV file would have it."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))  # workbooks have no other numbers
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(" ").removesuffix(" 00:00:00")
    return str(cell)
