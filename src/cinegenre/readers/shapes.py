"""Splits a cell with several entries, in all the forms that programs write."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from typing import Any, NoReturn

from ..errors import shown
from .cells import absent, literal

NAME_KEYS = ("name", "genre", "label", "title", "text", "value", "tag")
"""Keys under which an entry such as `{"id": 16, "name": "Animation"}` has its name."""

_CALL = re.compile(
    r"(?:np\.|numpy\.)?(?:array|frozenset|set|list|tuple|deque|dict_keys|dict_values)\s*\((?P<inside>.*?)"
    r"(?:,\s*dtype\s*=\s*[^()]*)?\s*\)",
    re.DOTALL,
)
_BARE_CALL = re.compile(
    r"(?:WrappedArray|ArrayBuffer|ArraySeq|Array|Vector|List|Set|Seq)\((?P<scala>[^()\[\]{}]*)\)"
    r"|(?:c|character|vector)\((?P<r>\s*(?:(?:\"[^\"]*\"|'[^']*')\s*,?\s*)*|0)\)"
)
"""How Spark (Scala) and R print lists: `WrappedArray(A, B)`, `c("A", "B")`, `character(0)`."""
_SPACED = re.compile(r"\[\s*('[^'\\]*'|\"[^\"\\]*\")(\s+('[^'\\]*'|\"[^\"\\]*\"))+\s*\]")
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_SPACED_NUMBERS = re.compile(r"\[\s*\d+\.?(?:\s+\d+\.?)*\s*\]", re.ASCII)
_LIST = re.compile(r"\[\s*(['\"{\]\[]|$|([\d.]+|None|null|nan)\s*[,\]])|\{\s*(['\"}]|$)")
_TUPLE = re.compile(r"\(\s*(['\"{)\[]|$|\d+\s*,)")
_BARE = re.compile(r"\[[^][{}]*,[^][{}]*\]|\{[^][{}:]*,[^][{}:]*\}")
_KEYED = re.compile(r"['\"]\s*:")
_ID = re.compile(r"/[mg]/\w+|[A-Z]\d+|\d+|tt\d+|[0-9a-f-]{16,}", re.ASCII)
"""The keys of a dict of names: ids of Freebase, Wikidata or others."""


_NAME_KEY = re.compile(r"S|\w*(?:name|genre|label|tag|description)", re.IGNORECASE)


def entries(cell: object, *, brackets: bool = True) -> list[Any] | str:
    """The entries of a cell: names as texts, numbers as they are, without nulls; or a plain text.

    It understands lists and dicts, and texts that represent them: JSON, Python's `['A', 'B']`,
    `{'A', 'B'}` and `('A', 'B')`, numpy's `['A' 'B']`, `[A, B]`, Postgres' `{A,"B C"}`, TMDB's
    `[{"id": 16, "name": "A"}]`, Freebase's `{"/m/01": "A"}`, and any of these as a JSON text.
    Raises `ValueError` for a text that begins like a list but is not one. `brackets` says whether
    every text in brackets counts as a list; otherwise a name may have them ("[adult swim]").
    """
    cell = text_of(cell)
    if absent(cell):
        return []
    return _of_text(cell.strip(), brackets) if isinstance(cell, str) else _flat(cell)


def listed(cell: object, separators: str) -> tuple[str, ...]:
    """The names in a cell of entries, or in a text with one of `separators`.

    A text is split at the first of `separators` that occurs in it, never at spaces. Raises
    `ValueError` for a list that is broken or contains anything but names.
    """
    found = entries(cell, brackets=False)
    if isinstance(found, str):
        divider = next((mark for mark in separators if mark in found), None)
        parts = found.split(divider) if divider else [found]
        found = [part for each in parts if not absent(part := each.strip())]
    return names_of(found)


def names_of(found: Iterable[object]) -> tuple[str, ...]:
    """The entries if all are names. Raises `ValueError` if one is not."""
    values = tuple(found)
    for value in values:
        if not isinstance(value, str):
            raise ValueError(f"{shown(value)} is not a name")
    return values  # type: ignore[return-value]


def named(value: Any) -> Any:
    """The name in TMDB's form `{"id": ..., "name": ...}`; any other value as it is."""
    if not isinstance(value, dict):
        return value
    for members in (value, {str(key).casefold(): each for key, each in value.items()}):
        for key in NAME_KEYS:
            if members.get(key) is not None:
                return members[key]
    return value


def _of_text(text: str, brackets: bool, depth: int = 0) -> list[Any] | str:
    if absent(text) or not text:
        return []
    call = _CALL.fullmatch(text)
    if call:
        text = call["inside"] or "[]"
    elif call := _BARE_CALL.fullmatch(text):
        inside = (call["scala"] or call["r"] or "").strip()
        text, brackets = f"[{'' if inside == '0' else inside}]", True
    if not _is_list(text, brackets):
        return text
    if _SPACED.fullmatch(text):
        # Python would read numpy's ['A' 'B'] as one string.
        return [single or double for single, double in _QUOTED.findall(text)]
    if _SPACED_NUMBERS.fullmatch(text):
        return [int(number.rstrip(".")) for number in text[1:-1].split()]
    try:
        value = literal(text)
    except ValueError:
        return _bare(text)
    if isinstance(value, str):  # JSON in JSON, or a name in quotes
        return _of_text(value.strip(), brackets, depth + 1) if depth < 3 else value
    return _flat(value)


def _is_list(text: str, brackets: bool) -> bool:
    first = text[0]
    if first in "[{":
        return brackets or bool(_LIST.match(text) or _BARE.fullmatch(text))
    if first in "'\"":
        whole = len(text) > 1 and text[-1] == first
        return whole and first not in text[1:-1].replace(f"\\{first}", "")
    return first == "(" and _TUPLE.match(text) is not None


def _bare(text: str) -> list[Any]:
    """The entries of `[A, B]` and of `{A,"B C"}`, which are neither JSON nor Python."""
    inside = text[1:-1].strip()
    keyed = _KEYED.search(inside) or (text[0] == "{" and ":" in inside)
    if text[0] + text[-1] not in ("[]", "{}") or keyed:
        _broken(text)
    quote = "'" if inside.startswith("'") else '"'
    try:
        [cells] = csv.reader(
            [" ".join(inside.split())], quotechar=quote, skipinitialspace=True, strict=True
        )
    except (csv.Error, ValueError):
        _broken(text)
    found = [cell for each in cells if (cell := each.strip()) and not absent(cell)]
    if any(cell[0] in "'\"[]{}" or cell[-1] in "'\"[]{}" for cell in found):
        _broken(text)
    return list(found)


def _broken(text: str) -> NoReturn:
    raise ValueError(f"{shown(text)} is not a list that can be read") from None


def _flat(value: object) -> list[Any]:
    if isinstance(value, dict):
        return _of_dict(value)
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise ValueError(f"{shown(value)} is not a list")
    value = list(value)
    if value and all(isinstance(each, tuple) and len(each) == 2 for each in value):
        # Parquet's maps arrive as pairs; the keys of a map are names only if its values are yes or
        # no.
        members = dict(value)
        yes = all(isinstance(each, bool) or each in (0, 1) for each in members.values())
        return _of_dict(members) if yes else _flat([each for _, each in value])
    # A list's null is an absent entry, as in padded Parquet columns.
    return [entry for each in value if not absent(entry := _entry(each)) and entry != ""]


def text_of(value: object) -> object:
    """A text stored as bytes (by Spark and Impala in Parquet) as text; anything else as it is."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _entry(value: object) -> object:
    value = text_of(value)
    if isinstance(value, dict):
        found = named(value)
        return _name_in(value) if found is value else found
    return value


def _name_in(value: dict[Any, Any]) -> object:
    """The only name in `{"id": 1, "genre_name": "A"}` or `{"S": "A"}`, or the id in `{"id": 27}`;
    any other dict as it is."""
    names = [each for key, each in value.items() if _NAME_KEY.fullmatch(str(key))]
    if len(names) == 1 and isinstance(names[0], str):
        return names[0]
    return value["id"] if [*value] == ["id"] else value


def _of_dict(value: dict[Any, Any]) -> list[Any]:
    """The entries of a dict: one entry with a name, entries by id, or names with yes or no."""
    inner = named(value)
    if inner is value and len(value) == 1 and ("id" in value or isinstance(_only(value), list)):
        inner = _only(value)  # {"id": 16}, {"genres": [...]}
    if inner is not value:
        # Hugging Face turns a list of structs into a struct of lists.
        return _flat(inner if isinstance(inner, list | tuple) else [inner])
    members = list(value.values())
    if all(isinstance(each, str) for each in members):
        if all(_ID.fullmatch(str(each)) for each in value):
            return _flat(members)
    elif all(isinstance(each, bool) or each in (0, 1) for each in members):
        return [each for each, yes in value.items() if yes]
    raise ValueError(f"{shown(value)} is not a list")


def _only(value: dict[Any, Any]) -> Any:
    return next(iter(value.values()))
