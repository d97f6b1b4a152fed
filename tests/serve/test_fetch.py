"""`poster_url`: only from the hosts that the operator names."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest

from cinegenre import Tagger
from cinegenre.serve.fetch import PosterFetcher
from cinegenre.serve.problems import Problem
from cinegenre.serve.settings import Settings

from .running import poster, running
from .test_api import problem

LARGE = 3_000_000


class Posters(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("location", "http://127.0.0.1:9/secret")
            self.end_headers()
            return
        body = {"/good.png": poster(), "/text": b"hello", "/large": bytes(LARGE)}.get(self.path)
        self.send_response(404 if body is None else 200)
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Posters)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()


def test_posters_come_from_allowed_hosts_alone(tagger: Tagger, host: str) -> None:
    settings = Settings(poster_hosts=(host,), body_bytes=1_000_000)
    with running(settings, tagger) as address, httpx.Client(base_url=address) as client:

        def ask(url: str) -> httpx.Response:
            return client.post("/v1/predict", json={"title": "A", "poster_url": url})

        assert ask(f"http://{host}/good.png").json()["inputs"] == ["title", "poster"]
        problem(ask(f"http://{host}/text"), 422, "unreadable_poster", "poster")
        for path in ("none", "moved", "large"):
            problem(ask(f"http://{host}/{path}"), 422, "poster_url_failed", "poster_url")
        name, port = host.split(":")
        for url in (
            f"http://localhost:{port}/good.png", f"http://{name}/good.png", f"ftp://{host}/x",
            f"http://{host}@evil.example/x", f"http://a:b@{host}/good.png", f"//{host}/x",
            "file:///etc/passwd", "http://[", f"http://{host}.evil.example/", "",
        ):  # fmt: skip
            problem(ask(url), 422, "poster_url_refused", "poster_url")
        both = {"poster": "AAAA", "poster_url": f"http://{host}/good.png"}
        problem(client.post("/v1/predict", json=both), 422, "invalid_input", "poster_url")
        assert client.get("/v1/model").json()["limits"]["poster_hosts"] == [host]
    gone = Settings(poster_hosts=("127.0.0.1:9",))
    with running(gone, tagger) as address, httpx.Client(base_url=address) as client:
        answer = client.post("/v1/predict", json={"poster_url": "http://127.0.0.1:9/a"})
        problem(answer, 422, "poster_url_failed", "poster_url")


@pytest.mark.parametrize(
    ("hosts", "url", "allowed"),
    [
        ("a.example", "https://a.example:443/x", True),
        ("a.example", "http://a.example:80/x", True),
        ("a.example:443", "https://a.example/x", True),
        ("a.example", "https://A.EXAMPLE/x", True),
        ("[::1]:80", "http://[::1]/x", True),
        ("a.example", "https://a.example:80/x", False),
        ("a.example:443", "http://a.example/x", False),
        ("a.example", "https://a.example:0/x", False),
    ],
)
def test_the_usual_port_may_be_named(hosts: str, url: str, allowed: bool) -> None:
    fetcher = PosterFetcher(Settings(poster_hosts=(hosts,)))
    with contextlib.nullcontext() if allowed else pytest.raises(Problem):
        fetcher._check(url, "poster_url")
