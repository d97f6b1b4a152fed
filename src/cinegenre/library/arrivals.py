"""Watches a library and says which parts to look at, as films arrive and as it comes and goes.

watchfiles reports the changes, either from the system's notices or by polling.
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
"""Seconds between two checks for a wish to stop."""
TICK = 1.0
"""Seconds between two checks of what has settled and whether the library is there."""
ALL_AGAIN = 24 * 3600.0
"""Seconds after which the whole library is looked at again, because a system may lose notices."""
_LIMIT = "/proc/sys/fs/inotify/max_user_watches"


class Stop:
    """Tells the watching to end. A signal handler may set it at any moment."""

    # Not threading.Event: setting one in a signal handler can wait for a lock that it interrupted.
    def __init__(self) -> None:
        self.wanted = False

    def is_set(self) -> bool:
        """The method that watchfiles calls."""
        return self.wanted


@dataclass
class Arrivals:
    """Says which parts of the library at `path` to look at, and when.

    `poll` is the number of seconds between two looks at every file, for a share that sends no
    notices; None waits for notices. `say` is called with a line when the library goes or comes.
    """

    path: Path
    stop: Stop
    say: Callable[[str], None]
    quiet: float = QUIET
    poll: float | None = None

    def __post_init__(self) -> None:
        self.root = self.path.resolve()
        # Whether a folder is quiet cannot be known between two looks.
        self.settling = Settling(self.root, self.quiet + (self.poll or 0))
        self._later: list[tuple[float, Scope]] = []
        self._told = False
        """Whether the user was told that we are waiting for the library."""

    def scopes(self) -> Iterator[Scope]:
        """The whole library at first and whenever it has come back, then what changed and settled.

        Ends when `stop` is set. Raises `UserError` if the system cannot watch the library.
        """
        while not self.stop.wanted:
            here = _identity(self.root)
            if here is None or not any(True for _ in _names(self.root)):
                self._wait(here)
            else:
                yield from self._while_here(here)

    def again(self, scope: Scope, seconds: float) -> None:
        """Yield `scope` once more after this many seconds."""
        self._later = [(when, other) for when, other in self._later if other != scope]
        self._later.append((time.monotonic() + seconds, scope))

    def is_here(self) -> bool:
        """Whether the watched library is there; another disk may be mounted in its place."""
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
            if time.monotonic() - last >= ALL_AGAIN:  # first once changes are watched
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
        """At each tick, the paths that have changed."""
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
            if _identity(self.root) is None:  # it has gone at this very moment
                yield []
                return
            raise UserError(f"{self.path} cannot be watched ({error.strerror or error})",
                            _cure()) from None  # fmt: skip

    def _tell(self, text: str) -> None:
        if not self._told:
            self.say(text)
        self._told = True

    def _wait(self, here: tuple[int, int] | None) -> None:
        """Wait until the library is there and not empty."""
        if here is not None:
            self._tell(f"nothing is in {self.path}: waiting for films")
        while not self.stop.wanted:
            if any(True for _ in _names(self.root)):
                return
            end = time.monotonic() + TICK
            while not self.stop.wanted and time.monotonic() < end:
                time.sleep(STEP)


def _ours_apart(change: Change, path: str) -> bool:
    """Whether a change may be someone else's, and is more than a folder's new modification time."""
    parts = Path(path).parts
    if FOLDER in parts or is_staged(parts[-1]):
        return False
    # A file that is created in a folder has a notice of its own.
    return change.name != "modified" or not Path(path).is_dir()


def _identity(root: Path) -> tuple[int, int] | None:
    """The device and inode of a folder, which another folder in its place does not share; None if
    there is no folder.
    """
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
    """The cure for a system that allows fewer watches than there are folders."""
    if Path(_LIMIT).exists():
        return f"give --poll 60, or raise fs.inotify.max_user_watches ({_LIMIT})"
    return "give --poll 60"
