"""Which part of a library is to be looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Scope:
    """Folders by their paths in a library ("" for itself), each with all below it, or alone."""

    folders: Mapping[str, bool]
    """Whether each of them is meant with all below it."""

    @classmethod
    def joined(cls, scopes: Iterable[Scope]) -> Scope:
        """All that these mean."""
        folders: dict[str, bool] = {}
        for scope in scopes:
            for place, whole in scope.folders.items():
                folders[place] = folders.get(place, False) or whole
        return cls(folders)

    def holds(self, place: str) -> bool:
        """Whether the films in this folder are meant."""
        if place in self.folders or self.folders.get(""):
            return True
        return any(self.folders.get(above) for above in _above(place))

    def leads(self, place: str) -> bool:
        """Whether this folder is meant, or must be gone through to one that is."""
        return place in self._on_the_way or self.holds(place)

    @cached_property
    def _on_the_way(self) -> frozenset[str]:
        return frozenset(above for place in self.folders for above in _above(place))


ALL = Scope({"": True})
NOTHING = Scope({})


def _above(place: str) -> list[str]:
    """The folders that a folder lies in, the library itself among them."""
    parts = place.split("/") if place else []
    return ["/".join(parts[:length]) for length in range(len(parts))]
