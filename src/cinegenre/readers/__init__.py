"""Readers of source formats. A new format needs a file here, a line in `READERS`, and a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ..errors import UserError, unknown
from ..movie import BadRow, Movie
from . import image_folder, mm_imdb, movie_genre_poster, table, the_movies_dataset

Reader = Callable[..., Iterator[Movie | BadRow]]
"""`read(source: Path, *, posters: Path | None = None, log: ReadLog | None = None, ...)` yields
every film as stored, in the source's order; it cleans, drops and merges nothing. A row that is not
a film becomes a `BadRow`, and reading continues. Placeholders ("N/A") count as absent in every
field, genres may have any form that `genres.genres_of` reads, and `log` counts the values that had
to be repaired. A missing file, folder or column raises `UserError` when the first film is asked
for.
"""

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
"""For readers whose sources may already be split: `splits(source)` returns film id → split, which
is empty if the source is not split.
"""


COLUMNS_OF = ("table", "image_folder")
"""The readers that take `columns`."""


def takes_columns(name: str, columns: Mapping[str, str]) -> Mapping[str, str]:
    """Return `columns` if the reader takes them. Raises `UserError` if it does not."""
    if name not in COLUMNS_OF:
        raise UserError(
            f"the reader {name!r} knows its columns",
            f"leave out --column, or read with {' or '.join(COLUMNS_OF)}",
        )
    return columns


def reader(name: str) -> Reader:
    """The reader called `name`. The error for an unknown name lists the known ones."""
    if name not in READERS:
        raise unknown("reader", name, READERS)
    return READERS[name]
