"""Names of genres: in any spelling, as TMDB's numbers, and in the languages that TMDB has."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

from .taxonomy import TAXONOMIES
from .taxonomy import spelling_key as key

NUMBERS = {
    12: "Adventure", 14: "Fantasy", 16: "Animation", 18: "Drama", 27: "Horror", 28: "Action",
    35: "Comedy", 36: "History", 37: "Western", 53: "Thriller", 80: "Crime", 99: "Documentary",
    878: "Science Fiction", 9648: "Mystery", 10402: "Music", 10749: "Romance", 10751: "Family",
    10752: "War", 10770: "TV Movie", 10769: "Foreign",
    10759: "Action & Adventure", 10762: "Kids", 10763: "News", 10764: "Reality",
    10765: "Sci-Fi & Fantasy", 10766: "Soap", 10767: "Talk", 10768: "War & Politics",
}  # fmt: skip
"""TMDB's genre numbers: those of films, a former one (Foreign), and those of TV shows."""
NO_GENRE = frozenset(
    {
        "", "unknown", "none", "null", "nan", "na", "n/a", "n.a.", "no genre", "no genres",
        "no genres listed", "(no genres listed)", "not available", "not specified", "unspecified",
        "undefined", "tba", "tbd", "?", "-", "--", "–", "—", ".", "\\n", "nil", "(none)",
        "(unknown)",
    }
)  # fmt: skip
"""Placeholders for no genre, in lower case."""


@cache
def names_by_language() -> dict[str, dict[str, str]]:
    """TMDB's genre names: language code → English name → name in that language."""
    file = resources.files("cinegenre") / "genre_names.json"
    table = json.loads(file.read_text(encoding="utf-8"))
    return {
        code: dict(zip(table["genres"], names, strict=True))
        for code, names in table["names"].items()
    }


def spelled(name: str) -> str | None:
    """The genre's spelling in our taxonomies and TMDB's lists; None if none of them has it.

    >>> from cinegenre.genre_names import spelled
    >>> spelled("HORROR"), spelled("sci fi"), spelled("Heist")
    ('Horror', 'Sci-Fi', None)
    """
    return _spellings().get(key(name))


def is_genre(name: str) -> bool:
    """Whether `name` is a genre in one of our taxonomies, or in one of TMDB's languages."""
    return key(name) in _spellings() or key(name) in _foreign()


def is_no_genre(name: str) -> bool:
    """Whether a text in a genre's place only says that there is none ("N/A")."""
    return name.strip().casefold() in NO_GENRE


@cache
def _spellings() -> dict[str, str]:
    names = [*(genre for genres in TAXONOMIES.values() for genre in genres), *NUMBERS.values()]
    return {key(name): name for name in names}


@cache
def _foreign() -> frozenset[str]:
    return frozenset(key(name) for names in names_by_language().values() for name in names.values())
