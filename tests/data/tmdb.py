"""A server in a thread that speaks TMDB's API, and behaves as badly as it is told to."""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ..tiny.films import draw_poster

V3 = "0123456789abcdef0123456789abcdef"
V4 = "eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJzZWNyZXQifQ.c2lnbmF0dXJl-_"

Turn = Callable[["Handler"], None]
"""What a server does once in place of answering well."""


def poster(number: int) -> bytes:
    return draw_poster(["Horror"], random.Random(number))


def status(code: int, retry_after: str | timedelta | None = None, body: bytes = b"{}") -> Turn:
    """An error; `retry_after` as it stands, or as the date so far from then on."""

    def turn(handler: Handler) -> None:
        when = retry_after
        if isinstance(when, timedelta):
            when = format_datetime(datetime.now(UTC) + when, usegmt=True)
        handler.answer(code, body, {} if when is None else {"Retry-After": when})

    return turn


def body(data: bytes) -> Turn:
    """An answer that says it is well and is not what was asked for."""
    return lambda handler: handler.answer(200, data)


def broken_off(handler: Handler) -> None:
    """Half of what Content-Length promises, then nothing."""
    data = poster(1)
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data[: len(data) // 2])
    handler.close_connection = True


def cut_off(handler: Handler) -> None:
    """Half an image that says it is all."""
    data = poster(1)
    handler.answer(200, data[: len(data) // 2])


def hang_up(handler: Handler) -> None:
    handler.close_connection = True


def slowly(seconds: float) -> Turn:
    def turn(handler: Handler) -> None:
        handler.server.stopping.wait(seconds)  # type: ignore[attr-defined]
        handler.close_connection = True

    return turn


class Server(ThreadingHTTPServer):
    """Films 1 to 99 have posters `/pN.jpg`; 100 to 199 have none; others are unknown.

    `turns` are what is done for a path before it is answered well; `asked` are all requests. A
    key in the query or the header that is not `V3` or `V4` is refused.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.turns: dict[str, list[Turn]] = defaultdict(list)
        self.asked: list[tuple[str, float]] = []
        self.keyed: list[bool] = []
        self.lock = Lock()
        self.stopping = Event()
        self.at_once = self.most_at_once = 0

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/3"

    def count(self, start: str) -> int:
        return sum(path.startswith(start) for path, _ in self.asked)

    def handle_error(self, *_: Any) -> None:
        """A client that goes away is no news."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        server, path = self.server, parts.path
        key = parse_qs(parts.query).get("api_key", [None])[0]
        token = self.headers.get("Authorization")
        with server.lock:
            server.asked.append((path, monotonic()))
            server.keyed.append(bool(key or token))
            server.at_once += 1
            server.most_at_once = max(server.most_at_once, server.at_once)
            turn = server.turns[path].pop(0) if server.turns[path] else None
        try:
            if turn:
                turn(self)
            elif path.startswith("/3/") and key != V3 and token != f"Bearer {V4}":
                self.json({"status_code": 7, "status_message": f"Invalid API key {key}"}, 401)
            else:
                self.well(path)
        finally:
            with server.lock:
                server.at_once -= 1

    def well(self, path: str) -> None:
        first, _, last = path.rpartition("/")
        if path == "/3/configuration":
            root = f"http://127.0.0.1:{self.server.server_address[1]}/t/p/"
            sizes = ["w92", "w154", "w185", "w342", "w500", "w780", "original"]
            self.json({"images": {"base_url": root, "secure_base_url": root,
                                  "poster_sizes": sizes}})  # fmt: skip
        elif first == "/3/movie" and int(last) < 200:
            path_now = f"/p{last}.jpg" if int(last) < 100 else None
            self.json({"id": int(last), "poster_path": path_now})
        elif first == "/3/find":
            number = int(last[2:])
            films = [{"id": number, "poster_path": f"/p{number}.jpg"}] if number < 100 else []
            series = [{"id": 1, "poster_path": "/p7.jpg"}] if number == 700 else []
            self.json({"movie_results": films, "tv_results": series})
        elif first.startswith("/t/p/") and (image := re.fullmatch(r"p(\d+)\.jpg", last)):
            self.answer(200, poster(int(image[1])), {"Content-Type": "image/jpeg"})
        else:
            self.json({"status_code": 34, "status_message": "not found"}, 404)

    def json(self, value: Any, code: int = 200) -> None:
        self.answer(code, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def answer(self, code: int, data: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(code)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def running() -> Iterator[Server]:
    server = Server()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()
