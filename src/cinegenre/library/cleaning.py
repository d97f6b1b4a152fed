"""Cleans up the genre names in a library: one name for each genre, TMDB's or the owner's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from ..entities import without_entities
from ..genre_map import GenreMap
from ..genre_names import is_no_genre, names_by_language
from ..taxonomy import TMDB, TMDB_TO_IMDB
from ..taxonomy import spelling_key as key
from .genre_elements import split
from .naming import TV, TV_ALONE, Naming, divided, listed, tmdb_name

_TV_ALONE = {key(genre): genre for genre in TV_ALONE}
_ORDER = {genre: place for place, genre in enumerate(dict.fromkeys((*TV, *TMDB)))}


@dataclass(frozen=True, kw_only=True)
class Cleaned:
    """A film's cleaned names, each once, in their order; `unknown` ones are left as they are."""

    names: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    def cut(self, most: int | None, *, drop_unknown: bool) -> Cleaned:
        """The first `most` names; with `drop_unknown`, the first known ones."""
        names = [name for name in self.names if not drop_unknown or name not in self.unknown]
        return Cleaned(names=tuple(names[:most]), unknown=self.unknown)


@dataclass(frozen=True, kw_only=True)
class Cleaner:
    """Cleans the names of films, or of shows.

    The user's map comes first, then what a name means in any of TMDB's languages.
    """

    naming: Naming
    custom: GenreMap | None
    kind: str
    language: str | None

    @classmethod
    def of(
        cls, genres: Iterable[str], kind: str, custom: GenreMap | None, language: str | None
    ) -> Cleaner:
        """The cleaner for a model with these `genres`; `kind` as for `Naming`."""
        genres = tuple(genres)
        lacking = (g for g in TMDB if g not in genres and TMDB_TO_IMDB.get(g, g) not in genres)
        naming = Naming.of((*genres, *lacking), kind, custom, language)
        return cls(naming=naming, custom=custom, kind=kind, language=language)

    def clean(self, texts: Sequence[str]) -> Cleaned:
        """The cleaned names for the `texts` of a film's genre elements."""
        names: dict[str, str] = {}
        unknown: dict[str, str] = {}
        # Some programs escape "&" twice.
        texts = [without_entities(text) for text in texts]
        beside = frozenset(key(part) for text in texts for part in split(text))
        for text in texts:
            for part in self._parts(text):
                known = self._named(part, beside)
                for name in (part,) if known is None else known:
                    names.setdefault(key(name), name)
                if known is None:
                    unknown.setdefault(key(part), names[key(part)])
        return Cleaned(names=tuple(names.values()), unknown=tuple(unknown.values()))

    def _parts(self, text: str) -> list[str]:
        """The names in a text: the text itself if it is one, else its parts between / or commas."""
        whole = " ".join(text.split())
        if self._named(whole) is not None:
            return [whole]
        if is_no_genre(whole):
            return []
        parts = [
            inner
            for part in split(text)
            for inner in ([part] if self._named(part) is not None else divided(part) or [part])
        ]
        if any(self._named(part) is not None for part in parts):
            return parts
        return list(listed(whole)) or [whole]

    def _named(self, name: str, beside: frozenset[str] = frozenset()) -> tuple[str, ...] | None:
        """The cleaned names for a name; empty if it is removed, None if it is not known."""
        chosen = self.custom.called(name) if self.custom else None
        if chosen is not None:
            return tuple(dict.fromkeys(map(self._shown, chosen)))
        wanted = key(name)
        if wanted in _TV_ALONE:
            return (_TV_ALONE[wanted],)
        senses = _senses().get(wanted, {})
        if len(senses) > 1 and not self._in_language(wanted):
            sense = self._sense(name, senses, beside)
            if sense is None:
                return None
            wanted = key(sense)
        meant = sorted(self.naming.meant.get(wanted, ()), key=lambda g: _ORDER.get(g, len(_ORDER)))
        if not meant:
            return None
        # TMDB's list for shows lacks some genres: a show keeps those.
        lists = (self.naming.names.table[g] or self._kept(g) for g in meant)
        return tuple(dict.fromkeys(name for names in lists for name in names))

    def _kept(self, genre: str) -> tuple[str, ...]:
        removed = self.custom is not None and self.custom.table.get(genre) == ()
        return () if removed else (self._shown(genre),)

    def _shown(self, name: str) -> str:
        """A genre's name for this kind of film in this language."""
        # A name that the user chose stays, unless it is one of TMDB's.
        own = self.custom is not None and self.custom.table.get(name) != (name,)
        genre = "" if own else name
        called = tmdb_name(name, genre, self.kind, self.language)
        return called or tmdb_name(name, genre, "movie", self.language) or name

    def _in_language(self, wanted: str) -> bool:
        names = names_by_language()[self.language].values() if self.language else ()
        return any(key(name) == wanted for name in names)

    def _sense(
        self, name: str, senses: dict[str, frozenset[str]], beside: frozenset[str]
    ) -> str | None:
        """The genre of TMDB's that is meant, by kind, spelling, and the other names' languages."""
        joint = set(TV.values())
        fitting = [tmdb for tmdb in senses if (tmdb in joint) == (self.kind == "tvshow")]
        fitting = fitting or list(senses)
        names = names_by_language()
        spelled = [
            tmdb for tmdb in fitting if any(names[code][tmdb] == name for code in senses[tmdb])
        ]
        fitting = spelled or fitting
        votes = {
            tmdb: max(len(beside & _keys_of(code)) for code in senses[tmdb]) for tmdb in fitting
        }
        best = [tmdb for tmdb, count in votes.items() if count == max(votes.values())]
        return best[0] if len(best) == 1 else None


@cache
def _senses() -> dict[str, dict[str, frozenset[str]]]:
    """A name's key → the genres of TMDB that it means → the languages in which it means them."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for code, names in names_by_language().items():
        for tmdb, name in names.items():
            senses = found.setdefault(key(name), {})
            senses[tmdb] = senses.get(tmdb, frozenset()) | {code}
    return found


@cache
def _keys_of(code: str) -> frozenset[str]:
    return frozenset(map(key, names_by_language()[code].values()))
