"""Reads credits.csv of The Movies Dataset: the directors and the cast of each film."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ..errors import shown
from ..movie import BadRow
from .cells import literal
from .text import csv_rows

_STRING = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_PERSON = re.compile(rf"\{{(?:(?:{_STRING})|[^'\"{{}}])*\}}")
_PAIR = re.compile(rf"({_STRING})\s*:\s*({_STRING}|[^,}}]*)")
_GAP = re.compile(r"[\s,]*")


def read_credits(path: Path, cast: int) -> tuple[dict[str, tuple[str, ...]], list[BadRow]]:
    """People by TMDB id (directors, then the first `cast` of the cast), and the bad rows.

    Raises `UserError` for a missing file or column.
    """
    people: dict[str, tuple[str, ...]] = {}
    bad: list[BadRow] = []
    for row in csv_rows(path, needed=("cast", "crew", "id")):
        if isinstance(row, BadRow):
            bad.append(row)
            continue
        where, cells = row
        try:
            found = [*directors_in(cells["crew"]), *_names(cells["cast"], cast)]
        except ValueError as error:
            bad.append(BadRow(where=where, error=str(error)))
            continue
        people.setdefault(cells["id"].strip(), tuple(dict.fromkeys(found)))
    return people, bad


def directors_in(crew: str) -> list[str]:
    """The directors in the text of a crew: Python's or JSON's list of `{"name": ..., "job": ...}`.

    Raises `ValueError` if it is not a list of people.
    """
    return [_text(one, "name") for one in _people(crew, "Director") if _is_director(one)]


def _is_director(person: dict[str, str]) -> bool:
    return person.get("job", "")[1:-1] == "Director"


def _names(cell: str, limit: int) -> list[str]:
    return [_text(person, "name") for person in islice(_people(cell), limit)]


def _people(cell: str, word: str = "") -> Iterator[dict[str, str]]:
    """The people in a cell whose text contains `word`, as unparsed literals by key.

    Python's own parser would take a minute for the whole file. Raises `ValueError` if the cell is
    not a list of people.
    """
    text = cell.strip()
    if not text:
        return
    at, end = 1, len(text) - 1
    while at < end:
        found = _PERSON.match(text, at)
        if not found or text[0] != "[" or text[-1] != "]":
            raise ValueError(f"{shown(text)} is not a list of people")
        if word in found[0]:
            yield {key[1:-1]: value for key, value in _PAIR.findall(found[0])}
        gap = _GAP.match(text, found.end())
        at = gap.end() if gap else end


def _text(person: dict[str, str], key: str) -> str:
    """The text under `key` of a person. Raises `ValueError` if there is none."""
    value = person.get(key, "None")
    if value[0] not in "'\"":
        raise ValueError(f"{key} is {shown(value)}, no text")
    return str(literal(value)) if "\\" in value else value[1:-1]
