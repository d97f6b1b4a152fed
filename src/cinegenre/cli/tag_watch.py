"""`cinegenre tag --watch`: tags films as they arrive."""

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
"""Seconds until failed work is tried again."""
ASK_AGAIN = 3600.0
"""Seconds until servers are asked again about films that they do not show."""


def watch_folder(wanted: Wanted, *, settle: float | None, poll: float | None) -> None:
    """Tag all films of a folder, then those that are new in it, until a signal ends it.

    SIGTERM ends it with success, Ctrl-C interrupts it; either way the current film is finished.
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
    """The last error that was printed."""

    def run(self) -> None:
        first = True
        for scope in self.arrivals.scopes():
            try:
                self._look(scope, first=first)
                self._failed = ""
            except _Stopped:
                return
            except BrokenPipeError:  # the reader of our lines has gone
                raise
            except (UserError, OSError) as error:
                if not self.arrivals.is_here():
                    continue  # it is looked through when it comes back
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
        """A writer for this look at the library. Its journal is created with the first line."""
        from ..library import writer

        # Never write into the empty folder at which a share was mounted.
        if not self.arrivals.is_here():
            raise UserError(f"{self.wanted.library} has gone", "bring it back")
        backup = self.wanted.backup
        copies = None if backup is None else backup.resolve()
        return stack.enter_context(writer(self.arrivals.root, copies))


class _Stopped(Exception):
    """The watching was stopped while waiting for a server."""


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
    """A `Stop` that SIGTERM and Ctrl-C set. A second signal ends the process at once."""
    from ..library.arrivals import Stop

    stop, got = Stop(), list[int]()

    def asked(number: int, frame: FrameType | None) -> None:
        stop.wanted = True
        got.append(number)
        signal.signal(number, before[number])

    names = ("SIGTERM", "SIGINT", "SIGBREAK")  # the last one exists on Windows
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
