"""Reads films from the body of a request."""

from __future__ import annotations

from codecs import BOM_UTF8
from dataclasses import fields
from pathlib import PurePath
from typing import Any, TypeVar

import pydantic
from pydantic import BaseModel
from starlette.requests import Request

from ..base64_text import from_base64, from_data_address, is_data_address
from ..images import pixels_of
from ..movie import Movie, is_address
from ..pictures import ENDINGS
from .forms import FILE, read_form
from .misfits import problem_of
from .problems import Problem
from .schemas import FilmIn
from .settings import Settings

Model = TypeVar("Model", bound=BaseModel)
_GIVEN = tuple(
    name
    for name in FilmIn.model_fields
    if name in {field.name for field in fields(Movie)} and name != FILE
)
"""The fields that `FilmIn` and `Movie` share; the poster is left out, as it has to be decoded."""


async def read(request: Request, model: type[Model], settings: Settings) -> tuple[Model, Any]:
    """The body as `model`, and the bytes of the poster if a form has it as a file, else None.

    Forms are accepted for single films, not for batches. Raises a `Problem` for a body that is
    neither JSON nor a form, or that `model` refuses.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    packed = request.headers.get("content-encoding", "identity").strip().lower()
    if packed not in ("identity", ""):
        raise Problem(415, f"the body is packed ({packed[:60]})", "send it unpacked")
    if kind == "multipart/form-data" and issubclass(model, FilmIn):
        table, poster = await read_form(request, model, settings)
        try:
            return model.model_validate(table), poster
        except pydantic.ValidationError as error:
            raise problem_of(error, model) from None
    if kind != "application/json":
        raise Problem(
            415, f"the body's type is {kind or 'not given'}", "send application/json"
            + (", or multipart/form-data" if issubclass(model, FilmIn) else ""),
        )  # fmt: skip
    return parse(await request.body(), model), None


def parse(body: bytes, model: type[Model]) -> Model:
    """Parse a JSON body as `model`. Raises a `Problem` if it does not fit."""
    body = body.removeprefix(BOM_UTF8)  # .NET and PowerShell write it
    if not body.strip():
        raise Problem(422, "the body is empty", 'send JSON, such as {"title": "Alien"}',
                      code="invalid_json")  # fmt: skip
    try:
        return model.model_validate_json(body)
    except pydantic.ValidationError as error:
        raise problem_of(error, model) from None


def validated(table: Any, place: str) -> FilmIn:
    """Check one film of a batch; errors name it by `place`, such as "films.3."."""
    try:
        return FilmIn.model_validate(table)
    except pydantic.ValidationError as error:
        raise problem_of(error, FilmIn, place) from None


def to_movie(film: FilmIn, poster: bytes | None, settings: Settings, place: str = "") -> Movie:
    """Make a `Movie` of a film within the limits. Raises a `Problem` that names the field."""
    given = {name: value for name in _GIVEN if (value := getattr(film, name)) is not None}
    for name, value in given.items():
        names = value if isinstance(value, list) else []
        if len(names) > settings.names:
            raise Problem(422, f"{len(names)} {name}, and at most {settings.names} are read",
                          "send the first ones", field=place + name)  # fmt: skip
        for text in [value] if isinstance(value, str) else names:
            _short(text, settings, place + name)
    together = len(film.title or "") + len(film.overview or "")
    if together > settings.text_characters:
        raise _too_long(together, settings, place + "overview")
    if film.poster is not None and poster is None:
        poster = decoded(film.poster, place + "poster")
    if poster is not None:
        check_pixels(poster, settings, place + "poster")
    return Movie(**given, poster=poster)


def decoded(text: str, field: str = "poster") -> bytes:
    """Decode base64 or a data: address to bytes. Raises a `Problem` for anything else."""
    try:
        return from_data_address(text) if is_data_address(text) else from_base64(text)
    except ValueError as error:
        plain = text.strip()
        what, cure = f"the poster is not base64: {error}", "encode the file's bytes in base64"
        if is_address(plain):
            what, cure = "the poster is an address", "send it as poster_url"
        elif PurePath(plain).suffix.lower() in ENDINGS:
            what, cure = "the poster is a path", f"no file is read here: {cure}"
        raise Problem(422, what, cure, code="unreadable_poster", field=field) from None


def check_pixels(poster: bytes, settings: Settings, field: str) -> None:
    """Refuse a poster that is too large, by the size in its header, before pixels are decoded."""
    pixels = pixels_of(poster)
    if pixels is not None and pixels > settings.pixels:
        raise Problem(
            422,
            f"the poster has {pixels / 1e6:.0f} megapixels, over {settings.pixels / 1e6:g}",
            "shrink it", code="too_large", field=field,
        )  # fmt: skip


def _short(text: str, settings: Settings, field: str) -> None:
    if len(text) > settings.text_characters:
        raise _too_long(len(text), settings, field)


def _too_long(characters: int, settings: Settings, field: str) -> Problem:
    return Problem(
        422, f"{characters} characters of text, over {settings.text_characters}",
        "send its beginning", code="text_too_long", field=field,
    )  # fmt: skip
