"""Finds keys and columns whose names are nearly, but not quite, known ones."""

from __future__ import annotations

from difflib import SequenceMatcher
from functools import lru_cache

from .columns import COLUMNS, fold, known

_SHORTEST = 5
"""The fewest letters: shorter words that differ by one letter may be unrelated ("name", "game")."""
_ALIKE = 0.8


@lru_cache(maxsize=1000)
def mistyped(
    left_out: tuple[str, ...], chosen: frozenset[str], wanted: tuple[str, ...]
) -> tuple[str, str] | None:
    """The first name in `left_out` that resembles a name of a field which is `wanted` but not among
    the `chosen`, and the name that it resembles."""
    names = [name for name in left_out if not known(name)]
    for field in wanted:
        for meant in COLUMNS.get(field, ()) if field not in chosen else ():
            for name in names:
                if _alike(fold(name), fold(meant)):
                    return name, meant
    return None


def _alike(name: str, meant: str) -> bool:
    if min(len(name), len(meant)) < _SHORTEST or abs(len(name) - len(meant)) > 1:
        return False
    return SequenceMatcher(None, name, meant).ratio() >= _ALIKE
