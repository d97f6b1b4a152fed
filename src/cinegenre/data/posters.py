"""Opens every poster once: unreadable ones are removed, the others are hashed."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from ..errors import BadImage
from ..faults import unreadable_poster
from ..images import open_rgb
from ..movie import Movie
from .clean import Tally
from .dhash import DECODE, Hash, dhash

CHUNK = 256
"""How many films are held at a time, so that posters that come as bytes do not fill the memory."""


def checked(
    films: Iterable[Movie], spool: Path, tally: Tally, hashes: dict[Path, Hash | None]
) -> Iterator[Movie]:
    """Yield the films, without posters that cannot be read, which are counted.

    Fills `hashes`: poster → its hash, None for a plain one. Posters that come as bytes are written
    into the folder `spool`, so that every poster is a path afterwards. Threads are enough, because
    Pillow releases Python's lock while it decodes.
    """
    names = itertools.count()
    source = iter(films)
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        while chunk := list(itertools.islice(source, CHUNK)):
            for film, hashed in zip(chunk, pool.map(_hash, chunk), strict=True):
                if isinstance(hashed, BadImage):
                    tally.lost(film, unreadable_poster(hashed))
                    yield replace(film, poster=None)
                    continue
                kept = _on_disk(film, spool, names)
                if isinstance(kept.poster, Path):
                    hashes[kept.poster] = hashed
                yield kept


def _hash(film: Movie) -> Hash | BadImage | None:
    if not film.poster:
        return None
    try:
        return dhash(open_rgb(film.poster, at_least=(DECODE, DECODE)))
    except BadImage as error:
        return error


def _on_disk(film: Movie, spool: Path, names: Iterator[int]) -> Movie:
    if not film.poster:
        return film if film.poster is None else replace(film, poster=None)
    if isinstance(film.poster, str | Path):
        return replace(film, poster=Path(film.poster))
    assert isinstance(film.poster, bytes)  # readers yield no images in memory
    spool.mkdir(exist_ok=True)
    path = spool / f"{next(names):08d}"
    path.write_bytes(film.poster)
    return replace(film, poster=path)
