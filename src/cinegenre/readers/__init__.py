"""An outside format → films as stored there. A new format is a file here, a line below, a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ..errors import UserError, unknown
from ..movie import BadRow, Movie
from . import image_folder, mm_imdb, movie_genre_poster, table, the_movies_dataset

Reader = Callable[..., Iterator[Movie | BadRow]]
"""`read(source: Path, *, posters: Path | None = None, log: ReadLog | None = None, ...)`: every film
as stored, in the source's order; nothing is cleaned, dropped or merged. A row that is no film
becomes a `BadRow` and reading goes on. Words for nothing count as absent in every field, genres
are in `genres.genres_of`'s shapes, and `log` is told what was not read as it stands. A missing
file, folder or column raises `UserError` when the first film is asked for."""

READERS: dict[str, Reader] = {
    "the_movies_dataset": the_movies_dataset.read,
    "table": table.read,
    "image_folder": image_folder.read,
    "mm_imdb": mm_imdb.read,
    "movie_genre_poster": movie_genre_poster.read,
}

SPLITS: dict[str, Callable[..., dict[str, str]]] = {
    "image_folder": image_folder.splits,
    "mm_imdb": mm_imdb.splits,
}
"""Of the readers whose sources may come split: `splits(source)`, film id → split; empty if not."""


COLUMNS_OF = ("table", "image_folder")
"""The readers whose columns a caller may name."""


def takes_columns(name: str, columns: Mapping[str, str]) -> Mapping[str, str]:
    """`columns`, for a reader that takes them; another raises `UserError`."""
    if name not in COLUMNS_OF:
        raise UserError(
            f"the reader {name!r} knows its columns",
            f"leave out --column, or read with {' or '.join(COLUMNS_OF)}",
        )
    return columns


def reader(name: str) -> Reader:
    """The reader called `name`; an unknown one's error lists the known ones."""
    if name not in READERS:
        raise unknown("reader", name, READERS)
    return READERS[name]
