"""MM-IMDb (Arevalo et al. 2017): a JSON file and a JPEG per film, and split.json beside them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import BadMovie, UserError, shown, unknown
from ..movie import BadRow, Movie
from .cells import absent, year_of
from .encodings import DAMAGED, damage, open_text
from .genres import genres_of
from .log import ReadLog
from .posters import Beside
from .shapes import entries, names_of

_NUMBER = re.compile(r"[0-9]+")

_SPLITS = {"train": "train", "dev": "validation", "test": "test"}
"""Split in split.json → our name for it."""


def read(
    source: Path, *, posters: Path | None = None, cast: int = 10, log: ReadLog | None = None
) -> Iterator[Movie | BadRow]:
    """Yield every film in the folder `source`, which contains `dataset/` (or is it), by number.

    A film's id is `tt` and the number in its file's name (`0114709.json`). Its poster has the same
    name, beside it or, if given, in `posters`. The overview is the longest plot, as in Arevalo et
    al., without the author that IMDbPY appends after `::`. `people` are the directors and the first
    `cast` of the cast; the language is the film's first.
    """
    folder = _folder(source)
    files = sorted(path for path in folder.glob("*.json") if _NUMBER.fullmatch(path.stem))
    if not files:
        raise UserError(
            f"no NNNNNNN.json in {folder}", "name the folder that holds MM-IMDb's dataset/"
        )
    log, beside = log or ReadLog(), Beside(posters or folder)
    log.posters = beside if posters else None
    for path in files:
        id_ = _id(path.stem)
        try:
            poster = beside.find((path.stem, id_))
            yield _movie(id_, _load(path), poster, cast, log)
        except (ValueError, RecursionError, UserError) as error:
            yield BadRow(where=f"{folder.name}/{path.name}", error=str(error), id=id_)
    log.ended(folder.name)


def splits(source: Path) -> dict[str, str]:
    """Film id → split ("train", "validation" or "test"), from split.json.

    Empty if there is no split.json. Raises `UserError` if it is invalid, or if two splits have the
    same film.
    """
    beside = (source / "split.json", _folder(source).parent / "split.json")
    path = next((path for path in beside if path.is_file()), None)
    if path is None:
        return {}
    try:
        listed = _load(path)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path} is not a split.json ({error})", "unpack MM-IMDb again") from None
    found: dict[str, str] = {}
    for name, numbers in listed.items():
        if name not in _SPLITS:
            raise unknown(f"split in {path}", name, _SPLITS)
        if not isinstance(numbers, list):
            raise UserError(f"{path}: {name} is {shown(numbers)}", "it must be a list of numbers")
        for number in numbers:
            id_ = _id(number)
            split = found.setdefault(id_, _SPLITS[name])
            if split != _SPLITS[name]:
                raise UserError(
                    f"film {shown(id_)} is in {split} and in {_SPLITS[name]} of {path}",
                    "take it out of one of them",
                )
    return found


def _id(number: object) -> str:
    return f"tt{str(number).zfill(7)}"


def _folder(source: Path) -> Path:
    if not source.is_dir():
        raise UserError(f"no folder {source}", "name the folder that holds MM-IMDb's dataset/")
    within = source / "dataset"
    return within if within.is_dir() else source


def _load(path: Path) -> dict[str, Any]:
    """The JSON object in a file. Raises `ValueError`, or `UserError` if it is not a text file."""
    with open_text(path) as file:
        try:
            value = json.load(file)
        except DAMAGED as error:
            raise ValueError(damage(error)) from None
        except ValueError as error:
            raise ValueError(f"no JSON ({error})") from None
    if not isinstance(value, dict):
        raise ValueError(f"{shown(value)} is not a JSON object")
    return value


def _movie(id_: str, data: dict[str, Any], poster: Path | None, cast: int, log: ReadLog) -> Movie:
    """A film in IMDbPY's form, where lists of people and companies contain `{"name": ...}`."""
    directors = _names(data, "director") or _names(
        data, "directors"
    )  # newer versions of IMDbPY write the latter
    actors = _names(data, "cast")[:cast]
    title = data.get("title")
    return Movie(
        id=id_,
        title=None if absent(title) else title,
        overview=_plot(_names(data, "plot")),
        companies=_names(data, "production companies"),
        people=tuple(dict.fromkeys((*directors, *actors))) if cast else (),
        poster=poster,
        genres=_genres(data, log),
        year=year_of(data.get("year")),
        language=next(iter(_names(data, "language codes")), None),
    )


def _names(data: dict[str, Any], field: str) -> tuple[str, ...]:
    value = data.get(field)
    if absent(value):
        return ()
    try:
        return names_of([value] if isinstance(value, str) else entries(value))
    except ValueError as error:
        raise BadMovie(f"{field}: {error}") from None


def _genres(data: dict[str, Any], log: ReadLog) -> tuple[str, ...]:
    try:
        return genres_of(data.get("genres"), mended=log.mended)
    except ValueError as error:
        raise BadMovie(f"genres: {error}") from None


def _plot(plots: tuple[str, ...]) -> str | None:
    """The (first) longest plot, without its author's name."""
    longest = max(plots, key=len, default="")
    text, mark, author = longest.rpartition("::")
    return (text if mark and len(author) <= 100 else longest) or None
