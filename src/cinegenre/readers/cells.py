"""What a single cell holds: a literal, a list, a year."""

from __future__ import annotations

import ast
import json
import math
import re
import warnings
from collections.abc import Iterable
from datetime import date
from typing import Any

from ..errors import shown

_LIST = re.compile(r"\[\s*(['\"{\]]|$|([\d.]+|None|null|nan)\s*[,\]])|\(\s*(['\"{)]|$)")
_SPACED = re.compile(r"\[\s*('[^'\\]*'|\"[^\"\\]*\")(\s+('[^'\\]*'|\"[^\"\\]*\"))+\s*\]")
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|2[01]\d\d)(?!\d)")


def literal(text: str) -> Any:
    """The value that `text` writes in JSON or in Python. Raises `ValueError`, never runs code."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        with warnings.catch_warnings():
            # Python warns of backslashes that mean nothing ('AC\DC').
            warnings.simplefilter("ignore")
            return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        raise ValueError(f"{shown(text)} is neither JSON nor a Python literal") from None


def names(values: object) -> tuple[str, ...]:
    """The names in a list of strings or of `{"name": ...}`. Raises `ValueError`."""
    if isinstance(values, str | dict) or not isinstance(values, Iterable):
        raise ValueError(f"{shown(values)} is no list")
    # A list's null is an absent entry, as in padded Parquet columns.
    found = tuple(named(value) for value in values if value is not None)
    for value in found:
        if not isinstance(value, str):
            raise ValueError(f"{shown(value)} is no name")
    return found


def named(value: Any) -> Any:
    """TMDB writes a thing as `{"id": ..., "name": ...}`: its name; anything else as it is."""
    return value["name"] if isinstance(value, dict) and "name" in value else value


def listed(value: object, separators: str) -> tuple[str, ...]:
    """The strings in a list, in a literal of one, or in text divided by one of `separators`.

    The first of `separators` that occurs in the text divides it, never a space. Raises
    `ValueError` for a list that is broken or holds something else than strings and names.
    """
    if absent(value):
        return ()
    if not isinstance(value, str):
        return names(value)
    text = value.strip()
    if _SPACED.fullmatch(text):
        # numpy's ['A' 'B'], which Python would read as one string.
        return tuple(single or double for single, double in _QUOTED.findall(text))
    if _LIST.match(text):
        return names(literal(text))
    divider = next((mark for mark in separators if mark in text), None)
    parts = text.split(divider) if divider else [text]
    return tuple(part.strip() for part in parts if part.strip())


def absent(value: object) -> bool:
    """Whether a cell is empty: null, no text, or the not-a-number of a missing value."""
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def year_of(value: object) -> int | None:
    """The year in a date, number or text ("1995-10-30", "30.10.1995"); None where there is none.

    A film with an odd date is still a film, so this raises nothing.
    """
    if isinstance(value, date):
        return value.year
    found = _YEAR.search(str(value)) if isinstance(value, str | int | float) else None
    return int(found[1]) if found else None
