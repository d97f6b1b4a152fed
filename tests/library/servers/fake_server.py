"""Servers on loopback that speak the parts of the published APIs that cinegenre asks for.

Their shapes were taken from Jellyfin's source (ItemsController, ItemUpdateController,
ItemRefreshController, UserLibraryController), Emby's generated clients (MediaBrowser/Emby.SDK),
python-plexapi and Plex's OpenAPI, and from a real Kodi 20.1.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

KEY = "a-Key_of.37"
POSTER = (Path(__file__).parents[3] / "examples" / "posters" / "orbit.jpg").read_bytes()


@dataclass
class FakeFilm:
    """A film as a person would tell of it."""

    id: str
    title: str
    path: str
    kind: str = "movie"
    year: int = 1999
    overview: str = "A ghost haunts the old house and kills everyone who comes near."
    studios: list[str] = field(default_factory=lambda: ["North Pictures"])
    genres: list[str] = field(default_factory=list)
    poster: bool = True
    locked: bool = False
    sealed: bool = False
    nfo: Path | None = None
    """What it reads when it is refreshed."""


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


class Refusal(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.status, self.headers = status, headers or {}


class FakeServer:
    """The films of a server, what it was asked, and what goes wrong there.

    `faults` are used up one a request: a status, a status with headers, or "cut", "slow", "reset",
    "junk", "page". `broken` are ids at which every change fails with 500.
    """

    root = ""
    key = KEY

    def __init__(self, films: list[FakeFilm]) -> None:
        self.films = {film.id: film for film in films}
        self.faults: list[Any] = []
        self.broken: set[str] = set()
        self.requests: list[Request] = []
        self.deaf = False
        """Refreshes are promised and never made."""
        self.port = 0
        self.stopped = threading.Event()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, request: Request) -> Any:
        """An object for JSON, bytes for an image, None for no content. Raises `Refusal`."""
        raise NotImplementedError

    def film(self, id: str) -> FakeFilm:
        if id not in self.films:
            raise Refusal(404)
        return self.films[id]

    def changed(self, id: str) -> FakeFilm:
        """A film that is about to be changed."""
        if id in self.broken:
            raise Refusal(500)
        return self.film(id)

    def reread(self, id: str) -> None:
        film = self.changed(id)
        if film.nfo is not None and not self.deaf and not film.locked and not film.sealed:
            film.genres = re.findall("<genre>(.*?)</genre>", film.nfo.read_text("utf-8"))

    def writes(self) -> list[Request]:
        """Those requests that change something."""
        return [request for request in self.requests if self.is_write(request)]

    def is_write(self, request: Request) -> bool:
        return request.method in ("POST", "PUT")


@contextmanager
def running(fake: FakeServer) -> Iterator[FakeServer]:
    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            raw = self.rfile.read(length)
            parts = urlsplit(self.path)
            request = Request(
                method=self.command,
                path=parts.path,
                query=dict(parse_qsl(parts.query, keep_blank_values=True)),
                headers={name.lower(): value for name, value in self.headers.items()},
                body=json.loads(raw) if raw else None,
            )
            fake.requests.append(request)
            fault = fake.faults.pop(0) if fake.faults else None
            if isinstance(fault, str):
                self.fail(fault)
            elif fault is not None:
                status, headers = fault if isinstance(fault, tuple) else (fault, {})
                self.send(status, b"sorry", headers)
            else:
                self.reply(request)

        do_GET = do_POST = do_PUT = handle_any

        def reply(self, request: Request) -> None:
            try:
                said = fake.answer(request)
            except Refusal as refusal:
                self.send(refusal.status, b"<html>no</html>", refusal.headers)
                return
            if said is None:
                self.send(204, b"", {})
            else:
                self.send(200, said if isinstance(said, bytes) else json.dumps(said).encode(), {})

        def send(self, status: int, data: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def fail(self, how: str) -> None:
            self.close_connection = True
            if how == "cut":
                self.send_response(200)
                self.send_header("Content-Length", "1000")
                self.end_headers()
                self.wfile.write(b'{"half')
            elif how == "slow":
                fake.stopped.wait(5)
            elif how == "junk":
                self.send(200, b'{"half', {})
            elif how == "page":
                self.send(200, b"<html>Welcome</html>", {})

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        fake.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield fake
        finally:
            fake.stopped.set()
            server.shutdown()
