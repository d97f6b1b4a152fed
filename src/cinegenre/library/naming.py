"""What genres are called in a library: TMDB's names in its languages, for films and for shows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import UserError
from ..genre_map import BUILT_IN, GenreMap
from ..genre_names import names_by_language
from ..taxonomy import IMDB_TO_TMDB, TMDB
from ..taxonomy import spelling_key as key

ADVENTURE, FANTASY, POLITICS = "Action & Adventure", "Sci-Fi & Fantasy", "War & Politics"
TV: dict[str, str | None] = {
    "Action": ADVENTURE, "Adventure": ADVENTURE, "Science Fiction": FANTASY, "Fantasy": FANTASY,
    "War": POLITICS, "History": None, "Horror": None, "Music": None, "Romance": None,
    "Thriller": None, "TV Movie": None,
}  # fmt: skip
"""TMDB's film genres that its list for shows calls otherwise, or lacks; the others are alike."""
TV_ALONE = ("Kids", "News", "Reality", "Soap", "Talk")
"""TMDB's genres for shows that are none of films. It has them in English alone here."""
_MEMBERS = {name: {genre for genre, to in TV.items() if to == name} for name in TV.values() if name}
_JOINED = re.compile(r"[,;|]")
_ALIASES = {
    "SF": "Science Fiction",
    "Science Fiction & Fantasy": FANTASY,
    "Science Fiction and Fantasy": FANTASY,
    "Sci-Fi and Fantasy": FANTASY,
    "Action and Adventure": ADVENTURE,
    "War and Politics": POLITICS,
    **BUILT_IN["tmdb"][1],
}
"""What others call TMDB's genres."""


@dataclass(frozen=True, kw_only=True)
class Naming:
    """How a library calls a model's genres, and which genres a name that stands in it means."""

    names: GenreMap
    meant: dict[str, frozenset[str]]

    @classmethod
    def of(
        cls, genres: Iterable[str], kind: str, custom: GenreMap | None, language: str | None
    ) -> Naming:
        """For a model with these `genres`; `kind` is "movie" or "tvshow".

        `custom` comes first: TMDB's list for shows and its `language` have a say only in genres
        that it leaves with their names, or calls by another of TMDB's.
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
        """Our names of the genres that `existing` ones mean, and those themselves, as keys."""
        found = set()
        for value in (part for one in existing for part in (one, *divided(one))):
            found.add(key(value))
            for genre in self.meant.get(key(value), ()):
                found.update(map(key, self.names.table[genre]))
        return found


def divided(value: str) -> list[str]:
    """The names in a text that servers take for one: "Action, Comedy"."""
    parts = [part.strip() for part in _JOINED.split(value) if part.strip()]
    return parts if len(parts) > 1 else []


def languages() -> tuple[str, ...]:
    """The codes of the languages that we have names in."""
    return tuple(names_by_language())


def check_language(code: str) -> str:
    """The code under which we have the language `code` ("pt-BR" is "pt"). Else a `UserError`."""
    wanted = code.strip().replace("_", "-").lower()
    by_code = {known.lower(): known for known in languages()}
    found = by_code.get(wanted) or by_code.get(wanted.partition("-")[0])
    if found is None:
        raise UserError(
            f"no genre names in the language {code!r}", f"known: {', '.join(languages())}"
        )
    return found


def tmdb_name(name: str, genre: str, kind: str, language: str | None) -> str | None:
    """A genre under TMDB's name for this kind in this language; None where TMDB has none."""
    # A name that a person chose stays, unless it is one of TMDB's.
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
    """Genres by the key of any name: the model's, ours, other spellings, all of TMDB's languages.

    A name that means different genres in two languages means both, unless `language` has it.
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
