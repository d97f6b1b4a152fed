"""Gives each genre one spelling: "HORROR", "Horror " and "horror" are the same."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

from ..genre_names import spelled

RESPELLED = "genre spelled as the taxonomies, or else most films, have it"


def spellings(sets: Iterable[Iterable[str]]) -> dict[str, str]:
    """Genre as written → the spelling to use, for genres whose spelling changes.

    The spelling is that of our taxonomies ("Sci-Fi" for "sci fi") if they have the genre, else the
    most frequent one (the first of these). Spellings of other genres may differ only in case and
    spaces.

    >>> from cinegenre.data.spelling import spellings
    >>> spellings([("HORROR", "heist"), ("Heist",), ("Heist", "Horror")])
    {'HORROR': 'Horror', 'heist': 'Heist'}
    """
    counts = Counter(genre for genres in sets for genre in genres)
    groups: dict[str, list[str]] = {}
    for genre in counts:
        groups.setdefault(spelled(genre) or _folded(genre), []).append(genre)
    found: dict[str, str] = {}
    for genres in groups.values():
        best = spelled(genres[0]) or max(genres, key=lambda genre: counts[genre])
        found |= {genre: best for genre in genres if genre != best}
    return found


def respelled(genres: tuple[str, ...], known: Mapping[str, str]) -> tuple[str, ...]:
    """`genres` in the spellings of `known`, each once."""
    if known.keys().isdisjoint(genres):
        return genres
    return tuple(dict.fromkeys(known.get(genre, genre) for genre in genres))


def same(genre: str, known: Iterable[str]) -> str:
    """The genre in `known` that differs only in spelling; else the genre itself."""
    names = tuple(known)
    if genre in names:
        return genre
    key = spelled(genre) or _folded(genre)
    return next((name for name in names if (spelled(name) or _folded(name)) == key), genre)


def _folded(genre: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", genre).casefold().split())
