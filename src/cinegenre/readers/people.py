"""Reads the people of a row, from one column or several."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import inf
from typing import Any

from .cells import absent, literal
from .columns import bare, part_of
from .credits import directors_in
from .shapes import listed, text_of

ALL, ONE, CREW, CREDITS = "all", "one", "crew", "credits"
"""How a cell is read: as the names of several people, or of one; TMDB's list of those behind the
camera, or its object with `cast` and `crew`."""

PASSED_OVER = "cells of people that cannot be read, passed over"

_SEPARATORS = {ALL: "|;\n,", ONE: "|;\n"}
_ID = re.compile(r"nm\d{5,}")
"""IMDb's id of a person."""
_COUNT = re.compile(r"[\d\W]+")
"""A number, such as the votes in a column called `stars_5`."""


def people_in(
    cells: Mapping[str, Any], columns: Iterable[tuple[str, str]], mended: Counter[str]
) -> tuple[str, ...]:
    """The people in a row, each once; `columns` are `Chosen.people`.

    Raises `ValueError` if a cast cannot be read, as where the row is cut off. Other broken cells
    are passed over and counted, so that no film is lost by its director.
    """
    found: list[str] = []
    for how, column in columns:
        cell = cells[column]
        if absent(cell, mended):
            continue
        try:
            if how in _SEPARATORS:
                found += _names(cell, how) if isinstance(cell, str) else _names_in(cell, how)
            else:
                found += _directors(cell) if how == CREW else _credits(cell)
        except ValueError:
            if how == ALL and part_of(bare(column)) != "director":
                raise
            mended[PASSED_OVER] += 1
    return tuple(dict.fromkeys(found))


def _names_in(cell: Any, how: str) -> tuple[str, ...]:
    if how == ONE and not isinstance(cell, str | bytes | Mapping | list | tuple):
        return ()  # a count
    if isinstance(cell, Mapping) and {"cast", "crew"} & cell.keys():
        return tuple(_credits(cell))
    names = (name for name in listed(cell, _SEPARATORS[how]) if not _ID.fullmatch(name))
    return tuple(name for name in names if how == ALL or not _COUNT.fullmatch(name))


_names = lru_cache(maxsize=30_000)(_names_in)  # most cells repeat


def _directors(cell: Any) -> list[str]:
    """The directors in TMDB's list of a film's crew; none in a plain text or a number."""
    cell = text_of(cell)
    if isinstance(cell, str):
        return directors_in(cell) if cell.lstrip().startswith("[") else []
    if not isinstance(cell, list | tuple):
        return []
    crew = [each for each in cell if isinstance(each, Mapping) and each.get("job") == "Director"]
    return [name for each in crew if isinstance(name := each.get("name"), str)]


def _credits(cell: Any) -> list[str]:
    """The directors and the cast in TMDB's object; none in anything else."""
    cell = text_of(cell)
    if isinstance(cell, str):
        cell = literal(cell) if cell.lstrip().startswith("{") else None
    if not isinstance(cell, Mapping):
        return []
    cast = cell.get("cast") or ()
    if isinstance(cast, list | tuple):
        cast = sorted(cast, key=_order)
    return [*_directors(cell.get("crew")), *_names_in(cast, ALL)]


def _order(person: Any) -> float:
    """The place in the credits that TMDB gives a person; those without one come last."""
    order = person.get("order") if isinstance(person, Mapping) else None
    return order if isinstance(order, int) else inf
