"""Kodi's, Jellyfin's, Emby's and Plex's answers."""

from __future__ import annotations

from base64 import b64encode
from typing import Any
from urllib.parse import unquote

from .fake_server import KEY, POSTER, FakeFilm, FakeServer, Refusal, Request


class FakeKodi(FakeServer):
    key = "kodi:sesam öffne dich"

    def is_write(self, request: Request) -> bool:
        return isinstance(request.body, dict) and ".Set" in request.body["method"]

    def answer(self, request: Request) -> Any:
        if request.headers.get("authorization") != f"Basic {b64encode(self.key.encode()).decode()}":
            raise Refusal(401)
        if request.method == "GET":
            return self.image(unquote(request.path.removeprefix("/image/")))
        if isinstance(request.body, list):
            return [self.call(each) for each in request.body]
        return self.call(request.body)

    def image(self, name: str) -> bytes:
        if not name.startswith("image://poster-of-"):
            raise Refusal(404)
        return POSTER

    def call(self, body: dict[str, Any]) -> dict[str, Any]:
        try:
            result = self.result(body["method"], body.get("params") or {})
        except Refusal as refusal:
            if refusal.status != 404:
                raise
            error = {"code": -32602, "message": "Invalid params."}
            return {"id": body["id"], "jsonrpc": "2.0", "error": error}
        return {"id": body["id"], "jsonrpc": "2.0", "result": result}

    def result(self, method: str, params: dict[str, Any]) -> Any:
        if method == "JSONRPC.Ping":
            return "pong"
        kind = "tvshow" if "TVShow" in method else "movie"
        if method.endswith("s") and "Details" not in method:
            rows = [film for film in self.films.values() if film.kind == kind]
            rows = [film for film in rows if self.matches(film, params.get("filter"))]
            start, end = params.get("limits", {"start": 0, "end": len(rows)}).values()
            shown = [self.row(film, params["properties"]) for film in rows[start:end]]
            limits = {"start": start, "end": min(end, len(rows)), "total": len(rows)}
            return {"limits": limits} | ({f"{kind}s": shown} if shown else {})
        id = str(params[f"{kind}id"])
        if "Get" in method:
            return {f"{kind}details": self.row(self.film(id), params["properties"])}
        if "Set" in method:
            self.changed(id).genres = params["genre"]
        else:
            self.reread(id)
            # Kodi takes a film out and in again.
            film = self.films.pop(id)
            film.id = str(max(map(int, [id, *self.films])) + 1)
            self.films[film.id] = film
        return "OK"

    def matches(self, film: FakeFilm, wanted: dict[str, Any] | None) -> bool:
        if wanted is None:
            return True
        if "and" in wanted:
            return all(self.matches(film, each) for each in wanted["and"])
        folder, _, name = film.path.rpartition("/")
        values = {"path": f"{folder}/", "filename": name}
        if film.path.startswith("stack://"):
            values = {"path": film.path.removeprefix("stack://").split(" , ")[0].rpartition("/")[0]
                      + "/", "filename": film.path}  # fmt: skip
        return bool(wanted["value"] == values[wanted["field"]])

    def row(self, film: FakeFilm, properties: list[str]) -> dict[str, Any]:
        known: dict[str, Any] = {
            "title": film.title,
            "originaltitle": "",
            "genre": film.genres,
            "file": film.path,
            "year": film.year,
            "premiered": f"{film.year}-01-02",
            "plot": film.overview,
            "plotoutline": "",
            "studio": film.studios,
            "cast": [{"name": "B. Lind", "role": "Ada", "order": 0}],
            "director": ["A. Voss"],
            "art": {"poster": f"image://poster-of-{film.id}/"} if film.poster else {},
            "imdbnumber": "tt0000018",
        }
        if film.kind == "tvshow" and {"director", "plotoutline"} & set(properties):
            raise Refusal(404)  # Kodi refuses the call
        shown = {name: known[name] for name in properties}
        return {f"{film.kind}id": int(film.id), "label": film.title, **shown}


class FakeMediaBrowser(FakeServer):
    info: dict[str, str]
    by_user = ""

    def known(self, request: Request) -> bool:
        raise NotImplementedError

    def answer(self, request: Request) -> Any:
        path = request.path.removeprefix(self.root)
        if self.root and path == request.path:
            raise Refusal(404)
        if path == "/System/Info/Public":
            return self.info
        if not self.known(request):
            raise Refusal(401)
        match path.strip("/").split("/"):
            case ["Users"]:
                return [
                    {"Id": "guest", "Policy": {"IsAdministrator": False}},
                    {"Id": "off", "Policy": {"IsAdministrator": True, "IsDisabled": True}},
                    {"Id": "boss", "Policy": {"IsAdministrator": True, "EnableAllFolders": True}},
                ]
            case ["Items"]:
                return self.listing(request.query)
            case ["Items", id, "Images", "Primary"]:
                return POSTER if self.film(id).poster else self.film("none")
            case ["Items", id, "Refresh"] if request.method == "POST":
                assert request.query["MetadataRefreshMode"] == "Default"
                self.reread(id)
                return None
            case ["Items", id] if request.method == "POST":
                return self.update(self.changed(id), request.body)
        return self.item(path, request.query)

    def item(self, path: str, query: dict[str, str]) -> Any:
        raise NotImplementedError

    def listing(self, query: dict[str, str]) -> Any:
        if "Ids" in query:
            rows = [self.films[id] for id in query["Ids"].split(",") if id in self.films]
        else:
            assert query["Recursive"] == "true"
            kinds = query["IncludeItemTypes"].split(",")
            rows = [film for film in self.films.values() if self.type(film) in kinds]
        start, limit = int(query.get("StartIndex", 0)), int(query.get("Limit", 100))
        shown = [self.dto(film, query["Fields"].split(",")) for film in rows[start : start + limit]]
        return {"Items": shown, "TotalRecordCount": len(rows), "StartIndex": start}

    def type(self, film: FakeFilm) -> str:
        return "Movie" if film.kind == "movie" else "Series"

    def dto(self, film: FakeFilm, fields: list[str] | None = None) -> dict[str, Any]:
        always = {
            "Id": film.id,
            "Name": film.title,
            "Type": self.type(film),
            "ProductionYear": film.year,
            "ImageTags": {"Primary": f"tag{film.id}"} if film.poster else {},
            "CommunityRating": 7.5,
        }
        gated: dict[str, Any] = {
            "Path": film.path,
            "Overview": film.overview,
            "OriginalTitle": "",
            "Studios": [{"Name": name, "Id": "s"} for name in film.studios],
            "People": [
                {"Name": "B. Lind", "Type": "Actor", "Role": "Ada"},
                {"Name": "C. Muse", "Type": "Composer"},
                {"Name": "A. Voss", "Type": "Director"},
            ],
            "ProviderIds": {"Tmdb": "18", "Imdb": "tt0000018"},
            "Tags": ["mine"],
            "Genres": film.genres,
        }
        settings = {"LockData": film.sealed, "LockedFields": ["Genres"] if film.locked else []}
        if fields is None:
            return always | gated | settings
        shown = {name: value for name, value in gated.items() if name in fields}
        return always | shown | (settings if "Settings" in fields else {})

    def update(self, film: FakeFilm, body: dict[str, Any]) -> None:
        """As Jellyfin's ItemUpdateController: what is not there is taken away, or is a fault."""
        for name in ("Name", "Genres", "Tags", "ProviderIds", "LockedFields"):
            if body.get(name) is None:
                raise Refusal(500)
        film.overview = body.get("Overview") or ""
        film.studios = [each["Name"] for each in body["Studios"]]
        film.sealed = bool(body.get("LockData"))
        film.locked = "Genres" in body["LockedFields"]


class FakeJellyfin(FakeMediaBrowser):
    info = {"ProductName": "Jellyfin Server", "Version": "10.10.3", "Id": "j"}  # noqa: RUF012

    def known(self, request: Request) -> bool:
        return request.headers.get("authorization") == f'MediaBrowser Token="{KEY}"'

    def item(self, path: str, query: dict[str, str]) -> Any:
        if query.get("userId") != "boss":  # a key has no eyes of its own
            raise Refusal(404)
        return self.dto(self.film(path.removeprefix("/Items/")))

    def update(self, film: FakeFilm, body: dict[str, Any]) -> None:
        assert "People" not in body
        super().update(film, body)
        film.genres = body["Genres"]


class FakeEmby(FakeMediaBrowser):
    root = "/emby"
    info = {"ServerName": "attic", "Version": "4.8.10.0", "Id": "e"}  # noqa: RUF012

    def known(self, request: Request) -> bool:
        return request.headers.get("x-emby-token") == KEY

    def item(self, path: str, query: dict[str, str]) -> Any:
        id = path.removeprefix("/Users/boss/Items/")
        return self.dto(self.films[id]) if id in self.films else None

    def update(self, film: FakeFilm, body: dict[str, Any]) -> None:
        super().update(film, body)
        film.genres = [each["Name"] for each in body["GenreItems"]]


class FakePlex(FakeServer):
    sections = (("1", "movie"), ("2", "show"))

    def answer(self, request: Request) -> Any:
        if request.headers.get("x-plex-token") != KEY:
            raise Refusal(401)
        match request.path.strip("/").split("/"):
            case ["library", "sections"]:
                homes = [
                    {"key": "3", "type": "artist", "agent": "tv.plex.agents.music"},
                    {"key": "4", "type": "movie", "agent": "tv.plex.agents.none"},
                    *({"key": key, "type": type, "agent": f"tv.plex.agents.{type}"}
                      for key, type in self.sections),
                ]  # fmt: skip
                return {"MediaContainer": {"size": len(homes), "Directory": homes}}
            case ["library", "sections", home, "all"] if request.method == "PUT":
                return self.edit(home, request.query)
            case ["library", "sections", home, "all"]:
                return self.listing(home, request.query)
            case ["library", "metadata", ids]:
                rows = [self.row(self.films[id]) for id in ids.split(",") if id in self.films]
                if not rows:
                    raise Refusal(404)
                return {"MediaContainer": {"size": len(rows), "Metadata": rows}}
            case ["library", "metadata", id, "refresh"] if request.method == "PUT":
                self.reread(id)
                return b""
            case ["photo", ":", "transcode"]:
                return POSTER
        raise Refusal(404)

    def type(self, film: FakeFilm) -> str:
        return "movie" if film.kind == "movie" else "show"

    def listing(self, home: str, query: dict[str, str]) -> Any:
        type = dict(self.sections)[home]
        assert query["type"] == ("1" if type == "movie" else "2")
        rows = [film for film in self.films.values() if self.type(film) == type]
        start = int(query["X-Plex-Container-Start"])
        page = rows[start : start + int(query["X-Plex-Container-Size"])]
        shown = [self.row(film, lean=True) for film in page]
        size = {"size": len(shown), "totalSize": len(rows), "offset": start}
        return {"MediaContainer": size | ({"Metadata": shown} if shown else {})}

    def row(self, film: FakeFilm, *, lean: bool = False) -> dict[str, Any]:
        is_movie = film.kind == "movie"
        row: dict[str, Any] = {
            "ratingKey": film.id,
            "type": self.type(film),
            "title": film.title,
            "year": film.year,
            "summary": film.overview,
            "studio": film.studios[0] if film.studios else "",
            "Genre": [{"tag": name} for name in film.genres[: 2 if lean else None]],
            "Role": [{"tag": "B. Lind"}],
            "Director": [{"tag": "A. Voss"}],
        }
        row |= {"thumb": f"/library/metadata/{film.id}/thumb/1"} if film.poster else {}
        row |= {"Media": [{"Part": [{"file": film.path}]}]} if is_movie else {}
        if lean:
            return row
        row |= {} if is_movie else {"Location": [{"path": film.path}]}
        row |= {"Field": [{"locked": True, "name": "genre"}]} if film.locked else {}
        guids = [{"id": "imdb://tt0000018"}, {"id": "tmdb://18"}]
        return row | {"librarySectionID": 1 if is_movie else 2, "Guid": guids}

    def edit(self, home: str, query: dict[str, str]) -> bytes:
        film = self.changed(query["id"])
        assert (home, query["type"]) == (("1", "1") if film.kind == "movie" else ("2", "2"))
        added = [
            query[f"genre[{at}].tag.tag"] for at in range(20) if f"genre[{at}].tag.tag" in query
        ]
        gone = [unquote(name) for name in query.get("genre[].tag.tag-", "").split(",")]
        kept = [name for name in film.genres if name not in gone and name not in added]
        film.genres = [*kept, *added]
        film.locked = query["genre.locked"] == "1"
        return b""


FAKES: dict[str, type[FakeServer]] = {
    "kodi": FakeKodi,
    "jellyfin": FakeJellyfin,
    "emby": FakeEmby,
    "plex": FakePlex,
}
