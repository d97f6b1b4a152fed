"""Movie Genre from its Poster (Kaggle): MovieGenre.csv, and posters fetched from its addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ..errors import UserError, shown
from ..movie import BadRow, Movie
from .cells import listed
from .posters import poster_index
from .text import csv_rows

_COLUMNS = ("imdbId", "Title", "Genre")
_IMDB_ID = re.compile(r"(?:tt)?0*([0-9]{1,12})(?:\.0)?")  # pandas makes 114709.0 of it
_TITLE = re.compile(r"(.*\S)\s*\([^()\d]*(1[89]\d\d|2[01]\d\d)[^()]{0,7}\)\s*", re.DOTALL)


def read(source: Path, *, posters: Path | None = None) -> Iterator[Movie | BadRow]:
    """Every film of `source`: MovieGenre.csv, or the folder that holds it.

    A film's id is `tt` and its IMDb number in seven digits or more. The title "Toy Story (1995)"
    is title and year. The column Poster has web addresses, so a film's poster is the file in the
    folder `posters` that its number names, with or without `tt` and leading zeros.
    """
    if source.is_dir():
        source = source / "MovieGenre.csv"
        if not source.is_file():
            raise UserError(f"no file {source}", "name the file or its folder")
    index = poster_index(posters) if posters else {}
    # Latin-1: what is no UTF-8 is read as Windows-1252, which has the same letters.
    for row in csv_rows(source, needed=_COLUMNS):
        if isinstance(row, BadRow):
            yield row
            continue
        where, cells = row
        number = _IMDB_ID.fullmatch(cells["imdbId"].strip())
        if number is None:
            error = f"imdbId is {shown(cells['imdbId'])}, no IMDb number"
            yield BadRow(where=where, error=error)
            continue
        id_ = f"tt{int(number[1]):07}"
        try:
            genres = listed(cells["Genre"], "|")
        except ValueError as error:
            yield BadRow(where=where, error=f"Genre: {error}", id=id_)
            continue
        title, year = _title_and_year(cells["Title"])
        yield Movie(
            id=id_, title=title or None, genres=genres, year=year, poster=_poster(id_, index)
        )


def _title_and_year(text: str) -> tuple[str, int | None]:
    """Of "Toy Story (1995)" or "Friends (1994–2004)"; without a year at its end, all is title."""
    found = _TITLE.fullmatch(text)
    return (found[1], int(found[2])) if found else (text, None)


def _poster(id_: str, index: dict[str, Path]) -> Path | None:
    padded, number = id_[2:], str(int(id_[2:]))
    names = (number, padded, id_, f"tt{number}")
    return next((index[name] for name in names if name in index), None)
