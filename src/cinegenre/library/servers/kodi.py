"""Kodi's JSON-RPC over HTTP, version 12 (Kodi 19) and newer."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar
from urllib.parse import quote

from ...errors import UserError
from .base import Film, named, text, texts, understood, year
from .http import Down, Failed, Gone, Http
from .keys import Key, KeyKind

PAGE = 500
"""Films per request for a listing."""
_LEAN = ["title", "genre", "file", "year", "premiered"]
_WHOLE = [*_LEAN, "originaltitle", "plot", "studio", "cast", "art", "imdbnumber"]
_MORE = {"movie": ["director", "plotoutline"], "tvshow": []}
_WORD = {"movie": "Movie", "tvshow": "TVShow"}
_STACK = "stack://"
_UNKNOWN = -32602
"""Kodi's code for an unknown id; its message is only "Invalid params"."""


class Kodi:
    """A Kodi whose web server is switched on (Settings > Services > Control)."""

    name: ClassVar[str] = "Kodi"
    key: ClassVar[KeyKind] = KeyKind(
        variable="KODI_LOGIN",
        cure="take the user name and password of Kodi's Settings > Services > Control, as "
        "user:password",
        needed=False,
        login=True,
    )
    locks: ClassVar[bool] = False

    def __init__(self, http: Http) -> None:
        self.http = http

    @staticmethod
    def headers(key: Key | None) -> dict[str, str]:
        """The header of HTTP's basic authentication."""
        if key is None:
            return {}
        return {"Authorization": f"Basic {b64encode(key.secret.encode()).decode('ascii')}"}

    def check(self) -> None:
        """Raise if it is not a Kodi that answers."""
        if self._call("JSONRPC.Ping") != "pong":
            raise Down(f"what answers at {self.http.address} is not Kodi", "check host and port")

    def films(self) -> Iterator[Film]:
        """Films, then shows, in the order in which Kodi added them."""
        for kind, word in _WORD.items():
            start, total = 0, 1
            while start < total:
                found = self._call(
                    f"VideoLibrary.Get{word}s",
                    properties=_LEAN,
                    limits={"start": start, "end": start + PAGE},
                )
                with understood(self.http.address):
                    films = [_film(row, kind) for row in found.get(f"{kind}s") or []]
                    total = found["limits"]["total"] if films else 0
                yield from films
                start += PAGE

    def whole(self, films: Sequence[Film]) -> dict[str, Film]:
        """Films by id; those whose id Kodi has changed since are found by path."""
        found = self._many(films, "Details", lambda film: _id(film))
        lost = [film for film in films if film.id not in found]
        return found | self._many(lost, "s", lambda film: {"filter": _at(film)})

    def _many(
        self, films: Sequence[Film], ending: str, params: Callable[[Film], dict[str, Any]]
    ) -> dict[str, Film]:
        """Make a call for each film in one request; return the answers by the ids asked for."""
        calls = [
            _request(
                f"VideoLibrary.Get{_WORD[film.kind]}{ending}",
                {**params(film), "properties": [*_WHOLE, *_MORE[film.kind]]},
                number,
            )
            for number, film in enumerate(films)
        ]
        answers = self.http.json("POST", "/jsonrpc", body=calls) if calls else []
        found = {}
        with understood(self.http.address):
            for answer in answers:
                film = films[answer["id"]]
                result = answer.get("result", {})
                details = result.get(f"{film.kind}details")
                for row in (details,) if details else result.get(f"{film.kind}s", ()):
                    if row["file"] == film.home:
                        found[film.id] = _film(row, film.kind)
        return found

    def set_genres(self, film: Film, genres: Sequence[str], *, lock: bool) -> None:
        """Kodi has no locks: a later refresh overwrites them from the .nfo or the scraper."""
        self._call(f"VideoLibrary.Set{_WORD[film.kind]}Details", **_id(film), genre=list(genres))

    def refresh(self, film: Film) -> None:
        """Kodi removes the film and adds it with a new id, but remembers that it was watched."""
        more = {"refreshepisodes": False} if film.kind == "tvshow" else {}
        word = _WORD[film.kind]
        self._call(f"VideoLibrary.Refresh{word}", **_id(film), ignorenfo=False, **more)

    def poster(self, film: Film) -> bytes | None:
        """The poster as Kodi stores it."""
        if film.poster is None:
            return None
        return self.http.data(f"/image/{quote(film.poster, safe='')}", most=30_000_000)

    def _call(self, method: str, **params: Any) -> Any:
        answer = self.http.json("POST", "/jsonrpc", body=_request(method, params, 1))
        if not isinstance(answer, dict) or not {"result", "error"} & answer.keys():
            raise Down(f"what answers at {self.http.address} is not Kodi", "check host and port")
        if (error := answer.get("error")) is None:
            return answer["result"]
        if error.get("code") == _UNKNOWN and any(name.endswith("id") for name in params):
            raise Gone(f"{self.http.address} does not know it (any more)", "run again")
        what = f"{self.http.address} refuses {method} ({error.get('message')})"
        if "Set" in method or "Refresh" in method:
            raise Failed(what, "see its log")
        raise UserError(what, "Kodi 19 or newer is needed")


def _request(method: str, params: dict[str, Any], number: int) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}


def _id(film: Film) -> dict[str, int]:
    return {f"{film.kind}id": int(film.id)}


def _at(film: Film) -> dict[str, Any]:
    """Kodi's filter for the film at a place."""
    folder = re.match(r"(.*[/\\])?", film.paths[0])
    path = {"field": "path", "operator": "is", "value": folder[0] if folder else ""}
    name = film.home if film.home.startswith(_STACK) else film.home[len(path["value"]) :]
    return {"and": [path, {"field": "filename", "operator": "is", "value": name}]} if name else path


def _film(row: dict[str, Any], kind: str) -> Film:
    return Film(
        id=str(row[f"{kind}id"]),
        kind=kind,
        home=row.get("file") or "",
        title=text(row.get("title")) or text(row.get("originaltitle")) or row["label"],
        paths=_paths(row.get("file") or ""),
        genres=texts(row.get("genre")),
        # For a show without a date Kodi gives 1970.
        year=year(row.get("year")) if kind == "movie" or row.get("premiered") else None,
        overview=text(row.get("plot")) or text(row.get("plotoutline")),
        companies=texts(row.get("studio")),
        people=(*texts(row.get("director")), *named(row.get("cast"), "name")),
        outer_id=text(row.get("imdbnumber")),
        poster=text((row.get("art") or {}).get("poster")),
    )


def _paths(file: str) -> tuple[str, ...]:
    """The files of a film; one in several parts has them in one text: stack://one , two."""
    if not file.startswith(_STACK):
        return (file,)
    return tuple(part.replace(",,", ",") for part in file.removeprefix(_STACK).split(" , "))
