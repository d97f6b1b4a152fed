"""Completes the OpenAPI document: bodies that FastAPI does not read, and the format of errors."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from . import schemas
from .forms import FILE, properties

_REFERENCE = "#/components/schemas/{model}"
_BODIES = (schemas.FilmIn, schemas.PredictIn, schemas.ExplainIn, schemas.BatchIn)
_EXAMPLE: dict[str, Any] = schemas.EXAMPLE
_GET = (401, 429, 503)
_POST = (401, 408, 413, 415, 422, 429, 503)


def get(answer: type[BaseModel]) -> dict[str, Any]:
    """The arguments of a route without a body."""
    return {"response_model": answer, "responses": _problems(_GET)}


def post(body: type[BaseModel], answer: type[BaseModel]) -> dict[str, Any]:
    """The arguments of a route that takes JSON, or for a single film also a form."""
    content: dict[str, Any] = {"application/json": {"schema": _named(body)}}
    if issubclass(body, schemas.FilmIn):
        fields = {name: _with_example(name, field) for name, field in properties(body).items()}
        lists = [name for name, field in fields.items() if field["type"] == "array"]
        content["multipart/form-data"] = {
            "schema": {
                "type": "object",
                "properties": fields,
                "additionalProperties": False,
            },
            # Otherwise /docs sends a list as one text with commas.
            "encoding": {name: {"style": "form", "explode": True} for name in lists},
        }
    return {
        "response_model": answer,
        "responses": _problems(_POST),
        "openapi_extra": {"requestBody": {"required": True, "content": content}},
    }


def _with_example(name: str, field: dict[str, Any]) -> dict[str, Any]:
    """A form's field, filled in for /docs, which else would send "string" in each."""
    if field["type"] not in ("string", "array") or name == FILE:
        return field
    return field | {"examples": [_EXAMPLE.get(name, [] if field["type"] == "array" else "")]}


def complete(app: FastAPI, *, with_token: bool) -> None:
    """Add the schemas of the bodies to the document and, if it is required, the token."""
    plain = app.openapi

    def whole() -> dict[str, Any]:
        if app.openapi_schema:
            return app.openapi_schema
        document = plain()
        _, found = models_json_schema(
            [(body, "validation") for body in _BODIES], ref_template=_REFERENCE
        )
        parts = document.setdefault("components", {})
        parts.setdefault("schemas", {}).update(found["$defs"])
        if with_token:
            parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
            document["security"] = [{"token": []}]
        app.openapi_schema = document
        return document

    app.openapi = whole  # type: ignore[method-assign]


def _named(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REFERENCE.format(model=model.__name__)}


def _problems(statuses: tuple[int, ...]) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": schemas.ProblemOut} for status in statuses}
