"""Results as frozen dataclasses that become JSON objects: `as_dict` writes, `from_dict` reads.

>>> from dataclasses import dataclass, field
>>> @dataclass(frozen=True)
... class Found(Record):
...     films: int
...     at_half: float = field(metadata=named("at_0.5"))
>>> Found(3, 0.25).as_dict()
{'films': 3, 'at_0.5': 0.25}
>>> Found.from_dict({"films": 3, "at_0.5": 0.25})
Found(films=3, at_half=0.25)
"""

from __future__ import annotations

import math
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from typing import Any, Self

from .errors import UserError


def named(name: str) -> dict[str, Any]:
    """Metadata of a field that has another name in JSON."""
    return {"name": name}


OPTIONAL = {"optional": True}
"""Metadata of a field that is left out of the JSON if it is None."""

EMPTY = {"empty": True}
"""Metadata of a field that is {} in the JSON if it is None."""

SPREAD = {"spread": True}
"""Metadata of a mapping whose items stand beside the other fields in the JSON. When read, all keys
that no other field takes go into it."""


class Record:
    """Base class of dataclasses of numbers, texts, tuples, mappings by text, and other records."""

    def as_dict(self) -> dict[str, Any]:
        """The record ready for JSON, in the order of its fields; NaN becomes None."""
        values: dict[str, Any] = {}
        for each in fields(self):  # type: ignore[arg-type]
            value = getattr(self, each.name)
            if value is None and each.metadata.get("optional"):
                continue
            inner = {} if value is None and each.metadata.get("empty") else plain(value)
            values |= inner if each.metadata.get("spread") else {_name(each): inner}
        return values

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> Self:
        """Read what `as_dict` wrote; unknown keys are ignored.

        Raises `UserError` if a field without a default is missing.
        """
        hints, values, spread = typing.get_type_hints(cls), {}, None
        for each in fields(cls):  # type: ignore[arg-type]
            name = _name(each)
            if each.metadata.get("spread"):
                spread = each.name
            elif name in table:
                absent = each.metadata.get("empty") and not table[name]
                values[each.name] = None if absent else _value(hints[each.name], table[name])
            elif each.default is each.default_factory is MISSING:
                raise UserError(f"{cls.__name__} without {name!r}", "make the file anew")
        if spread is not None:
            taken = {_name(each) for each in fields(cls)}  # type: ignore[arg-type]
            rest = {key: value for key, value in table.items() if key not in taken}
            values[spread] = _value(hints[spread], rest)
        return cls(**values)


def plain(value: Any) -> Any:
    """`value` ready for JSON: records as dicts, tuples as lists, plain numbers, NaN as None."""
    if isinstance(value, Record):
        return value.as_dict()
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "item"):  # a number of numpy's; asked this way, numpy need not be imported
        value = value.item()
    return None if isinstance(value, float) and math.isnan(value) else value


def _name(each: Field[Any]) -> str:
    return str(each.metadata.get("name", each.name))


def _value(hint: Any, value: Any) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if value is None:
        return None
    if origin in (typing.Union, types.UnionType):
        [inner, *others] = [each for each in arguments if each is not type(None)]
        return value if others else _value(inner, value)
    if isinstance(hint, type) and issubclass(hint, Record):
        return hint.from_dict(value)
    if origin is tuple:
        return tuple(_value(arguments[0], item) for item in value)
    if origin is not None and issubclass(origin, Mapping):
        return {key: _value(arguments[1], item) for key, item in value.items()}
    return value
