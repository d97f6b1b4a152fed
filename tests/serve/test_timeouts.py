"""Slow, broken and greedy clients, over bare sockets."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from cinegenre import Tagger
from cinegenre.serve.settings import Settings

from .running import running, wait_until

HEAD = b"POST /v1/predict HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n"
BODY = b'{"title": "Alone"}'


@pytest.fixture(scope="module")
def hasty(tagger: Tagger) -> Iterator[str]:
    """A service that waits 1 second for headers and bodies."""
    settings = Settings(header_seconds=1, body_seconds=1, keep_alive_seconds=2)
    with running(settings, tagger) as address:
        yield address


def connected(address: str) -> socket.socket:
    parts = urlsplit(address)
    return socket.create_connection((parts.hostname or "", parts.port or 0), timeout=20)


def rest(connection: socket.socket) -> bytes:
    """All that comes until the service closes."""
    parts = []
    try:
        while part := connection.recv(65536):
            parts.append(part)
    except ConnectionError:
        pass
    return b"".join(parts)


def error_of(answer: bytes) -> tuple[int, str]:
    head, _, body = answer.partition(b"\r\n\r\n")
    status = int(head.split(b" ")[1])
    error = json.loads(body)["error"]
    assert error["status"] == status
    return status, error["code"]


def works(address: str) -> None:
    answer = httpx.post(f"{address}/v1/predict", json={"title": "Alone"}, timeout=60)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET", b"GET / HTTP/1.1\r\nhost: a\r\n",
     HEAD + b"content-length: 18\r\n\r\n", HEAD + b"content-length: 18\r\n\r\n" + BODY[:9],
     HEAD + b"transfer-encoding: chunked\r\n\r\n5\r\n{\"tit"],
)  # fmt: skip
def test_what_does_not_come_in_time_is_ended(hasty: str, sent: bytes) -> None:
    with connected(hasty) as connection:
        connection.sendall(sent)
        began = time.monotonic()
        assert error_of(rest(connection)) == (408, "timeout")
        assert 0.5 < time.monotonic() - began < 15
    works(hasty)


def test_a_slow_second_request_is_ended_too(hasty: str) -> None:
    with connected(hasty) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n")
        assert b"200 OK" in connection.recv(65536)
        connection.sendall(b"GET /hea")
        assert error_of(rest(connection)) == (408, "timeout")


def test_a_client_in_time_is_served_again_and_again(hasty: str) -> None:
    with httpx.Client(base_url=hasty, timeout=60) as client:
        for _ in range(6):
            assert client.post("/v1/predict", json={"title": "Alone"}).status_code == 200
            time.sleep(0.4)


def test_100_clients_that_send_a_byte_a_second(hasty: str) -> None:
    request = HEAD + b"content-length: 18\r\n\r\n" + BODY
    clients = [connected(hasty) for _ in range(100)]
    try:
        for byte in (request[i : i + 1] for i in range(4)):
            for client in clients:
                with contextlib.suppress(OSError):
                    client.sendall(byte)
            time.sleep(0.5)
            works(hasty)
        for client in clients:
            assert error_of(rest(client)) == (408, "timeout")
    finally:
        for client in clients:
            client.close()
    works(hasty)


def test_a_body_cut_in_the_middle(hasty: str) -> None:
    for _ in range(20):
        with connected(hasty) as connection:
            connection.sendall(HEAD + b"content-length: 5000\r\n\r\n" + BODY)
    works(hasty)


@pytest.mark.parametrize("sent", [b"\x00\x01\x02\r\n\r\n", b"GET / HTTP/9\r\n\r\n",
                                  b"GET / HTTP/1.1\r\n\r\n", b"A" * 100_000])  # fmt: skip
def test_what_is_no_http_is_refused_in_the_same_shape(hasty: str, sent: bytes) -> None:
    with connected(hasty) as connection:
        connection.sendall(sent)
        assert error_of(rest(connection)) == (400, "invalid_request")
    works(hasty)


def test_a_client_that_takes_no_answer_is_let_go(hasty: str) -> None:
    large = "/static-offline-docs/swagger-ui-bundle.js"
    size = len(httpx.get(hasty + large).content)
    assert size > 1_000_000
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        parts = urlsplit(hasty)
        connection.connect((parts.hostname, parts.port))
        connection.settimeout(20)
        connection.sendall(f"GET {large} HTTP/1.1\r\nhost: a\r\n\r\n".encode() * 8)
        time.sleep(3)
        assert len(rest(connection)) < 8 * size
    works(hasty)


def test_more_requests_than_may_be_open_are_refused_in_the_same_shape(tagger: Tagger) -> None:
    with running(Settings(requests=2, body_seconds=30), tagger) as address:
        slow = [connected(address) for _ in range(2)]
        for connection in slow:
            connection.sendall(HEAD + b"content-length: 18\r\n\r\n")
        wait_until(lambda: httpx.get(f"{address}/v1/genres").status_code == 503)
        refused = httpx.post(f"{address}/v1/predict", json={"title": "Alone"})
        assert refused.json()["error"]["code"] == "busy"
        assert refused.headers["retry-after"] == "1"
        assert httpx.get(f"{address}/healthz").status_code == 200
        for connection in slow:
            connection.sendall(BODY)
            assert b"200 OK" in connection.recv(65536)
            connection.close()
        works(address)
