"""The genre lists that sources use, by name."""

from __future__ import annotations

from collections.abc import Iterable

from .errors import unknown

TMDB = (
    "Action", "Adventure", "Animation", "Comedy", "Crime", "Documentary", "Drama", "Family",
    "Fantasy", "History", "Horror", "Music", "Mystery", "Romance", "Science Fiction", "TV Movie",
    "Thriller", "War", "Western",
)  # fmt: skip
"""TMDB's 19 film genres."""

TAXONOMIES: dict[str, tuple[str, ...]] = {
    "tmdb": TMDB,
    "tmdb-18": tuple(genre for genre in TMDB if genre != "TV Movie"),
}
"""The taxonomies a recipe can name."""

MAJORITY = "Drama"
"""The genre that the trivial baseline always predicts (the most frequent one of every source)."""


def taxonomy(name: str) -> tuple[str, ...]:
    """The genres of the taxonomy called `name`; an unknown one's error lists the known ones."""
    if name not in TAXONOMIES:
        raise unknown("taxonomy", name, TAXONOMIES)
    return TAXONOMIES[name]


def within(genres: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """Those of `genres` that are in `known`, once each, in their own order."""
    allowed = known if isinstance(known, set | frozenset) else set(known)
    return tuple(dict.fromkeys(genre for genre in genres if genre in allowed))
