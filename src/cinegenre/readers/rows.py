"""Reads the rows of a table file of any format as dicts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from io import BufferedReader
from itertools import chain, islice
from pathlib import Path

from ..errors import UserError, unknown
from ..movie import BadRow
from ..pictures import ENDINGS
from . import workbook
from .encodings import DAMAGED, PIPED, Source, open_text, unpacked, zipped
from .json_rows import json_rows, jsonl_rows, piped_json_rows
from .parquet import parquet_rows
from .text import Row, csv_rows

# A `Path` has one slash where an address has two.
_ADDRESS = re.compile(r"[a-z][a-z0-9+-]+:[/\\]", re.IGNORECASE)
_JSON = re.compile(r"\ufeff?\s*(?:\[\s*\{\s*\"|\{\s*\"[^\"]*\"\s*:)")
_LOOK = 1000


def _csv(path: Source, name: str, mended: Counter[str] | None) -> Iterator[Row | BadRow]:
    if isinstance(path, Path) and _is_json(path):
        return jsonl_rows(path, name, mended)
    return csv_rows(path, name=name, mended=mended)


def _is_json(path: Path) -> bool:
    """Whether a file that is called a text table begins as JSON does."""
    with open_text(path) as file:
        try:
            return _JSON.match(file.read(_LOOK)) is not None
        except DAMAGED:
            return False


Read = Callable[[Path, str, "Counter[str] | None"], Iterator[Row | BadRow]]

FORMATS: dict[str, Read] = {
    ".csv": _csv,
    ".tsv": _csv,
    ".jsonl": jsonl_rows,
    ".ndjson": jsonl_rows,
    ".json": json_rows,
    ".parquet": lambda path, name, mended: parquet_rows(path, name=name),
    **dict.fromkeys(workbook.ENDINGS, workbook.workbook_rows),
}
"""File ending → the function that reads it. Text formats may also be gzipped (`.gz`), or be the
only file in a ZIP archive.
"""

TEXTS = (".txt", ".tab", ".dat")
"""Endings of files that may be a text table, and are read as one if the user names them."""


def ending(path: Path) -> str:
    """The ending of a file's name in lower case, without `.gz`; for a ZIP archive, the ending of
    the file in it.
    """
    if path.suffix.lower() == ".zip":
        path = Path(zipped(path))
    endings = [each.lower() for each in path.suffixes[-2:]]
    if endings[-1:] == [".gz"]:
        endings.pop()
    return endings[-1] if endings else ""


def table_rows(
    path: Path, name: str = "", mended: Counter[str] | None = None
) -> Iterator[Row | BadRow]:
    """The rows of the table in `path`; `name` (default: the file's name) is used in their places.

    `mended` counts repaired values. Raises `UserError` for a missing file, an unknown ending, and a
    file that is broken as a whole.
    """
    if path.is_dir():
        raise UserError(f"{path} is a folder", f"name a file ({', '.join(FORMATS)})")
    found = ending(path)
    if _ADDRESS.match(str(path)):
        address = str(path).replace("\\", "/").replace(":/", "://", 1)
        raise UserError(f"{address} is an address", "download it, and name the file")
    if found in ENDINGS:
        raise UserError(f"{path} is a picture", f"name a table ({', '.join(FORMATS)})")
    if found not in FORMATS and found not in TEXTS:
        raise unknown("table format", found or path.name, FORMATS)
    return FORMATS.get(found, _csv)(path, name or path.name, mended)


def piped_rows(
    stream: BufferedReader, mended: Counter[str] | None = None
) -> Iterator[Row | BadRow]:
    """The rows of a table from a pipe: JSON or JSON lines if it begins like those, else CSV or
    similar; it may be gzipped, or the only file in a ZIP archive.

    Raises `UserError` if it is none of these.
    """
    stream, start = unpacked(stream)
    if start.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return piped_json_rows(stream, PIPED)
    return _csv(stream, PIPED, mended)


def with_columns(
    rows: Iterator[Row | BadRow], look: int = 100
) -> tuple[list[str], list[Row], Iterator[Row | BadRow]]:
    """The columns of the first `look` rows, those of these rows that are good, and all rows.

    Several rows are looked at because JSON rows may lack some columns.
    """
    first = list(islice(rows, look))
    good = [row for row in first if not isinstance(row, BadRow)]
    columns = dict.fromkeys(column for _, cells in good for column in cells)
    return list(columns), good, chain(first, rows)
