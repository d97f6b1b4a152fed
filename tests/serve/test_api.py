"""What each address answers, and every error's shape."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import httpx
import pytest

from cinegenre import Movie, Tagger
from cinegenre.serve.settings import Settings
from cinegenre.tagger.bundle import OTHER_LANGUAGE

from .running import poster, running

FILM = {"title": "The Quiet Orbit", "overview": "Something wakes in the hold of a freighter.",
        "companies": ["Small Star Films"]}  # fmt: skip


def problem(answer: httpx.Response, status: int, code: str, field: str | None = None) -> str:
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert set(error) == {"status", "code", "message", "cure", "field"}
    assert (error["status"], error["code"], error["field"]) == (status, code, field)
    return str(error["message"])


def test_a_film_is_scored_as_the_tagger_scores_it(client: httpx.Client, tagger: Tagger) -> None:
    image = poster("navy")
    [said] = tagger.predict([Movie(**FILM, poster=image)])  # type: ignore[arg-type]
    sent = FILM | {"poster": base64.b64encode(image).decode(), "id": "7"}
    told = client.post("/v1/predict", json=sent).json()
    thresholds = told.pop("thresholds")
    assert told == said.as_dict() | {"id": "7"}
    assert list(thresholds) == list(tagger.genres)
    assert said.genres == sorted(
        (g for g in tagger.genres if said.scores[g] >= thresholds[g] - 5e-5),
        key=lambda g: -said.scores[g],
    )
    for text in (base64.encodebytes(image), base64.urlsafe_b64encode(image).rstrip(b"=")):
        again = client.post("/v1/predict", json=sent | {"poster": text.decode()}).json()
        assert again["scores"] == told["scores"]
    as_url = sent | {"poster": "data:image/png;base64," + sent["poster"]}
    assert client.post("/v1/predict", json=as_url).json()["scores"] == told["scores"]


def test_a_form_says_the_same_as_json(client: httpx.Client) -> None:
    image = poster("green", kind="JPEG")
    by_json = client.post(
        "/v1/predict", json=FILM | {"poster": base64.b64encode(image).decode()}
    ).json()
    form = FILM | {"any_language": "false"}
    by_form = client.post("/v1/predict", data=form, files={"poster": ("p.jpg", image)}).json()
    assert by_form == by_json
    assert by_form["inputs"] == ["title", "overview", "companies", "poster"]


def test_a_batch_has_an_answer_or_an_error_for_each_film(client: httpx.Client) -> None:
    films: list[Any] = [
        FILM | {"id": "a"},
        {"id": "b", "poster": "####"},
        {"id": "c", "title": 3},
        {},
        {"id": "e", "poster": base64.b64encode(b"no image").decode()},
        {"title": "x" * 30_000},
        "a string",
        FILM | {"id": "h", "poster": base64.b64encode(poster()).decode()},
    ]
    told = client.post("/v1/predict/batch", json={"films": films}).json()
    results = told["results"]
    assert [r.get("id") for r in results] == ["a", "b", None, None, "e", None, None, "h"]
    codes = [r.get("error", {}).get("code") for r in results]
    assert codes == [None, "unreadable_poster", "invalid_input", "no_input", "unreadable_poster",
                     "text_too_long", "invalid_input", None]  # fmt: skip
    fields = [r["error"]["field"] for r in results if "error" in r]
    assert fields == ["films.1.poster", "films.2.title", "films.3", "films.4.poster",
                      "films.5.title", "films.6"]  # fmt: skip
    alone = client.post("/v1/predict", json=FILM | {"id": "a"}).json()
    assert results[0] == alone
    assert client.post("/v1/predict/batch", json={"films": []}).json()["results"] == []


def test_an_explanation_has_words_patches_and_inputs(client: httpx.Client) -> None:
    sent = FILM | {"poster": base64.b64encode(poster("black")).decode(), "heat_map": True,
                   "genres": ["Horror"]}  # fmt: skip
    told = client.post("/v1/explain", json=sent).json()
    reasons = told["explained"]["Horror"]
    assert list(told["explained"]) == ["Horror"]
    for word in reasons["words"]:
        value = FILM[word["field"]]
        text = value[word["item"]] if isinstance(value, list) else value
        assert text[word["start"] : word["end"]] == word["text"]
    assert len(reasons["poster"]["weights"]) == reasons["poster"]["rows"]
    assert base64.b64decode(reasons["poster"]["heat_map"]).startswith(b"\x89PNG")
    assert set(reasons["inputs"]) == set(told["inputs"])
    assert told["thresholds"]["Horror"] == reasons["threshold"]
    refused = client.post("/v1/explain", json=FILM | {"genres": ["Horor"]})
    problem(refused, 422, "unknown_genre", "genres")
    problem(client.post("/v1/explain", json={}), 422, "no_input")
    broken = {"title": "A", "poster": base64.b64encode(b"GIF89a").decode()}
    problem(client.post("/v1/explain", json=broken), 422, "unreadable_poster", "poster")


def test_the_model_tells_of_itself(client: httpx.Client, tagger: Tagger) -> None:
    told = client.get("/v1/model").json()
    assert told["genres"] == list(tagger.genres) == client.get("/v1/genres").json()["genres"]
    assert (told["name"], told["inputs"]) == (tagger.bundle.name, list(tagger.bundle.fields))
    assert told["card"] == (tagger.bundle.folder / "README.md").read_text("utf-8")
    assert told["limits"]["films"] == Settings().films
    keys = {(*entry["inputs"], *[OTHER_LANGUAGE][: entry["other_language"]])
            for entry in told["thresholds"]}  # fmt: skip
    assert {frozenset(key) for key in keys} == set(map(frozenset, tagger.bundle.calibrations))
    assert client.get("/healthz").json() == {"status": "alive"}
    assert client.get("/readyz").json() == {"status": "ready"}


@pytest.mark.parametrize(
    ("sent", "status", "code", "field"),
    [
        ({"json": {}}, 422, "no_input", None),
        ({"json": {"overview": "No overview found."}}, 422, "no_input", None),
        ({"json": {"title": 7}}, 422, "invalid_input", "title"),
        ({"json": {"companies": "one"}}, 422, "invalid_input", "companies"),
        ({"json": {"companies": ["a", None]}}, 422, "invalid_input", "companies.1"),
        ({"json": {"tite": "a"}}, 422, "invalid_input", "tite"),
        ({"json": {"title": "a", "companies": ["x"] * 201}}, 422, "invalid_input", "companies"),
        ({"json": {"overview": "a" * 20_001}}, 422, "text_too_long", "overview"),
        ({"json": {"poster": "not base64!"}}, 422, "unreadable_poster", "poster"),
        ({"json": {"title": "a", "poster": ""}}, 422, "unreadable_poster", "poster"),
        ({"json": {"poster_url": "http://a.example/x"}}, 422, "poster_url_refused", "poster_url"),
        ({"json": []}, 422, "invalid_input", None),
        ({"content": b"{", "headers": {"content-type": "application/json"}}, 422,
         "invalid_json", None),
        ({"content": b"\xff", "headers": {"content-type": "application/json"}}, 422,
         "invalid_json", None),
        ({"content": b'{"title": "\\ud800"}', "headers": {"content-type": "application/json"}},
         422, "invalid_json", None),
        ({"content": b"a", "headers": {"content-type": "text/plain"}}, 415,
         "unsupported_media_type", None),
        ({"content": b"a"}, 415, "unsupported_media_type", None),
        ({"data": {"title": "a"}, "files": {"other": b"x"}}, 422, "invalid_input", "other"),
        ({"content": b"--x\r\n", "headers": {"content-type": "multipart/form-data"}}, 422,
         "invalid_input", None),
    ],
)  # fmt: skip
def test_bad_requests_name_the_field(
    client: httpx.Client, sent: dict[str, Any], status: int, code: str, field: str | None
) -> None:
    problem(client.post("/v1/predict", **sent), status, code, field)


def test_unknown_addresses_and_methods_look_the_same(client: httpx.Client) -> None:
    problem(client.get("/nowhere"), 404, "not_found")
    problem(client.get("/v1/predict"), 405, "method_not_allowed")
    problem(client.get("/static/../app.py"), 404, "not_found")
    problem(client.get("/static/%2e%2e/app.py"), 404, "not_found")


def test_nothing_tells_of_the_machine(client: httpx.Client) -> None:
    answers = [client.get("/nowhere"), client.post("/v1/predict", json={}), client.get("/v1/model"),
               client.post("/v1/predict", json={"poster": "AAAA"})]  # fmt: skip
    for answer in answers:
        assert "server" not in answer.headers
        assert "uvicorn" not in str(answer.headers).lower()
        body = json.dumps({k: v for k, v in answer.json().items() if k != "card"})
        assert not re.search(r"Traceback|site-packages|\.py|/home|/usr|0x[0-9a-f]{6}", body)


def test_answers_carry_security_headers(client: httpx.Client) -> None:
    for path in ("/healthz", "/", "/nowhere", "/docs"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe-inline" not in client.get("/").headers["content-security-policy"]
    assert client.get("/healthz").headers["cache-control"] == "no-store"
    assert (
        "access-control-allow-origin"
        not in client.get("/healthz", headers={"origin": "https://a.example"}).headers
    )


def test_the_docs_name_no_other_host(client: httpx.Client) -> None:
    page = client.get("/docs").text
    assert not re.findall(r"(?:src|href)=[\"']https?://", page)
    for path in re.findall(r"(?:src|href)=[\"'](/[^\"']+)", page):
        assert client.get(path).status_code == 200


def test_a_token_is_asked_for(tagger: Tagger) -> None:
    settings = Settings(token="s3cret", origins=("https://a.example",))
    with running(settings, tagger) as address, httpx.Client(base_url=address) as client:
        for path in ("/v1/genres", "/metrics"):
            answer = client.get(path)
            problem(answer, 401, "unauthorized")
            assert answer.headers["www-authenticate"] == "Bearer"
            for wrong in ("Bearer s3cre", "Bearer s3cret2", "Basic s3cret", "s3cret", "Bearer é"):
                given = {"authorization": wrong.encode()}
                assert client.get(path, headers=given).status_code == 401
            assert client.get(path, headers={"authorization": "Bearer s3cret"}).is_success
        assert client.get("/healthz").is_success
        assert client.get("/").is_success
        assert client.get("/openapi.json").json()["security"] == [{"token": []}]
        origin = {"origin": "https://a.example"}
        assert client.get("/healthz", headers=origin).headers["access-control-allow-origin"]
        assert "access-control-allow-origin" in client.get("/v1/genres", headers=origin).headers
        other = client.get("/healthz", headers={"origin": "https://b.example"}).headers
        assert "access-control-allow-origin" not in other


def test_metrics_count_what_was_asked(tagger: Tagger) -> None:
    with running(Settings(), tagger) as address, httpx.Client(base_url=address) as client:
        client.post("/v1/predict", json=FILM)
        client.post("/v1/predict", json={"title": "Alone"})
        client.post("/v1/predict", json={})
        client.get("/a")
        client.get("/b")
        text = client.get("/metrics").text
    lines = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    requests = 'cinegenre_requests_total{method="POST",path="/v1/predict",status="%d"}'
    assert float(lines[requests % 200]) == 2
    assert float(lines[requests % 422]) == 1
    missing = 'cinegenre_requests_total{method="GET",path="other",status="404"}'
    assert float(lines[missing]) == 2
    assert float(lines['cinegenre_films_total{inputs="title+overview+companies"}']) == 1
    assert float(lines['cinegenre_films_total{inputs="title"}']) == 1
    assert float(lines['cinegenre_films_total{inputs="failed"}']) == 1
    assert float(lines["cinegenre_batch_films_sum"]) == 3
    assert float(lines["cinegenre_queue_films"]) == 0
    assert float(lines['cinegenre_request_seconds_count{path="/v1/predict"}']) == 3
