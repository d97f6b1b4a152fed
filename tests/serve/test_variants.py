"""Requests as libraries, browsers, monitors and proxies send them."""

from __future__ import annotations

import base64
import gzip
from typing import Any

import httpx
import pytest

from cinegenre import Tagger
from cinegenre.serve.settings import Settings

from .running import poster, running
from .test_api import FILM, problem

IMAGE = poster("navy")
BASE64 = base64.b64encode(IMAGE).decode()
JSON = {"content-type": "application/json"}


def form(*parts: tuple[str, str] | tuple[str, str, bytes]) -> dict[str, Any]:
    """A multipart form; a part of three is a file: field, name, content."""
    files: list[tuple[str, tuple[str | None, Any]]] = []
    for name, *rest in parts:
        files.append((name, (None, rest[0]) if len(rest) == 1 else (str(rest[0]), rest[1])))
    return {"files": files}


def raw(body: bytes) -> dict[str, Any]:
    return {"content": body, "headers": {"content-type": "multipart/form-data; boundary=x"}}


def part(name: str, value: str, more: str = "") -> bytes:
    head = f'--x\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
    return f"{head}{value}\r\n".encode()


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/readyz", "/metrics", "/v1/model", "/v1/genres", "/docs",
             "/openapi.json", "/static/main.js"],
)  # fmt: skip
def test_monitors_ask_with_head(client: httpx.Client, path: str) -> None:
    told, asked = client.get(path), client.head(path)
    assert (asked.status_code, asked.content) == (200, b"")
    assert asked.headers["content-type"] == told.headers["content-type"]
    assert asked.headers["x-content-type-options"] == "nosniff"
    assert client.head("/nowhere").status_code == 404
    assert client.head("/v1/predict").status_code == 405


def test_a_slash_at_the_end_is_no_redirect(client: httpx.Client) -> None:
    """A redirect would name http:// and the inner host behind a reverse proxy."""
    for path in ("/healthz/", "/v1/genres/", "/docs/"):
        assert client.get(path, follow_redirects=False).status_code == 200
    plain = client.post("/v1/predict", json=FILM)
    assert client.post("/v1/predict/", json=FILM, follow_redirects=False).json() == plain.json()
    problem(client.get("/nowhere/"), 404, "not_found")


WRITTEN = {
    "a byte order mark": b"\xef\xbb\xbf%s",
    "blanks around": b"\r\n %s \r\n",
}


@pytest.mark.parametrize("name", WRITTEN)
def test_json_of_every_kind(client: httpx.Client, name: str) -> None:
    body = b'{"title": "Am\xc3\xa9lie"}'
    expected = client.post("/v1/predict", content=body, headers=JSON).json()
    assert expected["inputs"] == ["title"]
    assert client.post("/v1/predict", content=WRITTEN[name] % body, headers=JSON).json() == expected


POSTERS = {
    "blanks for +": BASE64.replace("+", " "),
    "percent signs": BASE64.replace("+", "%2B").replace("/", "%2F"),
    "str of bytes": str(BASE64.encode()),
    "lines": base64.encodebytes(IMAGE).decode(),
    "capitals": f"DATA:IMAGE/PNG;BASE64,{BASE64}",
    "blanks in front": f" data:image/png; base64,{BASE64}",
    "a name": f'data:image/png;name="a.png";base64,{BASE64}',
    "percent-encoded": "data:image/png," + "".join(f"%{byte:02X}" for byte in IMAGE),
}


@pytest.mark.parametrize("name", POSTERS)
def test_posters_in_every_way_of_writing_them(client: httpx.Client, name: str) -> None:
    expected = client.post("/v1/predict", json={"poster": BASE64}).json()
    assert expected["inputs"] == ["poster"]
    assert client.post("/v1/predict", json={"poster": POSTERS[name]}).json() == expected
    assert client.post("/v1/predict", **form(("poster", POSTERS[name]))).json() == expected


FORMS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no file chosen": (form(("title", "A"), ("poster", "", b"")), ["title"]),
    "no poster typed": (form(("title", "A"), ("poster", "")), ["title"]),
    "nothing else filled in": (
        form(("title", ""), ("overview", ""), ("companies", ""), ("any_language", ""),
             ("poster", "p.png", IMAGE)),
        ["poster"],
    ),
    "a flag of Python's": (form(("title", "A"), ("any_language", "True")), ["title"]),
    "a flag of a page's": (form(("title", "A"), ("any_language", "on")), ["title"]),
    "companies, one of them empty": (
        form(("companies", "A"), ("companies", " "), ("companies", "B")), ["companies"]),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_forms_of_every_kind(client: httpx.Client, name: str) -> None:
    sent, inputs = FORMS[name]
    answer = client.post("/v1/predict", **sent)
    assert answer.status_code == 200, answer.text
    assert answer.json()["inputs"] == inputs


def test_empty_fields_of_an_explanation_are_not_given(client: httpx.Client) -> None:
    sent = form(("title", "The Ghost"), ("genres", ""), ("heat_map", ""))
    plain = client.post("/v1/explain", json={"title": "The Ghost"}).json()
    assert client.post("/v1/explain", **sent).json() == plain


WHOLE = part("title", "A") + part("poster", "x" * 50, '; filename="a.png"') + b"--x--\r\n"
REFUSED: dict[str, tuple[dict[str, Any], str | None, str, str | None]] = {
    "a number": ({"json": {"id": 862, "title": "A"}}, "id", "id is 862", 'send a string: "862"'),
    "null": ({"json": {"any_language": None}}, "any_language", "any_language is null",
             "send true or false"),
    "a text for a list": ({"json": {"people": "A, B"}}, "people", 'people is "A, B"',
                          "send a list"),
    "an object": ({"json": {"companies": [{"name": "A"}]}}, "companies.0",
                  "companies.0 is an object", "send a string"),
    "capitals": ({"json": {"Title": "A"}}, "Title", "Title is not read", 'did you mean "title"?'),
    "another name": ({"json": {"plot": "A"}}, "plot", "plot is not read",
                     'did you mean "overview"?'),
    "a slip": ({"json": {"compnies": []}}, "compnies", "compnies is not read",
               'did you mean "companies"?'),
    "PHP's list": (form(("companies[]", "A"), ("companies[]", "B")), "companies[]",
                   "companies[] is not read", 'did you mean "companies"?'),
    "no field": ({"json": {"zzz": 1}}, "zzz", "zzz is not read", "leave it out"),
    "a list of films": ({"json": [{"title": "A"}]}, None, "the body is a list",
                        'send one object; several films go to /v1/predict/batch as '
                        '{"films": [...]}'),
    "a text": ({"json": "Alien"}, None, 'the body is "Alien"',
               'send an object, such as {"title": "Alien"}'),
    "a file elsewhere": (form(("image", "a.png", IMAGE)), "image",
                         "a file in the field 'image'", "send it in the field 'poster'"),
    "two files": (form(("poster", "a.png", IMAGE), ("poster", "b.png", IMAGE)), "poster",
                  "the form has several files", "send one poster"),
    "a flag that is none": (form(("title", "A"), ("any_language", "maybe")), "any_language",
                            'any_language is "maybe"', "send true or false"),
    "a form that was cut off": (raw(WHOLE[:-20]), None,
                                "the form has no end: its last boundary is missing",
                                "send it whole"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_fit_is_named_with_its_value(client: httpx.Client, name: str) -> None:
    sent, field, said, cure = REFUSED[name]
    answer = client.post("/v1/predict", **sent)
    assert problem(answer, 422, "invalid_input", field) == said
    assert answer.json()["error"]["cure"] == cure


def test_a_packed_or_empty_body_is_called_so(client: httpx.Client) -> None:
    packed = gzip.compress(b'{"title": "A"}')
    answer = client.post("/v1/predict", content=packed,
                         headers=JSON | {"content-encoding": "gzip"})  # fmt: skip
    said = problem(answer, 415, "unsupported_media_type")
    assert said == "the body is packed (gzip)"
    empty = client.post("/v1/predict", content=b"", headers=JSON)
    assert problem(empty, 422, "invalid_json") == "the body is empty"


def test_an_unknown_genre_is_named(client: httpx.Client) -> None:
    answer = client.post("/v1/explain", json=FILM | {"genres": ["HORROR"]})
    assert problem(answer, 422, "unknown_genre", "genres") == "unknown genre 'HORROR'"
    assert answer.json()["error"]["cure"].startswith("did you mean 'Horror'? known: Action, ")


def test_the_name_of_the_scheme_of_a_token_has_no_case(tagger: Tagger) -> None:
    with running(Settings(token="s3cret"), tagger) as address:
        for scheme in ("Bearer", "bearer", "BEARER", "Bearer "):
            head = {"authorization": f"{scheme} s3cret"}
            assert httpx.get(f"{address}/v1/genres", headers=head).status_code == 200
        for wrong in ("Basic s3cret", "bearer", "bearer S3CRET"):
            refused = httpx.get(f"{address}/v1/genres", headers={"authorization": wrong})
            assert refused.status_code == 401


def test_another_sites_page_may_read_when_to_ask_again(tagger: Tagger) -> None:
    settings = Settings(origins=("https://a.example",))
    with running(settings, tagger) as address:
        answer = httpx.get(f"{address}/healthz", headers={"origin": "https://a.example"})
    assert answer.headers["access-control-expose-headers"] == "retry-after"


def test_strange_methods_share_a_counter(tagger: Tagger) -> None:
    with running(Settings(), tagger) as address, httpx.Client(base_url=address) as client:
        for number in range(5):
            problem(client.request(f"X{number}", "/healthz"), 405, "method_not_allowed")
        assert client.head("/healthz").status_code == 200
        text = client.get("/metrics").text
    counted = {line.split("{")[1] for line in text.splitlines() if "requests_total{" in line}
    assert {one.split('"')[1] for one in counted} == {"other", "HEAD"}
