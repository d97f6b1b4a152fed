"""The Movies Dataset (Kaggle): movies_metadata.csv, and credits.csv beside it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from pathlib import Path

from ..errors import UserError, shown
from ..movie import BadRow, Movie
from .cells import literal, names, year_of
from .credits import read_credits
from .posters import poster_index
from .text import csv_rows

_COLUMNS = (
    "belongs_to_collection", "genres", "id", "imdb_id", "original_language", "original_title",
    "overview", "production_companies", "release_date", "title",
)  # fmt: skip


def read(source: Path, *, posters: Path | None = None, cast: int = 10) -> Iterator[Movie | BadRow]:
    """Every film of `source`: movies_metadata.csv, gzipped or not, or the folder that holds it.

    A film's id is its IMDb id, else its TMDB id. Its poster is the file in the folder `posters`
    that is called by one of the two. `people`, from a credits.csv beside the metadata, are the
    directors and the first `cast` of the cast; `cast=0` leaves that file alone. The two halves of
    a row that a line break cut in two are two `BadRow`s.
    """
    metadata = _metadata(source)
    index = poster_index(posters) if posters else {}
    credits = _beside(metadata.parent, "credits.csv") if cast else None
    people, bad = read_credits(credits, cast) if credits else ({}, [])
    for row in chain(bad, csv_rows(metadata, needed=_COLUMNS)):
        if isinstance(row, BadRow):
            yield row
            continue
        where, cells = row
        try:
            yield _movie(cells, index, people)
        except ValueError as error:
            yield BadRow(where=where, error=str(error), id=cells["imdb_id"].strip() or None)


def _movie(
    cells: dict[str, str], index: dict[str, Path], people: dict[str, tuple[str, ...]]
) -> Movie:
    tmdb, imdb = cells["id"].strip(), cells["imdb_id"].strip()
    if not (tmdb.isascii() and tmdb.isdigit()):
        # The row is shifted: pandas pads the broken ones when it writes them.
        raise ValueError(f"id is {shown(tmdb)}, TMDB's has digits only")
    return Movie(
        id=imdb or tmdb,
        title=cells["title"] or cells["original_title"] or None,
        overview=cells["overview"] or None,
        companies=_names(cells["production_companies"], "production_companies"),
        people=people.get(tmdb, ()),
        poster=index.get(imdb) or index.get(tmdb),
        genres=_names(cells["genres"], "genres"),
        year=year_of(cells["release_date"]),
        language=cells["original_language"] or None,
        collection=_collection(cells["belongs_to_collection"]),
    )


@lru_cache(maxsize=30_000)  # half of the cells repeat
def _names(cell: str, column: str) -> tuple[str, ...]:
    """The names in `[{'id': 16, 'name': 'Animation'}]`."""
    if not cell or cell == "[]":
        return ()
    try:
        values = literal(cell)
        if isinstance(values, list) and all(isinstance(value, dict) for value in values):
            return names([value["name"] for value in values])
    except (ValueError, KeyError):
        pass
    raise ValueError(f"{column} is {shown(cell)}, not a list of {{'name': ...}}")


def _collection(cell: str) -> str | None:
    """The name in `{'id': 10194, 'name': 'Toy Story Collection', ...}`."""
    if not cell:
        return None
    try:
        name = literal(cell)["name"]
    except (ValueError, KeyError, TypeError):
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
