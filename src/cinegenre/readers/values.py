"""Reads the ids and genres of a row, whichever columns they are in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from ..genre_names import is_no_genre
from .cells import absent, whole
from .choice import Chosen
from .genres import Numbers, genres_of
from .hot import yes_or_no

WHOLE = "ids such as 862.0, 1,234 or 8.62E+02 made whole"
IMDB = "bare IMDb numbers made ids (tt0114709)"
SPELLED = "ids written as IMDb does (tt0114709)"
ADDRESSES = "ids taken from addresses of films"
FRACTION = "numbers with a fraction that are not an id"

_WHOLE = re.compile(r"(\d+)(?:\.0+|,0{1,2})", re.ASCII)
_THOUSANDS = re.compile(
    r"\d{1,3}(?:(?:,\d{3})+|(?:\.\d{3}){2,}|(?:[ '’\xa0\u202f]\d{3})+)(?:\.0+)?"
)
_POWER = re.compile(r"\d(?:[.,](?P<decimals>\d+))?E\+(?P<power>\d\d?)", re.ASCII | re.IGNORECASE)
"""A number as spreadsheets shorten it; exact if it has no fewer decimals than its power."""
_FRACTION = re.compile(r"\d+[.,]\d+", re.ASCII)
_NUMBER = re.compile(r"\d{1,12}", re.ASCII)
_SHORTEST = 5
"""The fewest digits of an IMDb number without leading zeros; shorter ones may be of other lists."""
_IMDB = re.compile(r"tt0*(\d{5,10})/?", re.ASCII | re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:https?://|imdb://|www\.|(?:m\.)?imdb\.com/|/?title/)\S*?(?P<imdb>tt\d{5,10})\b\S*"
    r"|(?:https?://)?(?:www\.)?themoviedb\.org/(?:movie|tv)/(?P<tmdb>\d+)\S*"
    r"|(?:https?://)?(?:www\.)?wikidata\.org/(?:entity|wiki)/(?P<wikidata>Q\d+)/?",
    re.ASCII | re.IGNORECASE,
)
"""The address of a film, with its id."""


def id_of(value: object, kind: str, mended: Counter[str]) -> Any:
    """A film's id as text; None if the cell is empty. `mended` counts repairs.

    `kind` is the id's origin (`columns.IDS`). A value that cannot be an id is returned as it is.
    """
    if isinstance(value, Mapping):
        value = _inside(value)
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, str):
        text = value.strip().lstrip("'")  # some spreadsheets write '0114709 to keep the zero
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
    if not text.isalnum():
        if plain := _made_whole(text):
            mended[WHOLE] += 1
            text = plain
        elif _FRACTION.fullmatch(text) or _POWER.fullmatch(text):
            mended[FRACTION] += 1
            return None
        elif found := _ADDRESS.fullmatch(text):
            mended[ADDRESSES] += 1
            text = found["imdb"] or found["tmdb"] or found["wikidata"]
    if found := _IMDB.fullmatch(text):
        spelled = f"tt{int(found[1]):07}"
        mended.update([SPELLED] if spelled != text else [])
        return spelled
    return _imdbs(text, mended) if kind == "imdb_id" else text


def _inside(value: Mapping[str, Any]) -> Any:
    """The id in MongoDB's `{"$oid": ...}`, SPARQL's `{"type": ..., "value": ...}` and the like."""
    if len(value) == 1 and str(next(iter(value))).startswith("$"):
        return next(iter(value.values()))
    return value.get("value", value.get("id", value))


def _made_whole(text: str) -> str:
    """A number as programs shorten or group it, in digits alone; "" for any other text."""
    if found := _WHOLE.fullmatch(text):
        return found[1]
    if _THOUSANDS.fullmatch(text):
        whole_part = text.partition(".")[0] if "," in text else text
        return "".join(filter(str.isdecimal, whole_part))
    found = _POWER.fullmatch(text)
    if found and int(found["power"]) <= len(found["decimals"] or ""):
        number = Decimal(text.replace(",", "."))
        return str(int(number)) if number == int(number) else ""
    return ""


def _imdbs(text: str, mended: Counter[str]) -> str | None:
    if not _NUMBER.fullmatch(text):
        return text
    if not int(text):
        return None  # Kaggle's tables write this for no id
    if len(text) < _SHORTEST:
        return text
    mended[IMDB] += 1
    return f"tt{int(text):07}"


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
