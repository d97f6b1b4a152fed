"""Every poster opened once: unreadable ones become absent, the others get their hash."""

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
"""Films in hand at a time, so that a source which yields posters as bytes stays within memory."""


def checked(
    films: Iterable[Movie], spool: Path, tally: Tally, hashes: dict[Path, Hash | None]
) -> Iterator[Movie]:
    """The films; a poster that cannot be read is counted and left out of its film.

    `hashes` is filled: poster → its hash, None for a plain one. Posters that come as bytes are put
    into the folder `spool`, so that every poster is a path afterwards. Pillow lets go of Python's
    lock while it decodes: threads are enough.
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
    assert isinstance(film.poster, bytes)  # readers yield no pictures of a program's
    spool.mkdir(exist_ok=True)
    path = spool / f"{next(names):08d}"
    path.write_bytes(film.poster)
    return replace(film, poster=path)
