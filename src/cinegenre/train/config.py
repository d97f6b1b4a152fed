"""Reads TOML tables into frozen dataclasses; unknown keys and wrong types are errors with a
cure.
"""

from __future__ import annotations

import dataclasses
import math
import operator
import re
import tomllib
import types
import typing
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import UserError, shown, unknown

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


def limited(
    default: Any,
    *,
    at_least: float | None = None,
    above: float | None = None,
    below: float | None = None,
    of: tuple[str, ...] = (),
) -> Any:
    """A dataclass field with limits that `from_table` checks; in a tuple, they hold for each item.

    `of` lists the values that a string may have.
    """
    limits = {"at_least": at_least, "above": above, "below": below, "of": of}
    return dataclasses.field(default=default, metadata=limits)


def from_table(kind: type[T], table: Mapping[str, Any], where: str) -> T:
    """An instance of the dataclass `kind`; `where` names the table in errors ("train").

    Knows int, float, str, bool, None, tuples, dicts and nested dataclasses.
    """
    if not isinstance(table, Mapping):
        raise UserError(f"[{where}] is {shown(table)}", "it must be a table")
    hints = typing.get_type_hints(kind)
    fields = {field.name: field for field in dataclasses.fields(kind)}
    for key in table:
        if key not in fields:
            raise unknown(f"key in [{where}]", key, fields)
    for name, field in fields.items():
        required = field.default is field.default_factory is dataclasses.MISSING
        if required and name not in table:
            raise UserError(f"[{where}] has no {name!r}", f"add {name} = …")
    values = {}
    for key in table:
        if fields[key].metadata.get("of") and not isinstance(table[key], str):
            raise unknown(f"{where}.{key}", table[key], fields[key].metadata["of"])
        values[key] = _value(hints[key], table[key], f"{where}.{key}")
        _check(values[key], fields[key].metadata, f"{where}.{key}")
    return kind(**values)


def parse_override(text: str) -> tuple[list[str], Any]:
    """Parse `a.b=c` to (["a", "b"], value); a value that is not TOML is taken as a string."""
    path, sign, raw = text.partition("=")
    if not sign or not path.strip():
        raise UserError(
            f"--set {text!r} is not of the form key=value", "write --set train.epochs=5"
        )
    try:
        value = tomllib.loads(f"value = {raw}")["value"]
    except tomllib.TOMLDecodeError:
        value = raw.strip()
    return [part.strip() for part in path.split(".")], value


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with the values of `over` in place of its own, table by table."""
    result = dict(base)
    for key, value in over.items():
        both = isinstance(value, Mapping) and isinstance(result.get(key), Mapping)
        result[key] = merge(result[key], value) if both else value
    return result


def _check(value: Any, limits: Mapping[str, Any], where: str) -> None:
    if isinstance(value, tuple):
        for item in value:
            _check(item, limits, where)
    elif isinstance(value, float) and not math.isfinite(value):
        raise UserError(f"{where} is {value}", "it must be a finite number")
    elif isinstance(value, str) and limits.get("of") and value not in limits["of"]:
        raise unknown(where, value, limits["of"])
    elif isinstance(value, int | float) and limits:
        signs = {"at_least": operator.ge, "above": operator.gt, "below": operator.lt}
        asked = {name: limits[name] for name in signs if limits[name] is not None}
        if not all(signs[name](value, limit) for name, limit in asked.items()):
            cure = ", ".join(f"{name.replace('_', ' ')} {limit}" for name, limit in asked.items())
            raise UserError(f"{where} is {value}", f"it must be {cure}")


def _value(hint: Any, value: Any, where: str) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return value
    if origin in (typing.Union, types.UnionType):
        if value is None and type(None) in arguments:
            return None
        return _value(next(a for a in arguments if a is not type(None)), value, where)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return value if isinstance(value, hint) else from_table(hint, value, where)
    if origin is tuple and isinstance(value, list | tuple):
        return tuple(_value(arguments[0], item, where) for item in value)
    if origin is dict and isinstance(value, Mapping):
        return {key: _value(arguments[1], item, f"{where}.{key}") for key, item in value.items()}
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if origin is None and isinstance(value, hint) and not (hint is int and isinstance(value, bool)):
        return value
    wanted = {int: "a whole number", float: "a number", str: "a string", bool: "true or false"}
    raise UserError(f"{where} is {shown(value)}", f"it must be {wanted.get(hint, 'a list')}")


def is_part(text: str) -> bool:
    """Whether `text` is "2/5" or the like: a part of the films that there is."""
    number, _, parts = text.partition("/")
    return bool(re.fullmatch(r"[1-9]\d?/([2-9]|[1-9]\d)", text)) and int(number) <= int(parts)
