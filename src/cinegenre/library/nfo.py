"""Reads what an .nfo says about its film, in the tags of Kodi and Jellyfin."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..movie import Movie, is_placeholder
from .document import Document
from .genre_elements import elsewhere, genre_values, whole_texts
from .titles import year_apart

KINDS = {"movie": "movie", "tvshow": "tvshow"}
"""Name of the root → the list of TMDB's genres that belongs to it."""
MUSIC_VIDEO = "musicvideo"
"""A root with genres of music."""
_DATES = ("year", "premiered", "releasedate")
_YEAR = re.compile(r"(?<!\d)(1[89]|20)\d\d(?!\d)")
_COMMA = re.compile(r",\s*(?!(?:jr|sr|ii|iii)\b)(?=\S)", re.IGNORECASE)
"""A comma between two people, but not that of "Robert Downey, Jr."."""
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
        _year(said for name in _DATES for said in document.values(name)),
    )
    directors = _people(document.values("director"))
    return Nfo(
        document=document,
        kind=kind,
        title=title or None,
        year=year,
        overview=_overview(document),
        companies=_companies(document.values("studio")),
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


def _overview(document: Document) -> str | None:
    texts = [*document.values("plot"), *document.values("outline")]
    return next((text for text in texts if not is_placeholder(text)), None)


def _companies(values: list[str]) -> tuple[str, ...]:
    names = _once(part for said in values for part in _parts(said))
    if len(names) == 1 and "," in names[0]:
        from ..readers.companies import at_commas  # which most runs do not need

        return at_commas(names)
    return names


def _people(values: list[str]) -> list[str]:
    names = [name for said in values for name in _parts(said)]
    return [part.strip() for part in _COMMA.split(names[0])] if len(names) == 1 else names


def _year(values: Iterable[str]) -> int | None:
    years = (int(match[0]) for value in values if (match := _YEAR.search(value)))
    return next(years, None)


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
