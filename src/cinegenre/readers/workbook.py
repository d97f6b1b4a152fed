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
from .encodings import GZIP, WORKBOOKS
from .text import Row, csv_rows

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")

_MOST_CELLS = 50_000_000
"""The most cells of a sheet, empty ones among them: calamine holds a rectangle of them in memory.
One cell far away makes that rectangle a terabyte, and then calamine ends the process.
"""
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

    if far := _too_far(path):
        raise UserError(
            f"the last cell of {name} is {far}, which is too far away", "delete the rows and "
            "columns behind the table, or save it as CSV",
        )  # fmt: skip
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            sheet = _sheet(workbook, name, mended)
            top = sheet.start[0] if sheet.start else 0
            rows = [[_text(cell) for cell in cells] for cells in sheet.to_python()]
    except PasswordError:
        raise UserError(f"{name} is locked with a password", "save it without one") from None
    except (CalamineError, zipfile.BadZipFile) as error:
        raise UserError(
            f"{name} is damaged, or no workbook ({error})", "save it again, or as CSV"
        ) from None
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


def _too_far(path: Path) -> str:
    """The last cell of a sheet in an .xlsx file that is too large; "" if none is."""
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.namelist():
                if not entry.startswith("xl/worksheets/") or not entry.endswith(".xml"):
                    continue
                with archive.open(entry) as file:
                    found = _EXTENT.search(file.read(_LOOK))
                if found and _number(found[1]) * int(found[2]) > _MOST_CELLS:
                    return (found[1] + found[2]).decode()
    except (zipfile.BadZipFile, OSError, RuntimeError):
        pass  # an .xls is no ZIP archive; of the others, calamine says what is wrong
    return ""


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
