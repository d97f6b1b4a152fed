"""The part of a library to look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Scope:
    """A set of folders, by their paths in a library ("" for the library itself)."""

    folders: Mapping[str, bool]
    """Path → whether everything below the folder belongs to it, or only its own files."""

    @classmethod
    def joined(cls, scopes: Iterable[Scope]) -> Scope:
        """The union of several scopes."""
        folders: dict[str, bool] = {}
        for scope in scopes:
            for place, whole in scope.folders.items():
                folders[place] = folders.get(place, False) or whole
        return cls(folders)

    def holds(self, place: str) -> bool:
        """Whether the films in this folder belong to it."""
        if place in self.folders or self.folders.get(""):
            return True
        return any(self.folders.get(above) for above in _above(place))

    def leads(self, place: str) -> bool:
        """Whether this folder belongs to it, or is on the way to one that does."""
        return place in self._on_the_way or self.holds(place)

    @cached_property
    def _on_the_way(self) -> frozenset[str]:
        return frozenset(above for place in self.folders for above in _above(place))


ALL = Scope({"": True})
NOTHING = Scope({})


def _above(place: str) -> list[str]:
    """The folders that contain a folder, including the library itself."""
    parts = place.split("/") if place else []
    return ["/".join(parts[:length]) for length in range(len(parts))]
