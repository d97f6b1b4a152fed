"""The service calls what is sent in a poster's place what it is, as the commands do."""

from __future__ import annotations

import base64
import sys
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import httpx
import pytest

from cinegenre import Tagger
from cinegenre.serve.settings import Settings

from ..cli.test_no_pictures import Handler
from ..tiny.no_pictures import HEIC, KINDS
from .running import running
from .test_api import problem


@pytest.fixture(scope="module")
def fetching(tagger: Tagger) -> Iterator[tuple[httpx.Client, str]]:
    """A service, and the host that it fetches from."""
    served = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    host = f"127.0.0.1:{served.server_port}"
    with (
        running(Settings(poster_hosts=(host,)), tagger) as address,
        httpx.Client(base_url=address, timeout=120) as client,
    ):
        yield client, host
    served.shutdown()
    served.server_close()


@pytest.mark.parametrize("name", KINDS)
def test_the_same_words_for_a_file_base64_and_an_address(
    fetching: tuple[httpx.Client, str], name: str
) -> None:
    client, host = fetching
    make, words = KINDS[name]
    data = make()
    answers = [
        client.post("/v1/predict", data={"title": "A"}, files={"poster": ("p.jpg", data)}),
        client.post("/v1/predict", json={"poster": base64.b64encode(data).decode()}),
        client.post("/v1/explain", json={"poster": base64.b64encode(data).decode()}),
        client.post("/v1/predict", json={"poster_url": f"http://{host}/{name}.jpg"}),
    ]
    for answer in answers:
        problem(answer, 422, "unreadable_poster", "poster")
        error = answer.json()["error"]
        assert words in f"{error['message']}: {error['cure']}"
        assert error["message"].startswith("the poster is ")


def test_who_cannot_install_an_extra_is_not_told_to(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    answer = client.post("/v1/predict", json={"poster": base64.b64encode(HEIC).decode()})
    problem(answer, 422, "unsupported_poster", "poster")
    error = answer.json()["error"]
    assert error["message"] == "the poster is a HEIC picture, and 'pillow-heif' is not installed"
    assert error["cure"] == "send a JPEG, PNG or WebP"


@pytest.mark.parametrize(
    ("sent", "what"),
    [
        ("https://image.tmdb.org/t/p/w500/a.jpg", "the poster is an address"),
        (" s3://bucket/a.jpg", "the poster is an address"),
        ("/home/me/poster.jpg", "the poster is a path"),
        ("C:\\films\\poster.PNG", "the poster is a path"),
        ("no, not base64", 'the poster is not base64: it has "," at character 3'),
        ("f'/9j/4AAQSkZJRg=='", 'the poster is not base64: it has "\'" at character 2'),
    ],
)
def test_a_text_that_is_no_base64_is_called_what_it_is(
    client: httpx.Client, sent: str, what: str
) -> None:
    answer = client.post("/v1/predict", json={"title": "A", "poster": sent})
    problem(answer, 422, "unreadable_poster", "poster")
    error = answer.json()["error"]
    assert error["message"] == what
    assert (
        error["cure"]
        == {
            "the poster is an address": "send it as poster_url",
            "the poster is a path": "no file is read here: encode the file's bytes in base64",
            "the poster is not base64": "encode the file's bytes in base64",
        }[what.partition(":")[0]]
    )
