"""Forms as request bodies: the fields of the JSON body as texts, and the poster as a file.

The fields are derived from the model of the JSON body, both for reading and for OpenAPI.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from pydantic import BaseModel
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from .problems import Problem
from .settings import Settings

FILE = "poster"
"""The field that is sent as a file. Sent as text it is base64, as in JSON."""

_FLAGS = dict.fromkeys(("true", "1", "on", "yes"), True)
_FLAGS |= dict.fromkeys(("false", "0", "off", "no"), False)
_SIMPLE = ("string", "boolean", "integer", "number")


@cache
def properties(model: type[BaseModel]) -> dict[str, dict[str, Any]]:
    """Every field of `model` → its JSON schema in a form, which has no null.

    Raises `TypeError` for a field that a form cannot have, such as an object.
    """
    schemas = {}
    for name, schema in model.model_json_schema()["properties"].items():
        if name == FILE:
            schemas[name] = {"type": "string", "format": "binary", "description": "An image file."}
            continue
        kinds = [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"]
        if len(kinds) != 1 or _scalar(kinds[0]) not in _SIMPLE:
            raise TypeError(f"{model.__name__}.{name} cannot be a field of a form")
        about = {key: schema[key] for key in ("description", "default") if key in schema}
        field = {key: value for key, value in (about | kinds[0]).items() if key != "title"}
        schemas[name] = {key: value for key, value in field.items() if value is not None}
    return schemas


async def read_form(
    request: Request, model: type[BaseModel], settings: Settings
) -> tuple[dict[str, Any], bytes | None]:
    """Read a form: the fields as `model` takes them, and the file's bytes. Raises a `Problem`."""
    reader = _InMemory(request, settings.body_bytes + 1)
    try:
        form = await reader.parse()
    except (MultiPartException, KeyError, ValueError, UnicodeError) as error:
        why = error.message if isinstance(error, MultiPartException) else "it is incomplete"
        raise Problem(422, f"the form cannot be read: {why}", "send it anew") from None
    if not reader.ended:
        raise Problem(422, "the form has no end: its last boundary is missing", "send it whole")
    known = properties(model)
    table: dict[str, Any] = {}
    files: list[bytes] = []
    for name, value in form.multi_items():
        field = known.get(name, {})
        if isinstance(value, UploadFile):
            _check_file(name, files)
            data = await value.read()
            if data or value.filename:  # else nobody has chosen a file
                files.append(data)
        elif field and not value.strip():
            continue  # forms send the fields that nobody has filled in
        elif field.get("type") == "array":
            table.setdefault(name, []).append(_value(value, _scalar(field)))
        elif name in table and field:
            raise Problem(422, f"{name[:60]} stands twice in the form", "send it once",
                          field=name[:60])  # fmt: skip
        else:
            table[name] = _value(value, _scalar(field))
    await form.close()
    return table, files[0] if files else None


def _check_file(name: str, files: list[bytes]) -> None:
    if name != FILE:
        raise Problem(422, f"a file in the field {name[:60]!r}", f"send it in the field {FILE!r}",
                      field=name[:60])  # fmt: skip
    if files:
        raise Problem(422, "the form has several files", "send one poster", field=FILE)


class _InMemory(MultiPartParser):
    """Keeps files in memory, within the limit of the body, and never writes them to disk."""

    def __init__(self, request: Request, most: int) -> None:
        super().__init__(
            request.headers, request.stream(), max_files=100, max_fields=1000, max_part_size=most
        )
        self.spool_max_size = most
        self.ended = False

    def on_end(self) -> None:
        # Without this a part that was cut off would be passed over.
        self.ended = True


def _scalar(schema: dict[str, Any]) -> str | None:
    """The type of a field, or of the entries of a list."""
    kind = schema.get("items", {}).get("type") if schema.get("type") == "array" else None
    return kind or schema.get("type")


def _value(text: str, kind: str | None) -> Any:
    """The text of a field as a JSON value; an unfit text stays, and the model refuses it."""
    if kind == "boolean":
        return _FLAGS.get(text.strip().lower(), text)
    if kind == "integer" and re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        return int(text)
    if kind == "number" and re.fullmatch(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?", text):
        return float(text)
    return text
