"""A library that is watched: what is to be looked at, as films arrive and it comes and goes.

watchfiles tells what changes, from the system's notices or by looking again and again.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UserError
from .atomic import is_staged
from .journal import FOLDER
from .scope import ALL, Scope
from .settling import Settling

if TYPE_CHECKING:
    from watchfiles import Change

QUIET = 30.0
"""Seconds without a change after which a folder has settled."""
STEP = 0.2
"""Seconds between two looks at whether we are to stop."""
TICK = 1.0
"""Seconds between two looks at what has settled, and at whether the library is there."""
ALL_AGAIN = 24 * 3600.0
"""Seconds after which all is looked at once more: a system may lose notices."""
_LIMIT = "/proc/sys/fs/inotify/max_user_watches"


class Stop:
    """Whether the watching is to end. A signal's handler may say so at any moment."""

    # Not threading.Event: to set one from a handler can wait for the lock that it interrupted.
    def __init__(self) -> None:
        self.wanted = False

    def is_set(self) -> bool:
        """What watchfiles asks."""
        return self.wanted


@dataclass
class Arrivals:
    """What of the library at `path` is to be looked at, and when.

    `poll` are the seconds between two looks at every file, for a share that sends no notices; None
    waits for those. `say` is told when the library goes and comes.
    """

    path: Path
    stop: Stop
    say: Callable[[str], None]
    quiet: float = QUIET
    poll: float | None = None

    def __post_init__(self) -> None:
        self.root = self.path.resolve()
        # Between two looks nothing can be told to be quiet.
        self.settling = Settling(self.root, self.quiet + (self.poll or 0))
        self._later: list[tuple[float, Scope]] = []
        self._told = False
        """Whether it was said that the library is waited for."""

    def scopes(self) -> Iterator[Scope]:
        """All of the library first, and when it was away; then what has changed and settled.

        Ends when it is to stop. Raises `UserError` where the system cannot watch the library.
        """
        while not self.stop.wanted:
            here = _identity(self.root)
            if here is None or not any(True for _ in _names(self.root)):
                self._wait(here)
            else:
                yield from self._while_here(here)

    def again(self, scope: Scope, seconds: float) -> None:
        """Give `scope` once more after so many seconds."""
        self._later = [(when, other) for when, other in self._later if other != scope]
        self._later.append((time.monotonic() + seconds, scope))

    def is_here(self) -> bool:
        """Whether the library is the one that is watched; another disk may lie in its place."""
        return _identity(self.root) == self._here

    def _while_here(self, here: tuple[int, int]) -> Iterator[Scope]:
        if self._told:
            self.say(f"{self.path} is there")
        self._here, self._told = here, False
        self.settling.clear()
        last = -math.inf
        for changed in self._changes():
            if not self.is_here():
                self._tell(f"{self.path} has gone: waiting for it to come back")
                return
            self.settling.add(changed)
            if time.monotonic() - last >= ALL_AGAIN:  # at first, when no change is missed any more
                last = time.monotonic()
                yield ALL
            elif scope := self._ready():
                yield scope

    def _ready(self) -> Scope | None:
        now = time.monotonic()
        found = [scope for when, scope in self._later if when <= now]
        self._later = [(when, scope) for when, scope in self._later if when > now]
        if settled := self.settling.settled():
            found.append(settled)
        return Scope.joined(found) if found else None

    def _changes(self) -> Iterator[list[str]]:
        """The paths that have changed, each tick."""
        from watchfiles import watch

        tick = 1000 * min(TICK, max(self.quiet / 2, STEP))
        changes = watch(
            self.root, watch_filter=_ours_apart, debounce=int(tick), step=int(1000 * STEP),
            rust_timeout=int(tick), yield_on_timeout=True, stop_event=self.stop,
            force_polling=self.poll is not None, poll_delay_ms=int(1000 * (self.poll or 1)),
            ignore_permission_denied=True,
        )  # fmt: skip
        try:
            for found in changes:
                yield [path for _, path in found]
        except OSError as error:
            if _identity(self.root) is None:  # it went in this very moment
                yield []
                return
            raise UserError(f"{self.path} cannot be watched ({error.strerror or error})",
                            _cure()) from None  # fmt: skip

    def _tell(self, text: str) -> None:
        if not self._told:
            self.say(text)
        self._told = True

    def _wait(self, here: tuple[int, int] | None) -> None:
        """Until the library is there, with something in it."""
        if here is not None:
            self._tell(f"nothing is in {self.path}: waiting for films")
        while not self.stop.wanted:
            if any(True for _ in _names(self.root)):
                return
            end = time.monotonic() + TICK
            while not self.stop.wanted and time.monotonic() < end:
                time.sleep(STEP)


def _ours_apart(change: Change, path: str) -> bool:
    """Whether a change may be someone else's, and more than that of a folder's time."""
    parts = Path(path).parts
    if FOLDER in parts or is_staged(parts[-1]):
        return False
    # What was made in a folder is told by itself.
    return change.name != "modified" or not Path(path).is_dir()


def _identity(root: Path) -> tuple[int, int] | None:
    """What tells a folder from another in its place; None where there is none."""
    try:
        said = root.stat()
        return (said.st_dev, said.st_ino) if root.is_dir() else None
    except OSError:
        return None


def _names(root: Path) -> Iterator[str]:
    try:
        with os.scandir(root) as entries:
            for entry in entries:
                yield entry.name
    except OSError:
        return


def _cure() -> str:
    """A system can have too few watches for so many folders."""
    if Path(_LIMIT).exists():
        return f"give --poll 60, or raise fs.inotify.max_user_watches ({_LIMIT})"
    return "give --poll 60"
