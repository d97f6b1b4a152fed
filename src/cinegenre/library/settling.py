"""Remembers folders in which something has changed until they have been quiet for a while."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .filenames import fold
from .folder import DISCS
from .grouping import is_part_folder
from .ignoring import MARKS
from .scope import ALL, Scope


@dataclass
class _Changing:
    """A changing folder, alone or with everything below it (`whole`); unchanged `since` a time."""

    whole: bool
    since: float
    state: int


@dataclass
class Settling:
    """The changing folders of the library at `root`, a real path; they settle in `quiet` seconds.

    A film that is being copied changes all the time, but some file systems do not report that.
    Therefore a folder that seems quiet is compared with its earlier state.
    """

    root: Path
    quiet: float
    clock: Callable[[], float] = time.monotonic
    _changing: dict[str, _Changing] = field(default_factory=dict)

    def add(self, paths: Iterable[str]) -> None:
        """Note that something at each of these paths was created, changed or removed."""
        for place, whole in Scope.joined(map(self._scope, paths)).folders.items():
            self._put(place, whole=whole)

    def settled(self) -> Scope | None:
        """The folders that have settled since the last call; None if there are none."""
        now, found = self.clock(), {}
        for place, one in list(self._changing.items()):
            if now - one.since < self.quiet:
                continue
            state = self._state(place, whole=one.whole)
            if state == one.state:
                found[place] = one.whole
                del self._changing[place]
            else:
                one.since, one.state = now, state
        return Scope(found) if found else None

    def clear(self) -> None:
        """Forget all changes."""
        self._changing.clear()

    def _scope(self, path: str) -> Scope:
        """What to look at because of a change at `path`."""
        try:
            place = Path(path).relative_to(self.root).as_posix()
        except ValueError:  # the path has another form, so the change may be anywhere
            return ALL
        if place == ".":
            return ALL
        above, _, name = place.rpartition("/")
        whole = (self.root / place).is_dir()
        if not whole:
            place, whole = above, fold(name) in MARKS
        above, _, name = place.rpartition("/")
        if fold(name) in DISCS:  # it is the film of the folder that contains it
            place, whole = above, False
            above, _, name = place.rpartition("/")
        # The folder "CD1" is a part of the film of the folder that contains it, or has films.
        part = place and is_part_folder(name, above.rpartition("/")[2])
        return Scope({above: False, place: whole} if part else {place: whole})

    def _put(self, place: str, *, whole: bool) -> None:
        before = self._changing.get(place)
        whole = whole or (before is not None and before.whole)
        state = self._state(place, whole=whole)
        self._changing[place] = _Changing(whole, self.clock(), state)

    def _state(self, place: str, *, whole: bool) -> int:
        return hash(tuple(_files(self.root / place, whole=whole)))


def _files(folder: Path, *, whole: bool) -> Iterator[tuple[str, int, int]]:
    """The files in a folder with size and time; none if it cannot be read."""
    waiting = [os.fspath(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in found:
            try:
                if entry.is_dir(follow_symlinks=False):
                    waiting += [entry.path] if whole else []
                else:
                    said = entry.stat(follow_symlinks=False)
                    yield entry.path, said.st_size, said.st_mtime_ns
            except OSError:
                continue
