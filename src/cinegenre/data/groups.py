"""Finds films that belong together: by collection, by overview, or by nearly the same poster."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..movie import Movie
from .dhash import Hash, near_pairs

_NO_LETTER = re.compile(r"[\W_]+")


def same_overview(overview: str | None) -> str:
    """An overview reduced to letters and digits in lower case, for comparing; "" if absent."""
    return _NO_LETTER.sub("", (overview or "").casefold())


def together(films: Sequence[Movie], hashes: Sequence[Hash | None]) -> list[list[int]]:
    """The positions of the films in groups that must not be split, ordered by first member."""
    joined = _Groups(len(films))
    for keys in (
        [film.collection or "" for film in films],
        [same_overview(film.overview) for film in films],
    ):
        first: dict[str, int] = {}
        for i, key in enumerate(keys):
            if key:
                joined.join(first.setdefault(key, i), i)
    for i, j in near_pairs(hashes):
        joined.join(i, j)
    return joined.lists()


class _Groups:
    """Union-find with path halving; a group is represented by its smallest member."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def find(self, i: int) -> int:
        parent = self._parent
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    def join(self, i: int, j: int) -> None:
        i, j = sorted((self.find(i), self.find(j)))
        self._parent[j] = i

    def lists(self) -> list[list[int]]:
        members: dict[int, list[int]] = {}
        for i in range(len(self._parent)):
            members.setdefault(self.find(i), []).append(i)
        return list(members.values())


def sizes(groups: Iterable[list[int]]) -> dict[str, int]:
    """The number of groups with more than one film, of films in them, and in the largest."""
    lengths = [len(group) for group in groups if len(group) > 1]
    return {"groups": len(lengths), "films": sum(lengths), "largest": max(lengths, default=1)}
