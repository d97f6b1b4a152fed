"""A table file of any format → its rows as dicts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from io import BufferedReader, StringIO
from itertools import chain, islice
from pathlib import Path
from typing import Any

from ..errors import UserError, shown, unknown
from ..movie import BadRow
from .columns import known
from .encodings import DAMAGED, PIPED, Source, damage, open_text, unpacked
from .parquet import parquet_rows
from .text import Row, csv_rows


def _jsonl(path: Source, name: str, mended: Counter[str] | None = None) -> Iterator[Row | BadRow]:
    """One JSON object a line; empty lines are skipped, a broken one is a `BadRow`."""
    with open_text(path) as file:
        yield from _lines(file, name)


def _lines(lines: Iterable[str], name: str) -> Iterator[Row | BadRow]:
    number = 0
    try:
        for number, line in enumerate(lines, 1):
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


def _json(path: Source, name: str, mended: Counter[str] | None = None) -> Iterator[Row | BadRow]:
    """A JSON list of objects, or what `_items` makes of one; JSON lines are read as such."""
    with open_text(path) as file:
        try:
            text = file.read()
            values = json.loads(text)
        except (ValueError, RecursionError, *DAMAGED) as error:
            if isinstance(error, DAMAGED) or not text.lstrip().startswith("{"):
                said = path if isinstance(path, Path) else name
                raise UserError(f"{said} is no JSON ({error})", "write it again") from None
            values = None
    if values is None:
        yield from _lines(StringIO(text, newline=""), name)
        return
    for number, value in enumerate(_items(values), 1):
        yield _object(value, f"{name} item {number}")


def _items(value: Any) -> Iterable[Any]:
    """The rows of a JSON value: a list's, or those that an object wraps.

    TMDB's answers keep them under `results`, pandas writes `{column: {index: cell}}`,
    `{index: row}` or `{"columns": [...], "data": [[...]]}`, and many keep rows by their id.
    """
    if not isinstance(value, dict):
        return value if isinstance(value, list) else [value]
    members = list(value.values())
    columns, data = value.get("columns"), value.get("data")
    if isinstance(columns, list) and isinstance(data, list):
        return [dict(zip(columns, row, strict=False)) if isinstance(row, list) else row
                for row in data]  # fmt: skip
    lists = [each for each in members if isinstance(each, list) and each]
    wrapped = [each for each in lists if all(isinstance(row, dict) for row in each)]
    if len(wrapped) == len(lists) == 1 and not any(map(known, value)):
        return wrapped[0]
    if not members or not all(isinstance(each, dict) for each in members):
        return [value]
    if any(map(known, value)):
        index = dict.fromkeys(place for each in members for place in each)
        return [{column: cells.get(place) for column, cells in value.items()} for place in index]
    if all(map(str.isdigit, value)):
        return members  # pandas' own numbers, no ids
    return [{"id": id_} | row for id_, row in value.items()]


def _csv(path: Source, name: str, mended: Counter[str] | None) -> Iterator[Row | BadRow]:
    return csv_rows(path, name=name, mended=mended)


Read = Callable[[Path, str, "Counter[str] | None"], Iterator[Row | BadRow]]

FORMATS: dict[str, Read] = {
    ".csv": _csv,
    ".tsv": _csv,
    ".jsonl": _jsonl,
    ".ndjson": _jsonl,
    ".json": _json,
    ".parquet": lambda path, name, mended: parquet_rows(path, name=name),
}
"""How a file with this ending is read; the text formats also with `.gz` behind it."""


def ending(path: Path) -> str:
    """The ending of a file's name in small letters, less `.gz`."""
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
    those do, else in CSV or its kin.

    Raises `UserError` where it is none of them as a whole.
    """
    stream, start = unpacked(stream)
    first = start.lstrip("\ufeff \t\r\n").partition("\n")[0].strip()
    if not first.startswith(("{", "[")):
        return _csv(stream, PIPED, mended)
    # An object that has lines of its own begins with one that is none.
    whole = first.startswith("[") or first.endswith(("{", "[", ","))
    return (_json if whole else _jsonl)(stream, PIPED, mended)


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
