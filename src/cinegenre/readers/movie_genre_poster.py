"""Movie Genre from its Poster (Kaggle): MovieGenre.csv, and posters from its addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ..errors import UserError, shown
from ..movie import BadRow, Movie
from .cells import absent
from .genres import genres_of
from .log import ReadLog
from .posters import Beside
from .text import csv_rows

_COLUMNS = ("imdbId", "Title", "Genre")
_IMDB_ID = re.compile(r"(?:tt)?0*([0-9]{1,12})(?:\.0)?")  # pandas turns it into 114709.0
_TITLE = re.compile(r"(.*\S)\s*\([^()\d]*(1[89]\d\d|2[01]\d\d)[^()]{0,7}\)\s*", re.DOTALL)


def read(
    source: Path, *, posters: Path | None = None, log: ReadLog | None = None
) -> Iterator[Movie | BadRow]:
    """Yield every film of `source`: MovieGenre.csv, or the folder that contains it.

    A film's id is `tt` and its IMDb number with at least seven digits. The title "Toy Story (1995)"
    is split into title and year. The column Poster has web addresses; a film's poster is the file
    in the folder `posters` that is named after its number, with or without `tt` and leading zeros.
    """
    if source.is_dir():
        source = source / "MovieGenre.csv"
        if not source.is_file():
            raise UserError(f"no file {source}", "name the file or its folder")
    log = log or ReadLog()
    log.posters = beside = Beside(posters)
    # The file is in Latin-1: what is not UTF-8 is read as Windows-1252, which has the same letters.
    for row in csv_rows(source, needed=_COLUMNS, mended=log.mended):
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
            genres = genres_of(cells["Genre"], mended=log.mended)
        except ValueError as error:
            yield BadRow(where=where, error=f"Genre: {error}", id=id_)
            continue
        given = "" if absent(cells["Title"], log.mended) else cells["Title"]
        title, year = _title_and_year(given)
        poster = beside.find([id_])
        yield Movie(id=id_, title=title or None, genres=genres, year=year, poster=poster)
    log.ended(source.name)


def _title_and_year(text: str) -> tuple[str, int | None]:
    """The parts of "Toy Story (1995)" or "Friends (1994–2004)"; without a year all is title."""
    found = _TITLE.fullmatch(text)
    return (found[1], int(found[2])) if found else (text, None)
