"""Divides a film's texts into the units that are left out one by one: words, characters, names."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import Any

from ..movie import Movie

NAMES = ("companies", "people")
"""Fields whose units are whole names."""

PIECE = 6
"""Letters per unit in scripts without spaces between words."""

_JOINERS = "\u200c\u200d"
_APOSTROPHES = "'’"
# First and last code point of the scripts without spaces, and how to cut them.
_SCRIPTS = (
    (0x0E00, 0x0EFF, "piece"),  # Thai, Lao
    (0x0F00, 0x0FFF, "piece"),  # Tibetan
    (0x1000, 0x109F, "piece"),  # Burmese
    (0x1780, 0x17FF, "piece"),  # Khmer
    (0x3005, 0x3007, "one"),
    (0x3040, 0x309F, "hiragana"),
    (0x30A0, 0x30FF, "katakana"),
    (0x3400, 0x4DBF, "one"),
    (0x4E00, 0x9FFF, "one"),
    (0xF900, 0xFAFF, "one"),
    (0xFF66, 0xFF9F, "katakana"),
    (0x20000, 0x3FFFF, "one"),
)


@dataclass(frozen=True)
class Unit:
    """A unit of a film's text: `text` is `field[start:end]`, or in a name
    `field[item][start:end]`.
    """

    field: str
    start: int
    end: int
    text: str
    item: int = 0


def units_of(film: Movie, fields: Iterable[str], most: int | None = None) -> list[Unit]:
    """The units of the given fields of a film in their order, at most `most` of each field."""
    units: list[Unit] = []
    for field in fields:
        if field not in film.inputs:
            continue
        value = getattr(film, field)
        if field in NAMES:
            units += [Unit(field, 0, len(name), name, i) for i, name in enumerate(value[:most])]
        else:
            places = islice(spans(value), most)
            units += [Unit(field, start, end, value[start:end]) for start, end in places]
    return units


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each unit of a text.

    A word is a run of letters, marks and digits, with apostrophes inside. Each Chinese character
    and each emoji is a unit, and so is a run of Japanese kana of one script. Thai, Lao, Tibetan,
    Burmese and Khmer are cut into pieces of `PIECE` letters. Punctuation belongs to no unit.
    """
    start, kind, letters = 0, "", 0
    for at, character in enumerate(text):
        now = _kind(character)
        joined = bool(kind) and (now == "mark" or character in _JOINERS)
        joined |= kind == "sign" and text[at - 1] == _JOINERS[1]
        apostrophe = kind == "word" and character in _APOSTROPHES
        if joined or (apostrophe and _kind(text[at + 1 : at + 2]) == "word"):
            continue
        now = "word" if now == "mark" else now
        alone = now in ("one", "sign") or (now == "piece" and letters == PIECE)
        if now != kind or alone:
            if kind:
                yield start, at
            start, kind, letters = at, now, 0
        letters += 1
    if kind:
        yield start, len(text)


def without(film: Movie, left_out: Collection[Unit]) -> Movie:
    """The film without some of its units, and without one of the two spaces around each."""
    changed: dict[str, Any] = {}
    for unit in sorted(left_out, key=lambda unit: (unit.item, unit.start), reverse=True):
        value = changed.get(unit.field, getattr(film, unit.field))
        if unit.field in NAMES:
            changed[unit.field] = (*value[: unit.item], *value[unit.item + 1 :])
            continue
        left, right = value[: unit.start], value[unit.end :]
        spaced = right[:1].isspace() and (not left or left[-1].isspace())
        changed[unit.field] = left + right[spaced:]
    return replace(film, **changed)


def cut(film: Movie, units: Sequence[Unit], fields: Sequence[str], kept: int) -> Movie:
    """The film with its `fields` cut off after the first `kept` of their `units`."""
    if kept >= len(units):
        return film
    then = units[kept]
    changed: dict[str, Any] = {}
    for field in fields[fields.index(then.field) + 1 :]:
        changed[field] = () if field in NAMES else None
    value = getattr(film, then.field)
    end = then.item if then.field in NAMES else then.start
    changed[then.field] = value[:end] if then.field in NAMES else value[:end].rstrip()
    return replace(film, **changed)


@lru_cache(4096)
def _kind(character: str) -> str:
    """How a character is divided into units; empty if it belongs to none."""
    if not character:
        return ""
    category = unicodedata.category(character)
    if category[0] == "M" or "\U0001f3fb" <= character <= "\U0001f3ff":  # and skin tones
        return "mark"
    if category == "So":
        return "sign"
    if category[0] not in "LN" and character != "_":
        return ""
    code = ord(character)
    if code >= 0x0E00:
        for first, last, kind in _SCRIPTS:
            if first <= code <= last:
                return kind
    return "word"
