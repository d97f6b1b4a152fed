"""One spelling for each genre: "HORROR", "Horror " and "horror" are one."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

from ..genre_names import spelled

RESPELLED = "genre spelled as the taxonomies, or else most films, have it"


def spellings(sets: Iterable[Iterable[str]]) -> dict[str, str]:
    """The genres of films that are to be spelled otherwise, with the spelling that stands.

    That of our taxonomies ("Sci-Fi" for "sci fi"), where they have the genre; else the most
    frequent one, of equals the first. Genres of one's own differ in case and spaces alone.

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
    """`genres` as `known` spells them, each once."""
    if known.keys().isdisjoint(genres):
        return genres
    return tuple(dict.fromkeys(known.get(genre, genre) for genre in genres))


def same(genre: str, known: Iterable[str]) -> str:
    """What `known` has for a genre, whatever its spelling; the genre itself where it has none."""
    names = tuple(known)
    if genre in names:
        return genre
    key = spelled(genre) or _folded(genre)
    return next((name for name in names if (spelled(name) or _folded(name)) == key), genre)


def _folded(genre: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", genre).casefold().split())
