"""`cinegenre tag --watch`: films are done as they arrive."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING

from ..errors import UserError
from .tag_refresh import Again, connected
from .tag_rows import Shown
from .tag_run import Ready, Wanted, checked, print_hints

if TYPE_CHECKING:
    from ..library import Writer
    from ..library.arrivals import Arrivals, Stop
    from ..library.scope import Scope
    from ..library.watched import Memory

PAUSE = 60.0
"""Seconds after which work that failed is tried again."""
ASK_AGAIN = 3600.0
"""Seconds after which servers are asked again for what they do not show."""


def watch_folder(wanted: Wanted, *, settle: float | None, poll: float | None) -> None:
    """All of a folder at first, then what is new in it, until a signal ends it.

    SIGTERM is a good end, Ctrl-C an interruption; the film in hand is finished before either.
    """
    from ..library.arrivals import QUIET, Arrivals
    from ..library.watched import Memory

    library = checked(wanted)
    with _stopping() as stop:
        servers = connected(wanted.refresh, library, wanted.server_path, wanted.key_file)
        ready = Ready.of(wanted)
        quiet = QUIET if settle is None else settle
        arrivals = Arrivals(library, stop, _say, quiet, poll)
        _Watch(wanted, ready, arrivals, Memory(), Again(servers, _Sleep(stop))).run()


@dataclass
class _Watch:
    wanted: Wanted
    ready: Ready
    arrivals: Arrivals
    memory: Memory
    servers: Again
    _failed: str = ""
    """What was last said to have failed."""

    def run(self) -> None:
        first = True
        for scope in self.arrivals.scopes():
            try:
                self._look(scope, first=first)
                self._failed = ""
            except _Stopped:
                return
            except BrokenPipeError:  # whoever read our lines has gone
                raise
            except (UserError, OSError) as error:
                if not self.arrivals.is_here():
                    continue  # it will be looked at when it comes back
                if str(error) != self._failed:
                    _say(f"error: {error}; trying again every {PAUSE:.0f} s")
                self._failed = str(error)
                self.arrivals.again(scope, PAUSE)
            if first:
                how = f"every {self.arrivals.poll:g} s" if self.arrivals.poll else "by notices"
                _say(f"watching {self.arrivals.path} {how}")
            first = False

    def _look(self, scope: Scope, *, first: bool) -> None:
        from ..library.passed import Passed
        from ..library.scope import NOTHING
        from ..library.watched import WatchedLibrary

        wanted, ready, written, passed = self.wanted, self.ready, list[str](), Passed()
        shown = Shown(wanted.library, all=wanted.show_all, as_json=wanted.as_json, lines=True)
        try:
            with ExitStack() as stack:
                films = WatchedLibrary(
                    self.arrivals.root, create=wanted.create, exclude=wanted.exclude,
                    passed=passed, scope=scope, memory=self.memory,
                    opens=(lambda: self._writer(stack)) if wanted.write else None,
                )  # fmt: skip
                for row in films.rows(ready.tagger, ready.options):
                    shown.add(row)
                    written += [row.path] if row.status == "written" else []
                    if self.arrivals.stop.wanted:
                        break
        finally:
            if first:
                shown.end(passed, removed=wanted.drop_unknown)
                undo = f"cinegenre tag --undo {wanted.library}"
                print_hints(shown, ready, undo=undo)
        if first or written or self.servers.wants:
            self.servers.run(written, as_json=wanted.as_json)
            if self.servers.wants:
                self.arrivals.again(NOTHING, ASK_AGAIN)

    def _writer(self, stack: ExitStack) -> Writer:
        """The right to write, for this look; a journal for it is made with its first line."""
        from ..library import writer

        # Never into the empty folder that a share was mounted at.
        if not self.arrivals.is_here():
            raise UserError(f"{self.wanted.library} has gone", "bring it back")
        backup = self.wanted.backup
        copies = None if backup is None else backup.resolve()
        return stack.enter_context(writer(self.arrivals.root, copies))


class _Stopped(Exception):
    """The wait for a server is over, for all is."""


@dataclass(frozen=True)
class _Sleep:
    stop: Stop

    def __call__(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if self.stop.wanted:
                raise _Stopped
            time.sleep(min(left, 0.2))


@contextmanager
def _stopping() -> Iterator[Stop]:
    """What SIGTERM and Ctrl-C set; a second one ends the process where it stands."""
    from ..library.arrivals import Stop

    stop, got = Stop(), list[int]()

    def asked(number: int, frame: FrameType | None) -> None:
        stop.wanted = True
        got.append(number)
        signal.signal(number, before[number])

    names = ("SIGTERM", "SIGINT", "SIGBREAK")  # the last is Windows'
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.signal(number, asked) for number in numbers}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if signal.SIGINT in got:
        raise KeyboardInterrupt


def _say(text: str) -> None:
    from .show import plain

    print(plain(text), file=sys.stderr, flush=True)
