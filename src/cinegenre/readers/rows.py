"""A table file of any format → its rows as dicts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from ..errors import UserError, shown, unknown
from ..movie import BadRow
from .parquet import parquet_rows
from .text import DAMAGED, Row, csv_rows, damage, open_text


def _csv(path: Path, name: str) -> Iterator[Row | BadRow]:
    # A European Excel writes semicolons, some exports tabs, into what they call .csv.
    return csv_rows(path, delimiters=",;\t", name=name)


def _tsv(path: Path, name: str) -> Iterator[Row | BadRow]:
    return csv_rows(path, delimiters="\t", name=name)


def _jsonl(path: Path, name: str) -> Iterator[Row | BadRow]:
    """One JSON object a line; empty lines are skipped, a broken one is a `BadRow`."""
    number = 0
    with open_text(path) as file:
        try:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield _parsed(line, f"{name} line {number}")
        except DAMAGED as error:
            yield BadRow(where=f"{name} line {number + 1}", error=damage(error))


def _parsed(line: str, where: str) -> Row | BadRow:
    try:
        return _object(json.loads(line), where)
    except (ValueError, RecursionError) as error:
        return BadRow(where=where, error=f"no JSON ({error})")


def _object(value: Any, where: str) -> Row | BadRow:
    if isinstance(value, dict):
        return where, value
    return BadRow(where=where, error=f"{shown(value)} is no JSON object")


def _json(path: Path, name: str) -> Iterator[Row | BadRow]:
    """A JSON list of objects, or one object; JSON lines under this ending are read as such."""
    with open_text(path) as file:
        try:
            text = file.read()
            values = json.loads(text)
        except (ValueError, RecursionError, *DAMAGED) as error:
            if isinstance(error, DAMAGED) or not text.lstrip().startswith("{"):
                raise UserError(f"{path} is no JSON ({error})", "write it again") from None
            values = None
    if values is None:
        yield from _jsonl(path, name)
        return
    for number, value in enumerate(values if isinstance(values, list) else [values], 1):
        yield _object(value, f"{name} item {number}")


FORMATS: dict[str, Callable[[Path, str], Iterator[Row | BadRow]]] = {
    ".csv": _csv,
    ".tsv": _tsv,
    ".jsonl": _jsonl,
    ".ndjson": _jsonl,
    ".json": _json,
    ".parquet": lambda path, name: parquet_rows(path, name=name),
}
"""How a file with this ending is read; the text formats also with `.gz` behind it."""


def table_rows(path: Path, name: str = "") -> Iterator[Row | BadRow]:
    """The rows of the table in `path`, which places call `name` (default: the file's name).

    Raises `UserError` for a missing file, an unknown ending, and a file broken as a whole.
    """
    endings = [ending.lower() for ending in path.suffixes[-2:]]
    if endings[-1:] == [".gz"]:
        endings.pop()
    ending = endings[-1] if endings else ""
    if path.is_dir():
        raise UserError(f"{path} is a folder", f"name a file ({', '.join(FORMATS)})")
    if ending not in FORMATS:
        raise unknown("table format", ending or path.name, FORMATS)
    return FORMATS[ending](path, name or path.name)


def with_columns(
    rows: Iterator[Row | BadRow], look: int = 100
) -> tuple[list[str], Iterator[Row | BadRow]]:
    """The columns that the first `look` rows have, and all rows. JSON rows may leave some out."""
    first: list[Row | BadRow] = []
    columns: dict[str, None] = {}
    for row in rows:
        first.append(row)
        if not isinstance(row, BadRow):
            columns.update(dict.fromkeys(row[1]))
        if len(first) >= look:
            break
    return list(columns), chain(first, rows)
