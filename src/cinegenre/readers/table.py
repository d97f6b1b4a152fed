"""Anyone's table of films: CSV, TSV, JSON lines, JSON or Parquet, with the columns they have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from ..errors import BadMovie, UserError, unknown
from ..movie import BadRow, Movie
from .cells import absent, listed, literal, named, year_of
from .posters import local_poster, poster_index
from .rows import table_rows, with_columns
from .text import Row

COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("id", "imdb_id", "tmdb_id", "movie_id"),
    "title": ("title", "name"),
    "overview": ("overview", "plot", "description", "synopsis", "summary"),
    "companies": ("companies", "production_companies", "studios", "studio"),
    "people": ("people",),
    "poster": (
        "poster",
        "poster_path",
        "poster_file_name",
        "file_name",
        "image",
        "poster_url",
        "image_url",
    ),
    "genres": ("genres", "genre", "labels"),
    "year": ("year", "release_year", "release_date"),
    "language": ("language", "original_language"),
    "collection": ("collection", "belongs_to_collection"),
}
"""What a column with a field of `Movie` may be called, in any case; the first one present wins."""

Posters = Callable[[Any, Path], str | Path | bytes | None]
"""What the poster's cell of a row stands for, as `local_poster`: (cell, folder of paths)."""

# Companies have commas in their names ("Metro-Goldwyn-Mayer, Inc."), genres have spaces.
_SEPARATORS = {"companies": "|", "people": "|,", "genres": "|,"}


def read(
    source: Path, *, posters: Path | None = None, columns: Mapping[str, str] | None = None
) -> Iterator[Movie | BadRow]:
    """Every film in the table `source` (`rows.FORMATS` lists the endings).

    `columns` says which column holds which of our fields where `COLUMNS` does not know its name:
    `{"overview": "Handlung"}`. Lists are a list, the literal of one, or text with `|` (genres and
    people: or `,`) between. Numbers in the id column become text. A poster's path is relative to
    the folder `posters`, else to the table's own; where the table has no poster column, `posters`
    is searched for files called by the film's id. A film without an id keeps none.
    """
    return films(source, posters=posters, columns=columns)


def films(
    source: Path,
    *,
    posters: Path | None,
    columns: Mapping[str, str] | None,
    needed: Iterable[str] = (),
    name: str = "",
    skip: int = 0,
    poster: Posters = local_poster,
) -> Iterator[Movie | BadRow]:
    """`read`, with fields that must have a column, and a name for the file in places.

    The first `skip` rows are passed over. `poster` says what a poster's cell stands for.
    """
    explicit = dict(columns or {})
    for field in explicit:
        if field not in COLUMNS:
            raise unknown("field", field, COLUMNS)
    header, rows = with_columns(table_rows(source, name))
    if header:
        _check(source, header, explicit, needed)
    index = poster_index(posters) if posters else {}
    yield from movies(
        islice(rows, skip, None),
        posters or source.parent,
        columns=explicit,
        index=index,
        poster=poster,
    )


def movies(
    rows: Iterable[Row | BadRow],
    base: Path,
    *,
    columns: Mapping[str, str] | None = None,
    index: Mapping[str, Path] | None = None,
    poster: Posters = local_poster,
) -> Iterator[Movie | BadRow]:
    """The films in rows of named cells; `index` has the posters of rows without a poster column."""
    explicit = tuple((columns or {}).items())
    index = index or {}
    for row in rows:
        if isinstance(row, BadRow):
            yield row
            continue
        where, cells = row
        found = _columns(tuple(cells), explicit)
        values = {field: cells[column] for field, column in found.items()}
        id_ = None
        try:
            id_ = values["id"] = _id(values.get("id"))
            movie = Movie(
                **{field: _value(field, cell, base, poster) for field, cell in values.items()}
            )
            if "poster" not in values and id_ in index:
                movie = replace(movie, poster=index[id_])
            yield movie
        except BadMovie as error:
            yield BadRow(where=where, error=str(error), id=id_ if isinstance(id_, str) else None)


def _value(field: str, cell: object, base: Path, poster: Posters) -> Any:
    """What `Movie` wants of a cell, as far as it is there; `Movie` checks the types."""
    try:
        if field in _SEPARATORS:
            return listed(cell, _SEPARATORS[field])
        if field == "poster":
            return poster(cell, base)
        if field == "year":
            return year_of(cell)
        if field == "collection" and isinstance(cell, str) and cell.lstrip().startswith("{"):
            cell = literal(cell)
    except ValueError as error:
        raise BadMovie(f"{field}: {error}") from None
    return None if absent(cell) else named(cell) if field == "collection" else cell


def _id(value: object) -> Any:
    """Numbers as text: `862`, and the `862.0` that pandas makes of it beside an empty cell."""
    if absent(value) or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


@lru_cache(maxsize=1000)
def _columns(header: tuple[str, ...], explicit: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """The column of each field that a row with these columns has."""
    folded = {column.strip().casefold(): column for column in reversed(header)}
    found: dict[str, str] = {}
    for field, aliases in COLUMNS.items():
        wanted = dict(explicit).get(field)
        if wanted is None:
            wanted = next((folded[alias] for alias in aliases if alias in folded), None)
        if wanted in header:
            found[field] = str(wanted)
    return found


def _check(
    source: Path, header: list[str], explicit: dict[str, str], needed: Iterable[str]
) -> None:
    for column in explicit.values():
        if column not in header:
            raise unknown(f"column in {source.name}", column, header)
    found = _columns(tuple(header), tuple(explicit.items()))
    missing = [field for field in needed if field not in found]
    if missing:
        names = " or ".join(COLUMNS[missing[0]])
        raise UserError(f"{source} has no column {names}", f"its columns are: {', '.join(header)}")
    if not found:
        raise UserError(
            f"{source} has none of our columns ({', '.join(COLUMNS)})",
            f"its columns are: {', '.join(header)}; say which of them is the title and so on",
        )
