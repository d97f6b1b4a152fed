"""A tagger that tells the same genres of every film, and libraries to tell them of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from cinegenre.faults import Fault, FaultCode
from cinegenre.movie import Movie, Prediction
from cinegenre.taxonomy import TMDB

SAID = {"Science Fiction": 0.9, "Horror": 0.8, "Action": 0.6}


class FakeTagger:
    """Stands in for `Tagger`: what it is asked is kept in `films`."""

    def __init__(self, said: dict[str, float] | None = None) -> None:
        self.said = SAID if said is None else said
        self.genres = TMDB
        self.films: list[Movie] = []

    def predict(self, films: Iterable[Movie], **_: Any) -> Iterator[Prediction]:
        for film in films:
            self.films.append(film)
            fault = None if film.inputs else Fault(FaultCode.NO_INPUT, "film has no input at all")
            scores = dict.fromkeys(TMDB, 0.01) | self.said
            yield Prediction(id=film.id, genres=list(self.said), scores=scores,
                             inputs=list(film.inputs), model="fake 1", fault=fault)  # fmt: skip


def nfo(*genres: str, root: str = "movie", title: str = "Alien", more: str = "") -> bytes:
    lines = "".join(f"  <genre>{genre}</genre>\n" for genre in genres)
    return f"<{root}>\n  <title>{title}</title>\n{lines}{more}</{root}>\n".encode()


def put(path: Path, data: bytes = b"") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def films(library: Path, count: int) -> Path:
    """A library of films without genres, in the given number."""
    for number in range(count):
        home = library / f"Film {number:03} (1999)"
        put(home / "film.mkv")
        put(home / "movie.nfo", nfo(title=f"Film {number}"))
    return library


def contents(library: Path) -> dict[str, bytes]:
    """Every file but the journals'."""
    return {
        path.relative_to(library).as_posix(): path.read_bytes()
        for path in sorted(library.rglob("*"))
        if path.is_file() and ".cinegenre" not in path.parts
    }
