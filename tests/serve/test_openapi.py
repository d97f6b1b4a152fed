"""The OpenAPI document, and requests drawn from it."""

from __future__ import annotations

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance,
          response_schema_conformance]  # fmt: skip
DRAWN = settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@pytest.mark.parametrize("operation", ["POST /v1/predict", "POST /v1/predict/batch",
                                       "POST /v1/explain", "GET /v1/genres", "GET /v1/model",
                                       "GET /healthz", "GET /readyz"])  # fmt: skip
def test_no_request_fails_the_service(service: str, operation: str) -> None:
    schema = schemathesis.openapi.from_url(f"{service}/openapi.json")
    method, path = operation.split()

    @DRAWN
    @given(case=schema[path][method].as_strategy())
    def sent(case: schemathesis.Case) -> None:
        case.call_and_validate(checks=CHECKS, timeout=120)

    sent()


def test_the_document_names_every_address_and_body(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()
    assert set(document["paths"]) == {"/v1/predict", "/v1/predict/batch", "/v1/explain",
                                      "/v1/genres", "/v1/model", "/healthz", "/readyz"}  # fmt: skip
    bodies = document["paths"]["/v1/predict"]["post"]["requestBody"]["content"]
    assert set(bodies) == {"application/json", "multipart/form-data"}
    assert bodies["application/json"]["schema"] == {"$ref": "#/components/schemas/PredictIn"}
    assert "poster" in document["components"]["schemas"]["PredictIn"]["properties"]
    film = document["components"]["schemas"]["BatchIn"]["properties"]["films"]["items"]
    assert film == {"$ref": "#/components/schemas/FilmIn"}


@pytest.mark.parametrize("path", ["/v1/predict", "/v1/explain"])
def test_docs_sends_a_form_as_it_is_read(client: httpx.Client, path: str) -> None:
    """Swagger's page fills in `examples`, or "string", and joins lists unless they explode."""
    document = client.get("/openapi.json").json()
    form = document["paths"][path]["post"]["requestBody"]["content"]["multipart/form-data"]
    fields = form["schema"]["properties"]
    lists = {name for name, field in fields.items() if field["type"] == "array"}
    assert set(form["encoding"]) == lists
    assert all(form["encoding"][name]["explode"] for name in lists)
    filled = {name: field["examples"][0] for name, field in fields.items() if "examples" in field}
    assert set(filled) == {name for name, field in fields.items()
                           if field["type"] in ("string", "array")} - {"poster"}  # fmt: skip
    sent = [(name, (None, text)) for name, value in filled.items()
            for text in (value if isinstance(value, list) else [value])]  # fmt: skip
    answer = client.post(path, files=sent)
    assert answer.json()["inputs"] == ["title", "overview", "companies"]
