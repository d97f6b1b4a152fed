"""Plex Media Server's API."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar
from urllib.parse import quote

from .base import GENRES_LOCKED, Film, named, text, texts, understood, year
from .http import Down, Gone, Http
from .keys import Key, KeyKind

PAGE = 500
"""Films a request of a listing."""
CHUNK = 50
"""Films asked for by id; the ids stand in the address."""
_TYPES = {"movie": 1, "show": 2}
_KINDS = {"movie": "movie", "show": "tvshow"}


class Plex:
    """A Plex with the token of its owner; home videos are not films."""

    name: ClassVar[str] = "Plex"
    key: ClassVar[KeyKind] = KeyKind(
        variable="PLEX_TOKEN",
        cure="find the token of Plex's owner (Plex's help: Finding an authentication token)",
        needed=False,
    )
    locks: ClassVar[bool] = True

    def __init__(self, http: Http) -> None:
        self.http = http

    @staticmethod
    def headers(key: Key | None) -> dict[str, str]:
        """The token, and who we are; each request says it anew."""
        who = {"X-Plex-Client-Identifier": "cinegenre", "X-Plex-Product": "cinegenre"}
        return who if key is None else {**who, "X-Plex-Token": key.secret}

    def check(self) -> None:
        """Raise where no Plex answers, or it refuses the token."""
        self._sections()

    def films(self) -> Iterator[Film]:
        """The films and shows of each library. Plex lists two genres of a film at most."""
        for home, kind in self._sections():
            start, total = 0, 1
            while start < total:
                query = {
                    "type": str(_TYPES[kind]),
                    "X-Plex-Container-Start": str(start),
                    "X-Plex-Container-Size": str(PAGE),
                }
                found = self._get(f"/library/sections/{home}/all", query)
                with understood(self.http.address):
                    rows = found.get("Metadata") or []
                    films = [_film(row, home) for row in rows if row.get("type") == kind]
                    total = int(found.get("totalSize", found.get("size", 0))) if rows else 0
                # A listing has no folders of shows.
                yield from films if kind == "movie" else self.whole(films).values()
                start += PAGE

    def whole(self, films: Sequence[Film]) -> dict[str, Film]:
        """By id, some at a time; in one answer they may be of several libraries."""
        found: dict[str, Film] = {}
        for at in range(0, len(films), CHUNK):
            found |= self._some(films[at : at + CHUNK])
        return found

    def _some(self, films: Sequence[Film]) -> dict[str, Film]:
        homes = {film.id: film.home for film in films}
        try:
            rows = self._get(f"/library/metadata/{','.join(homes)}").get("Metadata") or []
        except Gone:
            if len(films) < 2:
                return {}
            half = len(films) // 2  # one that is gone hides no other
            return self._some(films[:half]) | self._some(films[half:])
        with understood(self.http.address):
            found = [
                _film(row, homes[str(row["ratingKey"])]) for row in rows if row["type"] in _KINDS
            ]
        return {film.id: film for film in found}

    def set_genres(self, film: Film, genres: Sequence[str], *, lock: bool) -> None:
        """Those that are not to stay are named one by one, beside those that are to be."""
        # What a film has now, a listing does not say in full.
        now = self.whole([film]).get(film.id, film).genres
        query = {
            "type": str(_TYPES["movie" if film.kind == "movie" else "show"]),
            "id": film.id,
            "genre.locked": str(int(lock)),
            **{f"genre[{at}].tag.tag": name for at, name in enumerate(genres)},
        }
        if gone := [name for name in now if name not in genres]:
            query["genre[].tag.tag-"] = ",".join(quote(name, safe="") for name in gone)
        self.http.do("PUT", f"/library/sections/{film.home}/all", query)

    def refresh(self, film: Film) -> None:
        """Plex reads .nfo files in libraries whose agent does."""
        self.http.do("PUT", f"/library/metadata/{film.id}/refresh")

    def poster(self, film: Film) -> bytes | None:
        """Made small by Plex."""
        if film.poster is None:
            return None
        query = {"url": film.poster, "width": "600", "height": "900", "minSize": "1"}
        return self.http.data("/photo/:/transcode", query, 30_000_000)

    def _sections(self) -> list[tuple[str, str]]:
        """The libraries of films and of shows, by number."""
        rows = self._get("/library/sections").get("Directory") or []
        with understood(self.http.address):
            return [
                (str(row["key"]), row["type"])
                for row in rows
                if row.get("type") in _TYPES and not str(row.get("agent", "")).endswith(".none")
            ]

    def _get(self, path: str, query: dict[str, str] | None = None) -> dict[str, Any]:
        found = self.http.json("GET", path, query)
        container = found.get("MediaContainer") if isinstance(found, dict) else None
        if not isinstance(container, dict):
            raise Down(f"what answers at {self.http.address} is not Plex", "check host and port")
        return container


def _film(row: dict[str, Any], home: str) -> Film:
    media = row.get("Media") or []
    files = [part.get("file") for each in media for part in each.get("Part") or []]
    ids = [name.split("://") for name in named(row.get("Guid"), "id") if "://" in name]
    return Film(
        id=str(row["ratingKey"]),
        kind=_KINDS[row["type"]],
        home=home,
        title=text(row.get("title")) or text(row.get("originalTitle")) or str(row["ratingKey"]),
        paths=texts(files) or named(row.get("Location"), "path"),
        genres=named(row.get("Genre"), "tag"),
        year=year(row.get("year")),
        overview=text(row.get("summary")),
        companies=texts([row.get("studio")]),
        people=(*named(row.get("Director"), "tag"), *named(row.get("Role"), "tag")),
        outer_id=next((number for site, number in ids if site in ("imdb", "tmdb")), None),
        poster=text(row.get("thumb")),
        locked=GENRES_LOCKED if _locks_genres(row) else "",
    )


def _locks_genres(row: dict[str, Any]) -> bool:
    fields = [each for each in row.get("Field") or [] if each.get("name") == "genre"]
    return any(str(each.get("locked")).lower() in ("true", "1") for each in fields)
