"""Every field of a request arrives as JSON and as a form alike, and stands in every document."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterable, Iterator
from inspect import signature
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import numpy as np
import pytest
from pydantic import StrictBool, StrictFloat, StrictInt, StrictStr
from starlette.requests import Request
from starlette.testclient import TestClient

from cinegenre import Movie, Prediction, Tagger
from cinegenre.serve import scoring
from cinegenre.serve.app import create_app
from cinegenre.serve.films import read
from cinegenre.serve.forms import FILE, properties
from cinegenre.serve.schemas import BatchIn, ExplainIn, FilmIn, HowIn, PredictIn
from cinegenre.serve.settings import Settings

from .running import poster

IMAGE = poster()
PATHS: dict[str, type[PredictIn]] = {"/v1/predict": PredictIn, "/v1/explain": ExplainIn}
FIELDS = [(path, name) for path, body in PATHS.items() for name in body.model_fields]
SAMPLES: dict[str, Any] = {"string": "some words", "boolean": True, "integer": 7, "number": 0.5,
                           "array": ["Drama"]}  # fmt: skip


class Heard:
    """Stands in for a tagger, and keeps what it is asked."""

    def __init__(self) -> None:
        self.name, self.genres, self.calls = "m 1", ("Drama",), []  # type: ignore[var-annotated]

    def thresholds(self, prediction: Prediction) -> np.ndarray:
        return np.array([0.5])

    def predict(self, films: Iterable[Movie], **how: Any) -> Iterator[Prediction]:
        for film in films:
            self.calls.append((film, how))
            yield Prediction(id=film.id, genres=[], scores={"Drama": 0.4}, inputs=[], model="m 1")

    def explain(self, film: Movie, genres: list[str] | None, **how: Any) -> SimpleNamespace:
        [said] = self.predict([film], genres=genres, **how)
        told = {"explained": {"Drama": {"poster": {}}}}
        return SimpleNamespace(prediction=said, as_dict=lambda: told, overlay=self._overlay)

    def _overlay(self, *_: object, **__: object) -> bytes:
        self.calls.append("overlay")
        return b"PNG"


@pytest.fixture(scope="module")
def heard() -> Heard:
    return Heard()


@pytest.fixture(scope="module")
def service(heard: Heard) -> Iterator[TestClient]:
    """The whole application over a stand-in; every address has the same poster."""

    async def fetched(*_: object) -> bytes:
        return IMAGE

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scoring.PosterFetcher, "fetch", fetched)
        tagger: Any = heard
        with TestClient(create_app(Settings(), tagger)) as client:
            yield client


def sample(path: str, name: str) -> Any:
    return IMAGE if name == FILE else SAMPLES[properties(PATHS[path])[name]["type"]]


def as_json(values: dict[str, Any]) -> dict[str, Any]:
    return {"json": {name: base64.b64encode(value).decode() if name == FILE else value
                     for name, value in values.items()}}  # fmt: skip


def as_form(values: dict[str, Any]) -> dict[str, Any]:
    texts = {name: value for name, value in values.items() if name != FILE}
    # httpx sends multipart only where there is a file, so every text is given as one without name.
    parts = [(name, (None, str(one).lower() if isinstance(one, bool) else str(one)))
             for name, value in texts.items()
             for one in (value if isinstance(value, list) else [value])]  # fmt: skip
    return {"files": parts + [(FILE, ("a.png", value)) for name, value in values.items()
                              if name == FILE]}  # fmt: skip


@pytest.mark.parametrize(("path", "name"), FIELDS)
def test_a_field_reaches_the_model_from_json_and_from_a_form(
    service: TestClient, heard: Heard, path: str, name: str
) -> None:
    def told(**values: Any) -> list[list[Any]]:
        """What the tagger is asked, by JSON and by a form."""
        asked = []
        for body in (as_json(values), as_form(values)):
            heard.calls.clear()
            answer = service.post(path, **body)
            assert answer.status_code == 200, answer.text
            asked.append(list(heard.calls))
        return asked

    by_json, by_form = told(**{"companies": ["x"], name: sample(path, name)})
    without, _ = told(companies=["x"])
    assert by_json == by_form != without


@pytest.mark.parametrize(("path", "name"), FIELDS)
def test_a_field_is_in_the_documents(service: TestClient, path: str, name: str) -> None:
    document = service.get("/openapi.json").json()
    content = document["paths"][path]["post"]["requestBody"]["content"]
    reference = content["application/json"]["schema"]["$ref"].rpartition("/")[2]
    by_json = document["components"]["schemas"][reference]
    by_form = content["multipart/form-data"]["schema"]
    assert set(by_json["properties"]) == set(by_form["properties"]) == set(PATHS[path].model_fields)
    assert by_json["additionalProperties"] is by_form["additionalProperties"] is False
    field = by_json["properties"][name]
    kinds = [kind["type"] for kind in field.get("anyOf", [field])]
    assert by_form["properties"][name]["type"] in kinds
    page = Path(__file__).parents[2] / "docs" / "serve.md"
    assert f"`{name}`" in page.read_text("utf-8")


@pytest.mark.parametrize("name", HowIn.model_fields)
def test_a_batch_is_read_as_one_film_is(service: TestClient, heard: Heard, name: str) -> None:
    value = sample("/v1/predict", name)
    film = {"title": "A"}
    for path, sent in (("/v1/predict", film), ("/v1/predict/batch", {"films": [film]})):
        heard.calls.clear()
        assert service.post(path, json={**sent, name: value}).status_code == 200
        [(_, how)] = heard.calls
        assert how[name] == value
    assert set(BatchIn.model_fields) == {"films", *HowIn.model_fields}
    assert set(PredictIn.model_fields) == {*FilmIn.model_fields, *HowIn.model_fields}


@pytest.mark.parametrize("name", HowIn.model_fields)
def test_the_tagger_takes_it(name: str) -> None:
    assert name in signature(Tagger.predict).parameters
    assert name in signature(Tagger.explain).parameters


def test_every_schema_that_is_named_is_there(service: TestClient) -> None:
    document = service.get("/openapi.json").json()

    def names(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                yield value["$ref"].rpartition("/")[2]
            for inner in value.values():
                yield from names(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from names(inner)

    assert set(names(document)) <= set(document["components"]["schemas"])


class More(PredictIn):
    """What the next one may add: a field of every kind that a form can hold."""

    flag: StrictBool = False
    number: StrictInt | None = None
    share: StrictFloat | None = None
    word: StrictStr = "a"
    words: list[StrictStr] | None = None
    numbers: list[StrictInt] | None = None


MORE: dict[str, Any] = {"flag": True, "number": -3, "share": 0.25, "word": "b", "words": ["c"],
                        "numbers": [1, 2]}  # fmt: skip


def parsed(body: dict[str, Any], model: type[PredictIn]) -> tuple[Any, Any]:
    sent = httpx.Request("POST", "http://a.example/", **body)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": sent.read(), "more_body": False}

    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"",
             "headers": [(key.lower(), value) for key, value in sent.headers.raw]}  # fmt: skip
    return asyncio.run(read(Request(scope, receive), model, Settings()))


@pytest.mark.parametrize("name", MORE)
def test_a_new_field_of_any_kind_is_read_from_a_form(name: str) -> None:
    values = {"title": "A", name: MORE[name]}
    film, _ = parsed(as_json(values), More)
    assert (film, None) == parsed(as_form(values), More)
    assert getattr(film, name) == MORE[name]
    assert properties(More)[name]["type"] in SAMPLES


def test_a_field_that_no_form_can_hold_is_refused_at_start() -> None:
    class Nested(PredictIn):
        inner: FilmIn | None = None

    with pytest.raises(TypeError, match=r"Nested\.inner cannot be a field of a form"):
        properties(Nested)
