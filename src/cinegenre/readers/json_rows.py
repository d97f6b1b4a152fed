"""Reads films from JSON in all common forms: one film per line, lists, and wrapped lists."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from io import BufferedReader, StringIO
from itertools import chain
from pathlib import Path
from typing import Any

from ..errors import UserError, shown
from ..movie import BadRow
from .columns import field_of, known
from .encodings import DAMAGED, damage, open_text
from .text import Row

_WRAPS = ("movie", "film", "_source", "row", "node", "item", "Item", "fields", "doc")
"""Keys under which a row may have its film: Trakt, Elasticsearch, Hugging Face, GraphQL."""
_DEEPEST = 4


def jsonl_rows(path: Path, name: str, mended: Counter[str] | None = None) -> Iterator[Row | BadRow]:
    """Read one JSON object per line; empty lines are skipped, a broken line is a `BadRow`.

    Files with a list, or with objects over several lines, are also understood.
    """
    if not has_lines(path):
        yield from json_rows(path, name)
        return
    with open_text(path) as file:
        yield from _lines(file, name)


def has_lines(path: Path) -> bool:
    """Whether the first line of a JSON file seems to be a complete object."""
    with open_text(path) as file:
        try:
            return _has_lines(file)
        except DAMAGED:
            return True


def _has_lines(lines: Iterable[str]) -> bool:
    first = next((line.strip(" \t\r\n\ufeff") for line in lines if line.strip()), "")
    return not first.startswith("[") and first != "{"


def _lines(lines: Iterable[str], name: str) -> Iterator[Row | BadRow]:
    number = 0
    try:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _parsed(line, f"{name} line {number}")
    except DAMAGED as error:
        yield BadRow(where=f"{name} line {number + 1}", error=damage(error))


def piped_json_rows(stream: BufferedReader, name: str) -> Iterator[Row | BadRow]:
    """Read like `jsonl_rows`, line by line as they arrive, if the first line is a complete object
    and another follows; else like `json_rows`."""
    with open_text(stream) as file:
        ahead: list[str] = []
        try:
            while sum(bool(line.strip()) for line in ahead) < 2 and (line := file.readline()):
                ahead.append(line)
            first, *more = [line for line in ahead if line.strip()]
            if more and _is_object(first):
                yield from _lines(chain(ahead, file), name)
                return
            text = "".join(ahead) + file.read()
        except DAMAGED as error:
            raise UserError(f"{name} is not JSON ({error})", "write it again") from None
    yield from _of_text(text, name, name)


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def json_rows(path: Path, name: str, mended: Counter[str] | None = None) -> Iterator[Row | BadRow]:
    """Read a JSON list of objects, or an object from which `_items` makes one; objects one after
    another, or on one line each, are also understood."""
    with open_text(path) as file:
        try:
            text = file.read()
        except DAMAGED as error:
            raise UserError(f"{path} is not JSON ({error})", "write it again") from None
    yield from _of_text(text, name, str(path))


def _of_text(text: str, name: str, said: str) -> Iterator[Row | BadRow]:
    """The rows of a whole JSON text, which errors call `said`."""
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        if not text.lstrip().startswith("{"):
            raise UserError(f"{said} is not JSON ({error})", "write it again") from None
        if _has_lines(StringIO(text, newline="")):
            yield from _lines(StringIO(text, newline=""), name)
        else:
            yield from _one_behind_the_other(text, name)
        return
    for number, value in enumerate(_items(values), 1):
        yield _object(value, f"{name} item {number}")


def _one_behind_the_other(text: str, name: str) -> Iterator[Row | BadRow]:
    """Read objects that may span several lines, with nothing or commas between them."""
    decoder = json.JSONDecoder()
    at = number = 0
    while (at := len(text) - len(text[at:].lstrip(", \t\r\n"))) < len(text):
        number += 1
        where = f"{name} item {number}"
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            yield BadRow(where=where, error=f"no JSON ({error})")
            return
        yield _object(value, where)


def _parsed(line: str, where: str) -> Row | BadRow:
    try:
        return _object(json.loads(line), where)
    except (ValueError, RecursionError) as error:
        return BadRow(where=where, error=f"no JSON ({error})")


def _object(value: Any, where: str) -> Row | BadRow:
    if isinstance(value, dict):
        return where, _film(value)
    return BadRow(where=where, error=f"{shown(value)} is not a JSON object")


def _film(row: dict[str, Any]) -> dict[str, Any]:
    """The film inside a member of the row, else the row itself; the row's `_id` is kept."""
    for key in _WRAPS:
        inner = row.get(key)
        if isinstance(inner, dict) and _fields(inner) > _fields(row) - known(key):
            own = {"id": row["_id"]} if "_id" in row and "id" not in map(field_of, inner) else {}
            return own | inner
    return row


def _fields(row: Mapping[str, Any]) -> int:
    return sum(map(known, row))


def _items(value: Any) -> Iterable[Any]:
    """The rows of a JSON value: the entries of a list, or the rows wrapped in an object.

    TMDB's answers have them under `results`, pandas writes `{column: {index: cell}}`,
    `{index: row}` or `{"columns": [...], "data": [[...]]}`, and many files have rows by id.
    """
    if not isinstance(value, dict):
        return value if isinstance(value, list) else [value]
    members = list(value.values())
    columns, data = value.get("columns"), value.get("data")
    if isinstance(columns, list) and isinstance(data, list):
        return [dict(zip(columns, row, strict=False)) if isinstance(row, list) else row
                for row in data]  # fmt: skip
    if wrapped := _wrapped(value):
        return wrapped
    if not members or not all(isinstance(each, dict) for each in members):
        return [value]
    if any(map(known, value)):
        index = dict.fromkeys(place for each in members for place in each)
        return [{column: cells.get(place) for column, cells in value.items()} for place in index]
    if not any(_fields(_film(each)) for each in members):
        return [value]
    if all(map(str.isdigit, value)):
        return members  # pandas' row numbers, not ids
    return [{"id": id_} | row for id_, row in value.items()]


def _wrapped(value: dict[str, Any]) -> list[Any]:
    """The list of films inside an object that is not a film: the list with the most known columns.

    A film contains lists too, of genres and companies. So an object that has a known name itself
    contains films only if those have overviews (TMDB's collections and lists).
    """
    if any(map(known, value)):
        for key, some in value.items():
            if not known(key) and _dicts(some) and any(map(_has_overview, some)):
                return list(some)
        return []
    best = max(_lists(value), key=lambda some: max(_fields(_film(row)) for row in some), default=[])
    return best if any(_fields(_film(row)) for row in best) else []


def _lists(value: dict[str, Any], depth: int = 0) -> Iterator[list[Any]]:
    """Every list of objects in an object and in the objects inside it."""
    for each in value.values():
        if _dicts(each):
            yield each
        elif isinstance(each, dict) and depth < _DEEPEST:
            yield from _lists(each, depth + 1)


def _dicts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(r, dict) for r in value)


def _has_overview(row: dict[str, Any]) -> bool:
    return "overview" in map(field_of, _film(row))
