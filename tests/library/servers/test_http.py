"""What goes wrong on the way to a server, for every kind of server."""

from __future__ import annotations

import logging
import socket
import ssl
import subprocess
import sys
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from cinegenre.errors import UserError
from cinegenre.library.servers import SERVERS
from cinegenre.library.servers import http as http_module
from cinegenre.library.servers.address import Address
from cinegenre.library.servers.http import Down, Failed, Gone, Http
from cinegenre.library.servers.keys import Key, KeyKind

from .fakes import FAKES
from .made import asking, checked, faked

KINDS = sorted(SERVERS)
WRONG = "wrong:Secret.99"


def test_every_server_has_a_fake() -> None:
    assert FAKES.keys() == SERVERS.keys()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", [408, 429, 500, 502, 503, "cut", "junk", "reset"])
def test_what_passes_is_repeated(kind: str, fault: Any) -> None:
    slept: list[float] = []
    with faked(kind) as fake:
        server = asking(kind, fake, slept=slept)
        server.check()
        fake.faults = [fault, (fault, {"Retry-After": "7"}) if isinstance(fault, int) else fault]
        assert len(list(server.films())) == 4
    assert len(slept) == 2
    assert slept[0] <= 0.5
    assert slept[1] == (7 if isinstance(fault, int) else pytest.approx(0.75, abs=0.26))


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_that_does_not_come_in_time(kind: str) -> None:
    with faked(kind) as fake:
        server = checked(kind, fake)
        fake.faults = ["slow"]
        assert len(list(server.films())) == 4


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (503, "HTTP 503"),
        ("cut", "cut short"),
        ((429, {"Retry-After": "4000"}), "asks to wait 4,000 s"),
        ("page", "is a web page"),
        ((301, {"Location": "https://other.example/x?key=abc"}), "sends us to https://other.example"),
    ],
)  # fmt: skip
def test_what_does_not_pass_is_one_line(kind: str, fault: Any, why: str) -> None:
    with faked(kind) as fake:
        server = checked(kind, fake)
        fake.faults = [fault] * 5
        with pytest.raises(UserError, match=why) as caught:
            list(server.films())
        assert not isinstance(caught.value, Failed)
        assert fake.base in str(caught.value)
        assert len(fake.requests) in (1, 5)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", [401, 403])
def test_a_wrong_key(kind: str, status: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with faked(kind) as fake:
        server = asking(kind, fake, key=WRONG)
        if status == 403:
            fake.faults = [403]
        with pytest.raises(UserError, match=rf"refuses the key from TEST_KEY \({status}\)") as said:
            server.check()
        assert SERVERS[kind].key.variable in str(said.value)
        for word in (str(said.value), caplog.text, repr(server.http), repr(server.http.key)):
            assert "Secret" not in word
        sent = [value for request in fake.requests for value in request.query.values()]
        assert "Secret" not in str(sent)


@pytest.mark.parametrize("kind", KINDS)
def test_no_key(kind: str) -> None:
    with faked(kind) as fake:
        server = SERVERS[kind](Http(Address(kind, fake.base), SERVERS[kind].key, None, {}))
        with pytest.raises(UserError, match="wants a key"):
            server.check()


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_is_there(kind: str) -> None:
    slept: list[float] = []
    with faked(kind) as fake:
        server = asking(kind, fake, slept=slept)
    with pytest.raises(Down, match="does not answer"):
        server.check()
    assert len(slept) == 4


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("other", KINDS)
def test_another_server_answers(kind: str, other: str) -> None:
    if kind == other:
        return
    with faked(other) as fake, pytest.raises(UserError) as said:
        asking(kind, fake).check()
    assert len(str(said.value).splitlines()) == 1


def bare(base: str, headers: dict[str, str] | None = None) -> Http:
    kind = KeyKind(variable="A", cure="b")
    return Http(Address("kodi", base), kind, Key("s", "A"), headers or {}, sleep=lambda _: None)


def test_three_failures_in_a_row_are_enough() -> None:
    with faked("plex") as fake:
        http = bare(fake.base)
        for _ in range(2):
            fake.faults = [500] * 5
            with pytest.raises(Failed, match="HTTP 500"):
                http.json("GET", "/x")
        fake.faults = [500] * 5
        with pytest.raises(Down, match="does not answer"):
            http.json("GET", "/x")


def test_what_a_film_is_refused() -> None:
    with faked("plex") as fake:
        http = bare(fake.base)
        fake.faults = [404, 400]
        with pytest.raises(Gone):
            http.json("GET", "/x")
        with pytest.raises(Failed, match="HTTP 400"):
            http.json("GET", "/x")
        fake.films = {}
        fake.answer = lambda _: b"x" * 2000  # type: ignore[method-assign]
        with pytest.raises(Failed, match="more than 0 MB"):
            http.data("/x", most=1000)


def test_an_answer_that_drips_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_module, "WHOLE", -1)
    with faked("plex") as fake, pytest.raises(Down, match="no answer in time"):
        fake.answer = lambda _: {}  # type: ignore[method-assign]
        bare(fake.base).json("GET", "/x")


def test_a_proxy_is_not_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(socket.socket()) as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{nobody.getsockname()[1]}")
        with faked("jellyfin") as fake:
            asking("jellyfin", fake).check()


@pytest.mark.skipif(sys.platform == "win32", reason="needs openssl")
def test_an_untrusted_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pem = tmp_path / "both.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-keyout", pem, "-out", tmp_path / "cert.pem", "-days", "2", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    pem.write_bytes(pem.read_bytes() + (tmp_path / "cert.pem").read_bytes())

    class Hello(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: Any) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with HTTPServer(("127.0.0.1", 0), Hello) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        base = f"https://localhost:{server.server_address[1]}"
        with pytest.raises(UserError, match=r"certificate of kodi.* is not trusted"):
            bare(base).json("GET", "/")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        assert bare(base).json("GET", "/") == {}
        server.shutdown()
