"""A server as a library: the model reads what it knows about its films, and it gets the genres."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice

from ...errors import BadMovie
from ...genre_names import is_no_genre
from ...movie import Movie
from ..entries import Entry, Options, Row
from ..plan import Plan, Policy
from ..titles import year_apart
from .base import Film, Server, check_genres, without_login
from .http import Failed
from .journal import ServerJournal

CHUNK = 128
"""Films requested at once."""
THREADS = 4
"""Posters requested at once."""


@dataclass(frozen=True, kw_only=True)
class ServerEntry(Entry):
    """A film as a server has it."""

    there: Film


class ServerLibrary:
    """The films of a server; with a `journal` they are changed.

    Posters are fetched only if a model `predicts`, and only for films that it predicts according to
    `options`.
    """

    def __init__(
        self,
        server: Server,
        journal: ServerJournal | None,
        options: Options,
        *,
        predicts: bool = True,
    ) -> None:
        self.server, self.journal = server, journal
        self.options, self.predicts = options, predicts

    @property
    def writes(self) -> bool:
        """Whether there is a journal."""
        return self.journal is not None

    def entries(self) -> Iterator[Row | Entry]:
        """An entry for each film and each show."""
        films = self.server.films()
        while part := list(islice(films, CHUNK)):
            yield from self._read(part)

    def change(self, entry: ServerEntry, plan: Plan) -> str:
        """Give the film its genres, unless someone has changed it, and check that it has them."""
        if self.journal is None:
            return ""
        before = entry.there.genres
        after = (*_real(before), *plan.genres) if plan.keep else plan.genres
        now = self._now(entry.there)
        if now.locked or set(now.genres) != set(before):
            raise BadMovie("was changed meanwhile", "run again")
        self.journal.record(now, after)
        self.server.set_genres(now, after, lock=True)
        check_genres(self._now(now), after)
        return ""

    def _read(self, part: Sequence[Film]) -> Iterator[Row | Entry]:
        asked = [film for film in part if not film.locked and self._is_wanted(film)]
        films = self._whole(asked)
        told = [film for film in films.values() if isinstance(film, Film) and self._is_told(film)]
        posters = self._posters(told)
        for film in part:
            found = films.get(film.id, film)
            if isinstance(found, str):
                yield replace(_row(film), status="error", why=found)
            else:
                yield _entry(found, posters.get(found.id))

    def _whole(self, films: Sequence[Film]) -> dict[str, Film | str]:
        """By the ids asked for, each whole film or the reason why it cannot be read."""
        try:
            found = self.server.whole(films) if films else {}
        except Failed as error:
            if len(films) == 1:
                return {films[0].id: str(error)}
            # One bad film must not hide the others.
            return {id: one for film in films for id, one in self._whole([film]).items()}
        gone = "is gone from the server: run again"
        return {film.id: found.get(film.id, gone) for film in films}

    def _is_wanted(self, film: Film) -> bool:
        """Whether a run needs more fields of the film than a listing has."""
        missing = self.options.policy is Policy.MISSING_ONLY
        return self.options.clean or not missing or not _real(film.genres)

    def _is_told(self, film: Film) -> bool:
        """Whether the model may predict its genres."""
        every = self.options.policy is not Policy.MISSING_ONLY or self.options.drop_unknown
        return self.predicts and not film.locked and (every or not _real(film.genres))

    def _posters(self, films: Sequence[Film]) -> dict[str, bytes | None]:
        with ThreadPoolExecutor(THREADS) as pool:
            found = list(pool.map(self._poster, films))
        return {film.id: poster for film, poster in zip(films, found, strict=True)}

    def _poster(self, film: Film) -> bytes | None:
        try:
            return self.server.poster(film)
        except Failed:  # the texts decide
            return None

    def _now(self, film: Film) -> Film:
        found = self.server.whole([film]).get(film.id)
        if found is None:
            raise BadMovie("is gone from the server", "run again")
        return found


def _row(film: Film) -> Row:
    path = without_login(film.paths[0]) if film.paths else film.id
    title, year = year_apart(film.title, film.year)
    return Row(path=path, title=title, year=year, kind=film.kind,
               genres=_real(film.genres))  # fmt: skip


def _real(genres: Sequence[str]) -> tuple[str, ...]:
    """The genres without texts such as "N/A"."""
    return tuple(genre for genre in genres if not is_no_genre(genre))


def _entry(film: Film, poster: bytes | None) -> ServerEntry:
    row = _row(film)
    movie = Movie(
        id=film.outer_id, title=row.title, overview=film.overview, companies=film.companies,
        people=film.people, poster=poster, genres=film.genres, year=row.year,
    )  # fmt: skip
    return ServerEntry(row=row, film=movie, texts=film.genres, locked=film.locked, there=film)
