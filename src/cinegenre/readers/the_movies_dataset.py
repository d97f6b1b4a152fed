"""The Movies Dataset (Kaggle): movies_metadata.csv, and credits.csv beside it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from pathlib import Path

from ..errors import UserError, shown
from ..movie import BadRow, Movie
from .cells import absent, literal, year_of
from .credits import read_credits
from .genres import genres_of
from .log import ReadLog
from .posters import Beside
from .shapes import entries, named, names_of
from .text import csv_rows
from .values import id_of

_COLUMNS = (
    "belongs_to_collection", "genres", "id", "imdb_id", "original_language", "original_title",
    "overview", "production_companies", "release_date", "title",
)  # fmt: skip


def read(
    source: Path, *, posters: Path | None = None, cast: int = 10, log: ReadLog | None = None
) -> Iterator[Movie | BadRow]:
    """Yield every film of `source`: movies_metadata.csv, gzipped or not, or the folder with it.

    A film's id is its IMDb id, else its TMDB id. Its poster is the file in the folder `posters`
    that is named after one of the two. `people`, from a credits.csv beside the metadata, are the
    directors and the first `cast` of the cast; with `cast=0` that file is not read. A row that a
    line break has cut in two becomes two `BadRow`s.
    """
    log = log or ReadLog()
    metadata = _metadata(source)
    log.posters = beside = Beside(posters)
    credits = _beside(metadata.parent, "credits.csv") if cast else None
    people, bad = read_credits(credits, cast) if credits else ({}, [])
    for row in chain(bad, csv_rows(metadata, needed=_COLUMNS, mended=log.mended)):
        if isinstance(row, BadRow):
            yield row
            continue
        where, cells = row
        try:
            yield _movie(cells, beside, people, log)
        except ValueError as error:
            yield BadRow(where=where, error=str(error), id=cells["imdb_id"].strip() or None)
    log.ended(metadata.name)


def _movie(
    cells: dict[str, str],
    beside: Beside,
    people: dict[str, tuple[str, ...]],
    log: ReadLog,
) -> Movie:
    mended = log.mended
    tmdb, imdb = (id_of(cells[name], name, mended) for name in ("id", "imdb_id"))
    if not (tmdb and tmdb.isascii() and tmdb.isdigit()):
        # The cells are shifted: pandas pads broken rows when it writes them.
        raise ValueError(f"id is {shown(cells['id'].strip())}, TMDB's has digits only")

    def text(name: str) -> str | None:
        return None if absent(cells[name], mended) else cells[name]

    return Movie(
        id=imdb or tmdb,
        title=text("title") or text("original_title"),
        overview=text("overview"),
        companies=_names(cells["production_companies"], "production_companies"),
        people=people.get(tmdb, ()),
        poster=beside.find(id_ for id_ in (imdb, tmdb) if id_),
        genres=_genres(cells["genres"], log),
        year=year_of(cells["release_date"]),
        language=text("original_language"),
        collection=_collection(cells["belongs_to_collection"]),
    )


def _genres(cell: str, log: ReadLog) -> tuple[str, ...]:
    """The genres in `[{'id': 16, 'name': 'Animation'}]`, or by number; never in plain text."""
    _names(cell, "genres")
    try:
        return genres_of(cell, mended=log.mended)
    except ValueError as error:
        raise ValueError(f"genres is {shown(cell)}: {error}") from None


@lru_cache(maxsize=30_000)  # half of the cells repeat
def _names(cell: str, column: str) -> tuple[str, ...]:
    """The names in `[{'id': 16, 'name': 'Animation'}]`."""
    if cell == "[]" or absent(cell):
        return ()
    try:
        found = entries(cell, brackets=False)
        if isinstance(found, list):
            return names_of(found) if column != "genres" else ()
    except ValueError:
        pass
    raise ValueError(f"{column} is {shown(cell)}, not a list of {{'name': ...}}")


def _collection(cell: str) -> str | None:
    """The name in `{'id': 10194, 'name': 'Toy Story Collection', ...}`."""
    if absent(cell):
        return None
    try:
        name = named(literal(cell))
    except ValueError:
        name = None
    if not isinstance(name, str):
        raise ValueError(f"belongs_to_collection is {shown(cell)}, not {{'name': ...}}")
    return name


def _metadata(source: Path) -> Path:
    if not source.is_dir():
        return source
    found = _beside(source, "movies_metadata.csv")
    if found is None:
        raise UserError(f"no movies_metadata.csv in {source}", "name the file or its folder")
    return found


def _beside(folder: Path, name: str) -> Path | None:
    paths = (folder / name, folder / f"{name}.gz")
    return next((path for path in paths if path.is_file()), None)
