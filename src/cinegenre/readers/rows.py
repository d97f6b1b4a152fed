"""A table file of any format → its rows as dicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from io import BufferedReader
from itertools import chain, islice
from pathlib import Path

from ..errors import UserError, unknown
from ..movie import BadRow
from .encodings import PIPED, Source, unpacked, zipped
from .json_rows import json_rows, jsonl_rows, piped_json_rows
from .parquet import parquet_rows
from .text import Row, csv_rows


def _csv(path: Source, name: str, mended: Counter[str] | None) -> Iterator[Row | BadRow]:
    return csv_rows(path, name=name, mended=mended)


Read = Callable[[Path, str, "Counter[str] | None"], Iterator[Row | BadRow]]

FORMATS: dict[str, Read] = {
    ".csv": _csv,
    ".tsv": _csv,
    ".jsonl": jsonl_rows,
    ".ndjson": jsonl_rows,
    ".json": json_rows,
    ".parquet": lambda path, name, mended: parquet_rows(path, name=name),
}
"""How a file with this ending is read; the text formats also with `.gz` behind it, or alone in a
ZIP archive."""


def ending(path: Path) -> str:
    """The ending of a file's name in small letters, less `.gz`; of a ZIP archive, that of the file
    in it."""
    if path.suffix.lower() == ".zip":
        path = Path(zipped(path))
    endings = [each.lower() for each in path.suffixes[-2:]]
    if endings[-1:] == [".gz"]:
        endings.pop()
    return endings[-1] if endings else ""


def table_rows(
    path: Path, name: str = "", mended: Counter[str] | None = None
) -> Iterator[Row | BadRow]:
    """The rows of the table in `path`, which places call `name` (default: the file's name).

    `mended` counts what was not read as it stands. Raises `UserError` for a missing file, an
    unknown ending, and a file broken as a whole.
    """
    if path.is_dir():
        raise UserError(f"{path} is a folder", f"name a file ({', '.join(FORMATS)})")
    found = ending(path)
    if found not in FORMATS:
        raise unknown("table format", found or path.name, FORMATS)
    return FORMATS[found](path, name or path.name, mended)


def piped_rows(
    stream: BufferedReader, mended: Counter[str] | None = None
) -> Iterator[Row | BadRow]:
    """The rows of a table that comes through a pipe, in JSON or JSON lines where it begins as
    those do, else in CSV or its kin; also gzipped, or alone in a ZIP archive.

    Raises `UserError` where it is none of them as a whole.
    """
    stream, start = unpacked(stream)
    if start.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return piped_json_rows(stream, PIPED)
    return _csv(stream, PIPED, mended)


def with_columns(
    rows: Iterator[Row | BadRow], look: int = 100
) -> tuple[list[str], list[Row], Iterator[Row | BadRow]]:
    """The columns that the first `look` rows have, the good ones of those, and all rows.

    JSON rows may leave some out.
    """
    first = list(islice(rows, look))
    good = [row for row in first if not isinstance(row, BadRow)]
    columns = dict.fromkeys(column for _, cells in good for column in cells)
    return list(columns), good, chain(first, rows)
