"""The journal of a run over a server, kept here and written before each change, and undoing it.

STATE/servers/SERVER/tag-TIME.jsonl has one line per film, with its id and place, and its genres
before and after.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ... import jsonl
from ...errors import BadMovie, UserError
from ...files import held
from ..journal import Undone
from ..runs import RunFile, lines, now, runs, state
from .address import Address
from .base import GENRES_LOCKED, Film, Server, check_genres, same_genres, without_login

_FIELDS = {"id", "kind", "paths", "title", "before", "after"}


class ServerJournal(RunFile):
    """The journal of one run over a server."""

    def record(self, film: Film, after: Sequence[str]) -> None:
        """Write down a change that is about to be made; on the disk when this returns."""
        self.append(
            {
                "id": film.id,
                "kind": film.kind,
                "paths": _paths(film.paths),
                "title": film.title,
                "before": film.genres,
                "after": list(after),
            }
        )


@contextmanager
def server_journal(address: Address) -> Iterator[ServerJournal]:
    """The journal of a run. No other run on this machine may change the server at the same time.

    The run has ended when the block is left without an error.
    """
    folder = user_state() / "servers" / address.slug
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"cannot write in {folder} ({error.strerror})", "make it writable"
        ) from None
    with held(folder / "lock", UserError(f"another process changes {address}", "wait for it")):
        journal = ServerJournal(folder)
        yield journal
        journal.end()


def undo_server(server: Server) -> Undone:
    """Undo the last run over a server that was not undone yet, and its locks.

    A film that someone changed since is left as it is. Raises `UserError` if there is no run to
    undo, or if the server does not answer; then the undo can be tried again.
    """
    address = server.http.address
    folder = user_state() / "servers" / address.slug
    path = next((path for path in runs(folder) if state(path) != "undone"), None)
    if path is None:
        raise UserError(f"no run over {address} to undo", f"see which journals are in {folder}")
    with held(folder / "lock", UserError(f"another process changes {address}", "wait for it")):
        done, failed = Undone(path), False
        places = _Places(server)
        for record in reversed([line for line in lines(path) if line.keys() >= _FIELDS]):
            try:
                _undo_one(server, record, places, done)
            except BadMovie as error:
                failed = True
                done.left[record["title"]] = str(error)
        if not failed:
            jsonl.append(path, {"undone": now()})
        return done


class _Places:
    """A server's films by place, because Kodi gives a film a new id when it reads it again."""

    def __init__(self, server: Server) -> None:
        self._films: dict[tuple[str, ...], dict[str, Film]] = {}
        for film in server.films():
            self._films.setdefault((film.kind, *_paths(film.paths)), {})[film.id] = film

    def find(self, record: dict[str, Any]) -> Film | None:
        """The film of a line of the journal; of several at one place, the one with the same id."""
        there = self._films.get((record["kind"], *_paths(record["paths"])), {})
        return there.get(record["id"]) or next(
            iter(there.values() if record["paths"] else ()), None
        )


def _paths(paths: Sequence[str]) -> list[str]:
    return [without_login(path) for path in paths]


def _undo_one(server: Server, record: dict[str, Any], places: _Places, done: Undone) -> None:
    film = places.find(record)
    found = server.whole([film]).get(film.id) if film else None
    before, after, title = record["before"], record["after"], record["title"]
    if found is None:
        done.left[title] = "is gone"
    elif found.locked not in ("", GENRES_LOCKED):
        done.left[title] = found.locked
    elif set(found.genres) == set(before):
        done.unchanged.append(title)
    elif not same_genres(found.genres, after):
        done.left[title] = "was changed since"
    else:
        server.set_genres(found, before, lock=False)
        check_genres(server.whole([found]).get(found.id, found), before)
        done.restored.append(title)


def user_state() -> Path:
    """Our folder in the place where this system keeps the state of programs."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / "cinegenre"
