"""The common API of Jellyfin and Emby, which both descend from the server MediaBrowser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from ...errors import UserError
from .base import GENRES_LOCKED, Film, named, text, texts, understood, year
from .http import Down, Gone, Http
from .keys import Key, KeyKind

PAGE = 500
"""Films per request for a listing."""
CHUNK = 50
"""Films per request by id; the ids are a part of the address."""
GENRES = "Genres"
"""The name of the field in the list of locked fields."""
_KINDS = {"Movie": "movie", "Series": "tvshow"}
_PEOPLE = ("Director", "Actor")
_LEAN = "Path,Genres,Settings"
_WHOLE = f"{_LEAN},Overview,Studios,People,ProviderIds,OriginalTitle"


class MediaBrowser:
    """A Jellyfin or Emby. `root` is the path of its API, `listing` the query for its listings."""

    name: ClassVar[str]
    key: ClassVar[KeyKind]
    locks: ClassVar[bool] = True
    root: ClassVar[str] = ""
    listing: ClassVar[dict[str, str]] = {}

    def __init__(self, http: Http) -> None:
        self.http = http
        self.user = ""

    @staticmethod
    def headers(key: Key | None) -> dict[str, str]:
        """The header with the key."""
        raise NotImplementedError

    def check(self) -> None:
        """Raise if another server answers, or the key does not belong to an administrator."""
        info = self._get("/System/Info/Public")
        if not isinstance(info, dict) or "Version" not in info:
            raise Down(f"what answers at {self.http.address} is not {self.name}",
                       "check the server's kind, host and port")  # fmt: skip
        self.check_product(info)
        users = self._get("/Users")
        with understood(self.http.address):
            policies = [(user.get("Policy") or {}, user["Id"]) for user in users or []]
        able = [
            (bool(policy.get("EnableAllFolders", True)), name)
            for policy, name in policies
            if policy.get("IsAdministrator") and not policy.get("IsDisabled")
        ]
        if not able:
            raise UserError(
                f"{self.http.address} shows no administrator with this key", self.key.cure
            )
        # A whole item can only be read as a user sees it.
        self.user = max(able, key=lambda each: each[0])[1]

    def check_product(self, info: dict[str, Any]) -> None:
        """Raise if it says that it is another product."""
        raise NotImplementedError

    def films(self) -> Iterator[Film]:
        """Films and shows by name."""
        start, total = 0, 1
        while start < total:
            page = {"StartIndex": str(start), "Limit": str(PAGE), "SortBy": "SortName"}
            found = self._list({**page, "IncludeItemTypes": ",".join(_KINDS), "Fields": _LEAN})
            with understood(self.http.address):
                rows = found.get("Items") or []
                films = [_film(row) for row in rows if row.get("Type") in _KINDS]
                total = int(found.get("TotalRecordCount", 0)) if rows else 0
            yield from films
            start += PAGE

    def whole(self, films: Sequence[Film]) -> dict[str, Film]:
        """Films by id, requested in groups."""
        found: dict[str, Film] = {}
        for at in range(0, len(films), CHUNK):
            ids = ",".join(film.id for film in films[at : at + CHUNK])
            rows = self._list({"Ids": ids, "Fields": _WHOLE}).get("Items") or []
            with understood(self.http.address):
                found |= {row["Id"]: _film(row) for row in rows if row.get("Type") in _KINDS}
        return found

    def set_genres(self, film: Film, genres: Sequence[str], *, lock: bool) -> None:
        """The server only takes whole items, so the item is read just before and sent back."""
        item = self._get(self.item_path(film), self.item_query())
        if not isinstance(item, dict):  # Emby's answer for one that is gone
            raise Gone(f"{self.http.address} does not know it (any more)", "run again")
        locked = [name for name in item.get("LockedFields") or [] if name != GENRES]
        item["LockedFields"] = [*locked, GENRES] if lock else locked
        self.put_genres(item, list(genres))
        self.http.do("POST", f"{self.root}/Items/{film.id}", body=item)

    def item_path(self, film: Film) -> str:
        """The path at which a whole item is read."""
        raise NotImplementedError

    def item_query(self) -> dict[str, str]:
        """The query with which a whole item is read."""
        return {}

    def put_genres(self, item: dict[str, Any], genres: list[str]) -> None:
        """Set the genres of an item that is sent back."""
        raise NotImplementedError

    def refresh(self, film: Film) -> None:
        """Run what their pages call "Scan for new and updated files", which asks no other site."""
        query = {
            "Recursive": "false",
            "MetadataRefreshMode": "Default",
            "ImageRefreshMode": "Default",
            "ReplaceAllMetadata": "false",
            "ReplaceAllImages": "false",
        }
        self.http.do("POST", f"{self.root}/Items/{film.id}/Refresh", query)

    def poster(self, film: Film) -> bytes | None:
        """The poster, at most 600 pixels wide."""
        if film.poster is None:
            return None
        query = {"MaxWidth": "600", "Quality": "90", "Tag": film.poster}
        return self.http.data(f"{self.root}/Items/{film.id}/Images/Primary", query, 30_000_000)

    def _list(self, query: dict[str, str]) -> dict[str, Any]:
        found = self._get("/Items", {"Recursive": "true", **self.listing, **query})
        if not isinstance(found, dict):
            raise Down(f"what answers at {self.http.address} is not {self.name}", "check it")
        return found

    def _get(self, path: str, query: dict[str, str] | None = None) -> Any:
        return self.http.json("GET", self.root + path, query)


def _film(row: dict[str, Any]) -> Film:
    people = [each for each in row.get("People") or [] if each.get("Type") in _PEOPLE]
    outer = row.get("ProviderIds") or {}
    return Film(
        id=row["Id"],
        kind=_KINDS[row["Type"]],
        title=text(row.get("Name")) or text(row.get("OriginalTitle")) or row["Id"],
        paths=texts([row.get("Path")]),
        genres=texts(row.get("Genres")),
        year=year(row.get("ProductionYear")),
        overview=text(row.get("Overview")),
        companies=named(row.get("Studios"), "Name"),
        people=named(sorted(people, key=lambda each: _PEOPLE.index(each["Type"])), "Name"),
        outer_id=text(outer.get("Imdb")) or text(outer.get("Tmdb")),
        poster=text((row.get("ImageTags") or {}).get("Primary")),
        locked=_locked(row),
    )


def _locked(row: dict[str, Any]) -> str:
    if row.get("LockData"):
        return "is locked"
    return GENRES_LOCKED if GENRES in (row.get("LockedFields") or []) else ""
