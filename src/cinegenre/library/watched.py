"""A library of folders that is looked at repeatedly; only new films are processed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from .atomic import digest, read_file
from .document import MAX_BYTES
from .entries import Options, Row
from .journaled import Writer
from .new_nfo import new_nfo
from .nfo_library import NfoEntry, NfoLibrary
from .plan import Plan
from .run import run
from .scope import ALL
from .splice import Edit, apply, inverse
from .walk import Item

if TYPE_CHECKING:
    from ..tagger import Tagger


@dataclass(frozen=True)
class _Early:
    """An .nfo that got its genres before the film had a poster, and the edits that were made."""

    digest: str
    edits: tuple[Edit, ...]


@dataclass
class Memory:
    """What is remembered from one look at a library to the next, by the films' paths."""

    looks: dict[str, int] = field(default_factory=dict)
    """The state of a film's files when it was processed."""
    failed: set[str] = field(default_factory=set)
    """Films that could not be processed."""
    before: dict[str, str] = field(default_factory=dict)
    """The SHA-256 that an .nfo had before we wrote it; empty if there was none."""
    early: dict[str, _Early] = field(default_factory=dict)


@dataclass(frozen=True)
class WatchedLibrary(NfoLibrary):
    """The films in `scope` that have changed since `memory` was made.

    `opens` makes the writer when the first film is written; without it nothing is written. A film
    that was written before it had a poster is predicted again when it gets one, unless its .nfo was
    changed since. A film whose change was undone is left alone.
    """

    memory: Memory = field(default_factory=Memory)
    opens: Callable[[], Writer] | None = None
    _found: dict[str, tuple[Item, int]] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)
    """Films that have not changed."""
    _now: dict[str, bytes] = field(default_factory=dict)
    """The present content of files whose films are predicted again."""
    _same: set[str] = field(default_factory=set)

    @property
    def writes(self) -> bool:
        """Whether a writer can be made."""
        return self.opens is not None

    def rows(self, tagger: Tagger | None, options: Options) -> Iterator[Row]:
        """Yield a row for each new film, which counts as processed once its row is yielded."""
        memory, there = self.memory, set[str]()
        if self.scope == ALL:
            for path in memory.failed:
                memory.looks.pop(path, None)
            memory.failed.clear()
        for row in run(self, tagger, options):
            item, look = self._found.pop(row.path)
            if row.status == "written":
                look = _look(item, self.path.resolve() / row.path)
            memory.looks[row.path] = look
            if row.status == "error":
                memory.failed.add(row.path)
            if row.path in self._same:
                row = replace(row, status="left", why="has them all: its poster changes nothing")
            yield row
            there.add(row.path)
        if self.scope == ALL:
            self._forget_all_but(there | self._known)

    @cached_property
    def _writing(self) -> Writer:
        assert self.opens is not None
        return self.opens()

    def _wants(self, item: Item, path: str) -> bool:
        look = _look(item, item.nfo)
        if self.memory.looks.get(path) == look:
            self._known.add(path)
            return False
        self._found[path] = item, look
        return True

    def _data(self, item: Item, path: str, target: Path) -> bytes:
        data = read_file(target, MAX_BYTES)
        now = digest(data)
        early = self.memory.early.get(path)
        if early is not None and early.digest != now:  # changed by someone else since
            del self.memory.early[path]
        elif early is not None and item.poster is not None:
            self._now[path] = data
            data = apply(data, inverse(early.edits))
        return data

    def _read(self, item: Item, path: str) -> Row | NfoEntry | None:
        found = super()._read(item, path)
        if isinstance(found, NfoEntry) and path not in self._now:
            now = "" if found.nfo is None else digest(found.nfo.document.data)
            if self.memory.before.get(path) == now:
                return replace(found.row, status="left", why="was taken back")
        return found

    def _put(
        self, entry: NfoEntry, plan: Plan, before: bytes | None, after: bytes, edits: list[Edit]
    ) -> str:
        path, now = entry.row.path, self._now.get(entry.row.path)
        if now is not None:
            self.memory.early.pop(path, None)
        if now == after:
            self._same.add(path)
        if now == after:
            return ""
        if self.opens is None:
            return self._hindrance(entry, before)
        target = entry.item.nfo or entry.item.create
        if now is not None:
            return self._writing.write(target, now, after, [_difference(now, after)]) or ""
        note = self._writing.write(target, before, after, edits) or ""
        self.memory.before[path] = "" if before is None else digest(before)
        if plan.scores and entry.film.poster is None:
            if before is None:
                edits = [_difference(new_nfo(entry.item.title, entry.item.year, ()), after)]
            self.memory.early[path] = _Early(digest(after), tuple(edits))
        return note

    def _forget_all_but(self, there: set[str]) -> None:
        memory = self.memory
        memory.looks = {path: look for path, look in memory.looks.items() if path in there}
        memory.before = {path: said for path, said in memory.before.items() if path in there}
        memory.early = {path: early for path, early in memory.early.items() if path in there}


def _look(item: Item, nfo: Path | None) -> int:
    """A hash of the names, sizes and times of a film's files."""
    return hash((_seen(nfo), _seen(item.poster)))


def _seen(path: Path | None) -> tuple[str, int, int] | None:
    if path is None:
        return None
    try:
        said = path.stat()
    except OSError:
        return (path.name, 0, 0)
    return (path.name, said.st_size, said.st_mtime_ns)


def _difference(before: bytes, after: bytes) -> Edit:
    """The one edit that turns `before` into `after`."""
    start = 0
    shorter = min(len(before), len(after))
    while start < shorter and before[start] == after[start]:
        start += 1
    end = 0
    while end < shorter - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return Edit(start=start, old=before[start : len(before) - end],
                new=after[start : len(after) - end])  # fmt: skip
