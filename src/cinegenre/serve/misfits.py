"""Words what does not fit the model of a request: the field, its value, and what to send."""

from __future__ import annotations

import pydantic
from pydantic import BaseModel

from ..errors import shown
from ..readers.columns import field_of
from .problems import Problem

_WANTED = {
    "string_type": "send a string",
    "bool_type": "send true or false",
    "list_type": "send a list",
    "model_type": 'send an object, such as {"title": "Alien"}',
    "dict_type": 'send an object, such as {"title": "Alien"}',
}
"""pydantic's type of an error → the cure."""


def problem_of(error: pydantic.ValidationError, model: type[BaseModel], place: str = "") -> Problem:
    """The first validation error as a `Problem` that names its field.

    `place` is where the film stands in the request, such as "films.3.".
    """
    first = error.errors(include_url=False, include_context=False)[0]
    kind, value = first["type"], first["input"]
    if kind == "json_invalid":
        return Problem(422, f"the body is not JSON: {first['msg'].partition(': ')[2]}",
                       "send UTF-8 JSON", code="invalid_json")  # fmt: skip
    field = (place + ".".join(str(part) for part in first["loc"])).strip(".")[:100]
    if kind == "extra_forbidden":
        meant = _meant(str(first["loc"][-1]), model)
        cure = f'did you mean "{meant}"?' if meant else "leave it out"
        return Problem(422, f"{field} is not read", cure, field=field)
    if kind == "missing":
        return Problem(422, f"{field} is missing", "send it", field=field)
    cure = _WANTED.get(kind, "see /docs for its type")
    if kind == "string_type" and isinstance(value, int) and not isinstance(value, bool):
        cure = f"send a string: {shown(str(value))}"
    if kind == "model_type" and isinstance(value, list) and not place:
        cure = 'send one object; several films go to /v1/predict/batch as {"films": [...]}'
    return Problem(422, f"{field or 'the body'} is {_called(value)}", cure, field=field or None)


def _called(value: object) -> str:
    """A value as JSON has it, cut."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list) else shown(value)


def _meant(name: str, model: type[BaseModel]) -> str | None:
    """The field of `model` that is probably meant by a name that is none."""
    from difflib import get_close_matches

    plain = name.partition("[")[0].strip().casefold()
    meant = field_of(plain) if plain not in model.model_fields else plain
    if meant in model.model_fields:
        return meant
    return next(iter(get_close_matches(plain, model.model_fields, n=1)), None)
