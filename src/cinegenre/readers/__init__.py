"""An outside format → films as stored there. A new format is a file here, a line below, a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from ..errors import unknown
from ..movie import BadRow, Movie
from . import image_folder, mm_imdb, movie_genre_poster, table, the_movies_dataset

Reader = Callable[..., Iterator[Movie | BadRow]]
"""`read(source: Path, *, posters: Path | None = None, ...)`: every film as stored, in the source's
order; nothing is cleaned, dropped or merged. A row that is no film becomes a `BadRow` and reading
goes on. A missing file, folder or column raises `UserError` when the first film is asked for."""

READERS: dict[str, Reader] = {
    "the_movies_dataset": the_movies_dataset.read,
    "table": table.read,
    "image_folder": image_folder.read,
    "mm_imdb": mm_imdb.read,
    "movie_genre_poster": movie_genre_poster.read,
}

SPLITS: dict[str, Callable[[Path], dict[str, str]]] = {
    "image_folder": image_folder.splits,
    "mm_imdb": mm_imdb.splits,
}
"""Of the readers whose sources may come split: `splits(source)`, film id → split; empty if not."""


def reader(name: str) -> Reader:
    """The reader called `name`; an unknown one's error lists the known ones."""
    if name not in READERS:
        raise unknown("reader", name, READERS)
    return READERS[name]
