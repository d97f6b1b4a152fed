"""Having a server read .nfo files again, film by film, until it shows what stands in them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ...errors import UserError
from .base import Film, Server, same_genres
from .http import Down, Failed
from .pending import Changed, Pending
from .places import Mapping, Places

CHUNK = 50
"""Films that a server is asked for before we wait for it: some do them one by one."""
PATIENCE = 60.0
"""Seconds in which not one more film is shown: then those asked for are given up."""
_QUICK, _SLOW = 0.3, 5.0
"""Seconds between two looks, growing."""

SHOWN, UNKNOWN, LEFT, LATE, FAILED = "shown", "unknown", "left", "late", "failed"


@dataclass(frozen=True)
class Told:
    """What became of one .nfo at a server, and why it does not show it."""

    path: str
    status: str
    why: str = ""


@dataclass
class _Waiting:
    changed: Changed
    films: list[Film]


@dataclass(frozen=True)
class Refresher:
    """One server and the library it shows; `sleep` and `clock` are time's."""

    server: Server
    pending: Pending
    mapping: Mapping
    roots: tuple[Path, ...]
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def run(self, changed: Iterable[Changed]) -> Iterator[Told]:
        """One for each .nfo.

        Raises `UserError` where the server does not answer (any more), or knows nothing of the
        library; what it shows until then is kept.
        """
        todo = iter(changed)
        places = None
        while part := list(islice(todo, CHUNK)):
            places = places or self._places()
            seen = set()
            for told in self._chunk(part, places):
                seen.add(told.status)
                yield told
            if LATE in seen and SHOWN not in seen:
                for each in todo:
                    yield Told(each.path, LATE, "not asked for: none of those before was shown")

    def _places(self) -> Places:
        places = Places(self.server.films(), self.mapping, self.roots)
        if places.example is None:
            raise UserError(f"{self.server.http.address} has no films", "scan its library first")
        if not places.knows_any():
            folder = places.example.replace("\\", "/").rpartition("/")[0]
            raise UserError(
                f"{self.server.http.address} has nothing in {self.roots[0]}, but {folder}",
                "say what it calls this folder: --server-path /its/path=/path/here",
            )
        return places

    def _chunk(self, part: Iterable[Changed], places: Places) -> Iterator[Told]:
        waiting = []
        for changed in part:
            if films := places.of(changed.path):
                waiting.append(_Waiting(changed, films))
            else:
                yield Told(changed.path, UNKNOWN)
        asked = []
        for one, told in self._look(waiting):
            told = told or self._ask(one)
            if told:
                yield told
            else:
                asked.append(one)
        yield from self._wait(asked)

    def _ask(self, one: _Waiting) -> Told | None:
        """Have the server read it; what to tell of it at once."""
        if locks := [film.locked for film in one.films if film.locked]:
            return Told(one.changed.path, LEFT, locks[0])
        try:
            for film in one.films:
                self.server.refresh(film)
        except Failed as error:
            return Told(one.changed.path, FAILED, str(error))
        return None

    def _wait(self, asked: list[_Waiting]) -> Iterator[Told]:
        pause, last = _QUICK, self.clock()
        while asked:
            self.sleep(pause)
            rest = []
            for one, told in self._look(asked):
                if told:
                    yield told
                else:
                    rest.append(one)
            if len(rest) < len(asked):
                pause, last = _QUICK, self.clock()
            elif self.clock() - last > PATIENCE:
                break
            pause, asked = min(_SLOW, pause * 1.5), rest
        for one in asked:
            genres = ", ".join(one.films[0].genres) or "none"
            yield Told(one.changed.path, LATE, f"shows {genres} still")

    def _look(self, waiting: list[_Waiting]) -> Iterator[tuple[_Waiting, Told | None]]:
        """What the server has of these now; told where it is what stands in the .nfo."""
        films = [film for one in waiting for film in one.films]
        try:
            found = self.server.whole(films)
        except Failed as error:
            raise Down(error.what, error.cure) from None
        for one in waiting:
            # One that is not there is just being read.
            there = all(film.id in found for film in one.films)
            one.films = [found.get(film.id, film) for film in one.films]
            if there and all(same_genres(film.genres, one.changed.genres) for film in one.films):
                self.pending.shown(one.changed)
                yield one, Told(one.changed.path, SHOWN)
            else:
                yield one, None


def refresher(server: Server, library: Path, mapping: Mapping) -> Refresher:
    """For the library in a folder, which may be a link."""
    roots = tuple(dict.fromkeys((library.absolute(), library.resolve())))
    return Refresher(server, Pending(library, server.http.address), mapping, roots)
