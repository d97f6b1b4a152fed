"""What strangers send: bombs, noise, too much; and many at once."""

from __future__ import annotations

import base64
import io
import random
import struct
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from PIL import Image

from cinegenre import Movie, Tagger
from cinegenre.serve.settings import Settings

from .running import poster, running
from .test_api import FILM, problem


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that says it has so many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    lines = zlib.compress(bytes(1_000_000), 9)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", lines)
            + chunk(b"IEND", b""))  # fmt: skip


def encoded(image: bytes) -> dict[str, str]:
    return {"poster": base64.b64encode(image).decode()}


@pytest.mark.parametrize("size", [(6000, 6000), (30_000, 30_000), (2**31 - 1, 2**31 - 1)])
def test_a_decompression_bomb_is_not_decoded(client: httpx.Client, size: tuple[int, int]) -> None:
    answer = client.post("/v1/predict", json=FILM | encoded(bomb(*size)))
    assert problem(answer, 422, "too_large", "poster").startswith("the poster has ")


def test_a_200_megabyte_body_is_refused_unread(client: httpx.Client) -> None:
    taken = 0

    def megabytes() -> Iterator[bytes]:
        nonlocal taken
        for _ in range(200):
            taken += 1
            yield bytes(1_000_000)

    json = {"content-type": "application/json"}
    stated = client.post("/v1/predict", content=bytes(200_000_000), headers=json)
    problem(stated, 413, "too_large")
    try:
        unstated = client.post("/v1/predict", content=megabytes(), headers=json)
    except httpx.TransportError:
        pytest.fail(f"the connection broke after {taken} MB")
    problem(unstated, 413, "too_large")
    assert client.post("/v1/predict", json=FILM).is_success


def test_10000_films_are_refused(client: httpx.Client) -> None:
    answer = client.post("/v1/predict/batch", json={"films": [FILM] * 10_000})
    assert problem(answer, 422, "too_many_films", "films").startswith("10,000 films")


def test_deep_json_is_refused(client: httpx.Client) -> None:
    body = b'{"films":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    answer = client.post("/v1/predict/batch", content=body,
                         headers={"content-type": "application/json"})  # fmt: skip
    problem(answer, 422, "invalid_json")


def test_1000_random_byte_strings_as_posters(client: httpx.Client) -> None:
    draw = random.Random(0)
    good = poster(kind="JPEG")
    starts = [b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\0\0\0\0WEBPVP8 ",
              b"BM", b"II*\0", good[: len(good) // 2]]  # fmt: skip
    films = [
        encoded(draw.choice(starts) + draw.randbytes(draw.randrange(400))) for _ in range(1000)
    ]
    said = []
    for start in range(0, 1000, 250):
        answer = client.post("/v1/predict/batch", json={"films": films[start : start + 250]})
        assert answer.status_code == 200
        said += answer.json()["results"]
    codes = {one["error"]["code"] if "error" in one else "scored" for one in said}
    # Half a JPEG and noise may still be one that Pillow reads.
    assert codes <= {"unreadable_poster", "too_large", "scored"}
    assert sum("error" in one for one in said) > 800
    assert client.post("/v1/predict", json=FILM).is_success


def test_concurrent_requests_get_what_single_ones_get(
    service: str, client: httpx.Client, tagger: Tagger
) -> None:
    draw = random.Random(1)
    words = ("the", "crew", "of", "lost", "ship", "hunts", "love", "war", "song", "dark", "moon")
    films = []
    for i in range(48):
        overview = " ".join(draw.choices(words, k=draw.randrange(3, 60)))
        film: dict[str, object] = {"title": f"Film {i}", "overview": overview}
        if i % 3:
            noise = draw.randbytes(40 * 60 * 3)
            file = io.BytesIO()
            Image.frombytes("RGB", (40, 60), noise).save(file, "PNG")
            film |= encoded(file.getvalue())
        films.append(film)
    single = [client.post("/v1/predict", json=film).json() for film in films]
    with ThreadPoolExecutor(16) as pool, httpx.Client(base_url=service, timeout=300) as many:
        together = list(pool.map(lambda film: many.post("/v1/predict", json=film).json(), films))
    assert together == single
    batch = client.post("/v1/predict/batch", json={"films": films}).json()["results"]
    assert batch == single
    [said] = tagger.predict([Movie(title="Film 0", overview=str(films[0]["overview"]))])
    assert single[0]["scores"] == said.as_dict()["scores"]


def test_an_overload_is_refused_and_what_was_taken_is_served(tagger: Tagger) -> None:
    settings = Settings(queue=16, films=16, batch=4)
    with running(settings, tagger) as address:
        limits = httpx.Limits(max_connections=64)
        with (
            httpx.Client(base_url=address, timeout=300, limits=limits) as client,
            ThreadPoolExecutor(64) as pool,
        ):
            films = [{"title": f"Film {i}", "overview": "a ship " * 100} for i in range(192)]
            said = list(pool.map(lambda film: client.post("/v1/predict", json=film), films))
            refused = [one for one in said if one.status_code == 429]
            assert {one.status_code for one in said} == {200, 429}
            for one in refused:
                problem(one, 429, "busy")
                assert 1 <= int(one.headers["retry-after"]) <= 60
            assert client.get("/readyz").status_code == 200
            assert client.post("/v1/predict", json=films[0]).status_code == 200


def test_bodies_in_flight_have_a_bound_together(tagger: Tagger) -> None:
    settings = Settings(body_bytes=4_000_000, in_flight_bytes=1_000_000)
    with running(settings, tagger) as address, httpx.Client(base_url=address) as client:
        large = client.post("/v1/predict", json={"title": "a", "overview": "b" * 2_000_000})
        problem(large, 429, "busy")
        assert "retry-after" in large.headers
        assert client.post("/v1/predict", json=FILM).is_success
