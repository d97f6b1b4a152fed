"""Reads the ids and genres of a row, whichever columns they are in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from ..genre_names import is_no_genre
from .cells import absent, whole
from .columns import Chosen, yes_or_no
from .genres import Numbers, genres_of

WHOLE = "ids such as 862.0 made whole"
IMDB = "bare IMDb numbers made ids (tt0114709)"
FRACTION = "numbers with a fraction that are not an id"

_WHOLE = re.compile(r"(\d+)\.0+", re.ASCII)
_FRACTION = re.compile(r"\d+[.,]\d+", re.ASCII)
_NUMBER = re.compile(r"\d{1,12}", re.ASCII)
_SHORTEST = 5
"""The fewest digits of an IMDb number without leading zeros; shorter ones may be of other lists."""
_ADDRESS = re.compile(r"https?://\S*?/(tt\d{5,10})\b\S*", re.ASCII)


def id_of(value: object, kind: str, mended: Counter[str]) -> Any:
    """A film's id as text; None if the cell is empty. `mended` counts repairs.

    `kind` is the id's origin (`columns.IDS`). A value that cannot be an id is returned as it is.
    """
    if isinstance(value, Mapping) and len(value) == 1 and next(iter(value)).startswith("$"):
        value = next(iter(value.values()))  # MongoDB's {"$oid": ...}
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, str):
        text = value.strip()
    elif absent(value):
        return None
    elif (number := whole(value)) is not None:
        text = str(number)
    elif isinstance(value, UUID):
        text = str(value)
    else:
        return value
    if not text or absent(text, mended):
        return None
    if found := _WHOLE.fullmatch(text):
        mended[WHOLE] += 1
        text = found[1]
    elif _FRACTION.fullmatch(text):
        mended[FRACTION] += 1
        return None
    return _imdbs(text, mended) if kind == "imdb_id" else text


def _imdbs(text: str, mended: Counter[str]) -> str | None:
    if _NUMBER.fullmatch(text):
        if not int(text):
            return None  # Kaggle's tables write this for no id
        if len(text) < _SHORTEST:
            return text
        mended[IMDB] += 1
        return f"tt{int(text):07}"
    found = _ADDRESS.fullmatch(text)
    return found[1] if found else text


def ids_of(
    cells: Mapping[str, object], ids: Iterable[tuple[str, str]], mended: Counter[str]
) -> list[Any]:
    """The ids in a row, in the order of `ids` (`Chosen.ids`), even values that cannot be ids."""
    found = (id_of(cells[column], kind, mended) for kind, column in ids)
    return [id_ for id_ in found if id_ is not None]


def genres_in(
    cells: Mapping[str, object], chosen: Chosen, numbers: Numbers, mended: Counter[str]
) -> tuple[str, ...]:
    """The genres of a row, from one column or from one column per genre. Raises `ValueError`."""
    if "genres" in chosen.fields:
        columns = (chosen.fields["genres"], *chosen.further)
        each = (genres_of(cells[column], numbers, mended) for column in columns)
        return tuple(dict.fromkeys(genre for genres in each for genre in genres))
    found = []
    for column, genre in chosen.hot:
        cell = cells[column]
        yes = False if absent(cell) else yes_or_no(cell)
        if yes is None:
            raise ValueError(f"column {column} has {cell!r:.40}, neither 0 nor 1")
        if yes and not is_no_genre(genre) and not absent(genre):
            found.append(genre)
    return tuple(dict.fromkeys(found))
