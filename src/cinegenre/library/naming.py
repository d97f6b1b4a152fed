"""The names of genres in a library: TMDB's, in its languages, for films and for shows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from ..entities import without_entities
from ..errors import UserError
from ..genre_map import BUILT_IN, GenreMap
from ..genre_names import is_genre, names_by_language
from ..taxonomy import IMDB_TO_TMDB, TMDB
from ..taxonomy import spelling_key as key

ADVENTURE, FANTASY, POLITICS = "Action & Adventure", "Sci-Fi & Fantasy", "War & Politics"
TV: dict[str, str | None] = {
    "Action": ADVENTURE, "Adventure": ADVENTURE, "Science Fiction": FANTASY, "Fantasy": FANTASY,
    "War": POLITICS, "History": None, "Horror": None, "Music": None, "Romance": None,
    "Thriller": None, "TV Movie": None,
}  # fmt: skip
"""Film genres of TMDB that its list for shows names differently, or lacks; the others are the same.
"""
TV_ALONE = ("Kids", "News", "Reality", "Soap", "Talk")
"""TMDB's genres that only shows have, in English alone."""
_MEMBERS = {name: {genre for genre, to in TV.items() if to == name} for name in TV.values() if name}
_JOINED = re.compile(r"[,;|，；｜、／]|\s[•·]\s")
_ALIASES = {
    "SF": "Science Fiction",
    "Science Fiction & Fantasy": FANTASY,
    "Science Fiction and Fantasy": FANTASY,
    "Sci-Fi and Fantasy": FANTASY,
    "Action and Adventure": ADVENTURE,
    "War and Politics": POLITICS,
    **BUILT_IN["tmdb"][1],
}
"""Other names of TMDB's genres."""


@dataclass(frozen=True, kw_only=True)
class Naming:
    """A library's names for a model's genres, and the genres that each name in a library means."""

    names: GenreMap
    meant: dict[str, frozenset[str]]

    @classmethod
    def of(
        cls, genres: Iterable[str], kind: str, custom: GenreMap | None, language: str | None
    ) -> Naming:
        """The naming for a model with these `genres`; `kind` is "movie" or "tvshow".

        `custom` comes first. TMDB's list for shows and `language` apply only to genres whose names
        it keeps, or to which it gives another name of TMDB's.
        """
        genres = tuple(genres)
        table = {
            genre: tuple(
                dict.fromkeys(
                    called
                    for name in (custom.table.get(genre, (genre,)) if custom else (genre,))
                    if (called := tmdb_name(name, genre, kind, language)) is not None
                )
            )
            for genre in genres
        }
        return cls(names=GenreMap(table=table), meant=_meant(genres, table, language))

    def present(self, existing: Iterable[str]) -> set[str]:
        """The keys of the `existing` names, and of our names for the genres that they mean."""
        found = set()
        plain = map(without_entities, existing)
        for value in (part for one in plain for part in (one, *divided(one), *listed(one))):
            found.add(key(value))
            for genre in self.meant.get(key(value), ()):
                found.update(map(key, self.names.table[genre]))
        return found


def divided(value: str) -> list[str]:
    """The names in a text that servers read as one name: "Action, Comedy"."""
    parts = [part.strip() for part in _JOINED.split(value) if part.strip()]
    return parts if len(parts) > 1 else []


@lru_cache(maxsize=10_000)  # most texts repeat
def listed(text: str) -> tuple[str, ...]:
    """The genres in a text as programs write lists: "['War', 'Crime']", "#War #Crime", "10752"."""
    if key(text).isalpha():
        return ()
    from ..readers.genres import genres_of  # which most runs do not need

    try:
        found = genres_of(text)
    except ValueError:
        return ()
    return found if all(map(is_genre, found)) else ()


def languages() -> tuple[str, ...]:
    """The codes of the languages for which there are names."""
    return tuple(names_by_language())


def check_language(code: str) -> str:
    """Our code for the language `code` ("pt" for "pt-BR"). Raises `UserError` if there is none."""
    wanted = code.strip().replace("_", "-").lower()
    by_code = {known.lower(): known for known in languages()}
    found = by_code.get(wanted) or by_code.get(wanted.partition("-")[0])
    if found is None:
        raise UserError(
            f"no genre names in the language {code!r}", f"known: {', '.join(languages())}"
        )
    return found


def tmdb_name(name: str, genre: str, kind: str, language: str | None) -> str | None:
    """TMDB's name of a genre for this kind in this language; None if TMDB has none."""
    # A name that the user chose stays, unless it is one of TMDB's.
    tmdb = IMDB_TO_TMDB.get(name, name) if name == genre and (language or kind != "movie") else name
    if tmdb not in TMDB and tmdb not in _MEMBERS:
        return name
    if kind == "tvshow":
        shown = TV.get(tmdb, tmdb)
        if shown is None:
            return None
        tmdb = shown
    return names_by_language()[language][tmdb] if language else tmdb


def _meant(
    genres: tuple[str, ...], table: dict[str, tuple[str, ...]], language: str | None
) -> dict[str, frozenset[str]]:
    """Key of a name → genres, for the model's names, ours, other spellings and TMDB's languages.

    A name that means different genres in two languages means both, unless `language` decides.
    """
    by_tmdb: dict[str, set[str]] = {}
    for genre in genres:
        by_tmdb.setdefault(IMDB_TO_TMDB.get(genre, genre), set()).add(genre)
    for name, members in _MEMBERS.items():
        by_tmdb[name] = set().union(*(by_tmdb.get(member, set()) for member in members))
    meant: dict[str, set[str]] = {}

    def learn(name: str, said: Iterable[str], into: dict[str, set[str]] = meant) -> None:
        into.setdefault(key(name), set()).update(said)

    for names in names_by_language().values():
        for tmdb, name in names.items():
            learn(name, by_tmdb.get(tmdb, ()))
    first: dict[str, set[str]] = {}
    for tmdb, name in names_by_language()[language].items() if language else ():
        learn(name, by_tmdb.get(tmdb, ()), first)
    for tmdb, said in by_tmdb.items():
        learn(tmdb, said, first)
    for name, tmdb in _ALIASES.items():
        learn(name, by_tmdb.get(tmdb, ()), first)
    own: dict[str, set[str]] = {}
    for genre, names_of in table.items():
        for name in names_of:
            learn(name, [genre], own)
    for genre in genres:
        learn(genre, [genre], own)
    return {name: frozenset(said) for name, said in (meant | first | own).items() if said}
