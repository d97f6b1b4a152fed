"""Reads films from JSON in all common forms: one film per line, lists, and wrapped lists."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from io import BufferedReader, StringIO
from itertools import chain
from pathlib import Path
from typing import Any

from ..errors import UserError, shown
from ..movie import BadRow
from .encodings import DAMAGED, damage, open_text
from .text import Row
from .wrapped import film_of, films_in, is_page, unfolded


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
    return not first.startswith("[") and first != "{" and not is_page(_value(first))


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
    value = _value(line)
    return isinstance(value, dict) and not is_page(value)


def _value(text: str) -> Any:
    """The value of a JSON text; None if it is broken."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


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
        several = text.lstrip().startswith("{") or str(error).startswith("Extra data")
        if not several:
            raise UserError(f"{said} is not JSON ({error})", "write it again") from None
        if _has_lines(StringIO(text, newline="")):
            yield from _lines(StringIO(text, newline=""), name)
        else:
            yield from _one_behind_the_other(text, name)
        return
    if isinstance(values, str):
        values = _value(values) or values  # JSON in JSON
    for number, value in enumerate(films_in(values), 1):
        yield _object(value, f"{name} item {number}")


def _one_behind_the_other(text: str, name: str) -> Iterator[Row | BadRow]:
    """Read objects, pages or lists that may span several lines, with nothing or commas between
    them."""
    for number, value in enumerate(unfolded(_decoded(text)), 1):
        where = f"{name} item {number}"
        if isinstance(value, Exception):
            yield BadRow(where=where, error=f"no JSON ({value})")
        else:
            yield _object(value, where)


def _decoded(text: str) -> Iterator[Any]:
    """The values in a text of several, and the error at which they end."""
    decoder = json.JSONDecoder()
    at = 0
    while (at := len(text) - len(text[at:].lstrip(", \t\r\n\ufeff"))) < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            yield error
            return
        yield value


def _parsed(line: str, where: str) -> Row | BadRow:
    try:
        return _object(json.loads(line), where)
    except (ValueError, RecursionError) as error:
        return BadRow(where=where, error=f"no JSON ({error})")


def _object(value: Any, where: str) -> Row | BadRow:
    if isinstance(value, dict):
        return where, film_of(value)
    return BadRow(where=where, error=f"{shown(value)} is not a JSON object")
