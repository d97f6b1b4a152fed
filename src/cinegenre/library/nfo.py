"""Reads what an .nfo says about its film, in the tags of Kodi and Jellyfin."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..movie import Movie
from .document import Document
from .genre_elements import elsewhere, genre_values, whole_texts
from .titles import year_apart

KINDS = {"movie": "movie", "tvshow": "tvshow"}
"""Name of the root → the list of TMDB's genres that belongs to it."""
MUSIC_VIDEO = "musicvideo"
"""A root with genres of music."""
_YEAR = re.compile(r"(1[89]|20)\d\d")
_IDS = ("imdbid", "imdb_id", "tmdbid", "id")
"""Elements in which older files have the id that newer ones have in `<uniqueid>`."""
_LOCKS = re.compile(r"[|,]")


@dataclass(frozen=True, kw_only=True)
class Nfo:
    """A film as its .nfo describes it. `genres` are single names, each once."""

    document: Document
    kind: str
    title: str | None
    year: int | None
    overview: str | None
    companies: tuple[str, ...]
    people: tuple[str, ...]
    genres: tuple[str, ...]
    texts: tuple[str, ...]
    """The genres as they are written, one text per element."""
    id: str | None
    locked: str
    """Why the genres must not be changed; empty if they may be."""

    def film(self, title: str | None, poster: str | None) -> Movie:
        """The film as a model reads it; `title` is used if the .nfo has none."""
        return Movie(
            id=self.id, title=self.title or title, overview=self.overview, poster=poster,
            companies=self.companies, people=self.people, genres=self.genres, year=self.year,
        )  # fmt: skip


def read_nfo(document: Document) -> Nfo | None:
    """The film in a document; None if its root is something else, such as an episode."""
    kind = KINDS.get(document.root.name)
    if kind is None:
        return None
    value = document.value
    strange, odd = elsewhere(document)
    title, year = year_apart(
        value("title") or value("originaltitle") or "",
        _year(value("year") or value("premiered") or value("releasedate")),
    )
    directors = [name for said in document.values("director") for name in _parts(said)]
    return Nfo(
        document=document,
        kind=kind,
        title=title or None,
        year=year,
        overview=value("plot") or value("outline"),
        companies=_once(part for said in document.values("studio") for part in _parts(said)),
        people=_once([*directors, *_actors(document)]),
        genres=_once([*(genre for said in genre_values(document) for genre in said), *strange]),
        texts=tuple(whole_texts(document)),
        id=_id(document),
        locked=_locked(document) or odd,
    )


def _parts(value: str) -> list[str]:
    # Kodi's separator. A "/" without spaces may be part of a company's name.
    return [part.strip() for part in value.split(" / ") if part.strip()]


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _year(value: str | None) -> int | None:
    match = _YEAR.match(value or "")
    return int(match[0]) if match else None


def _actors(document: Document) -> list[str]:
    names = (node.findtext("{*}name", "") for node in document.nodes("actor"))
    return [name.strip() for name in names if name.strip()]


def _id(document: Document) -> str | None:
    nodes = document.nodes("uniqueid")
    chosen = sorted(nodes, key=lambda node: node.get("default", "").lower() != "true")
    texts = [(node.text or "").strip() for node in chosen]
    texts += [document.value(name) or "" for name in _IDS]
    return next((text for text in texts if text), None)


def _locked(document: Document) -> str:
    if any(value.lower() == "true" for value in document.values("lockdata")):
        return "is locked by <lockdata>"
    fields = [part for value in document.values("lockedfields") for part in _LOCKS.split(value)]
    if any(field.strip().lower() == "genres" for field in fields):
        return "is locked by <lockedfields>"
    return ""
