"""One writer a library at a time; the system lets go of the lock when a process is killed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import UserError


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold `path` as a lock. Raises `UserError` where another process does."""
    with path.open("ab") as file:
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno is None or isinstance(error, BlockingIOError | PermissionError):
                raise UserError(
                    f"another process changes {path.parent.parent}", "wait for it to end"
                ) from None
            # A network disk may know no locks: the check before each rename must do.
        yield
