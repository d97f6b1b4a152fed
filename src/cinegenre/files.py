"""Writing so that a reader never sees half a file: a temporary name, then a rename."""

from __future__ import annotations

import errno
import glob
import json
import os
import shutil
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from .errors import UserError

_NO_SYNC = {
    getattr(errno, name, errno.EINVAL)
    for name in ("EINVAL", "ENOLCK", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EPERM")
}
_STALE = 24 * 3600
"""Seconds; no writing of ours pauses for so long."""


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """Yield a temporary path beside `target`; what was written there takes its name at the end.

    Works for a file and for a folder. When the block fails, or is interrupted, the temporary file
    is removed and `target` stays as it was. What keeps it from being written (a full disk, no
    permission) becomes a `UserError`. The temporary name keeps the file's ending, which some
    writers look at.
    """
    staged = target.parent / f".{target.stem}.{os.getpid()}.partial{target.suffix}"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target)
        yield staged
        _swap(staged, target)
    except OSError as error:
        _remove(staged)
        # A file elsewhere that could not be read is not ours to explain.
        if error.filename is None or _inside(Path(str(error.filename)), target.parent):
            raise _writing_failed(target, error) from error
        raise
    except BaseException:
        _remove(staged)
        raise


@contextmanager
def held(lock: Path, busy: UserError) -> Iterator[None]:
    """Hold the file `lock` while the block runs; the system lets go of it when a process is killed.

    Raises `busy` where another process has it. On a network share that knows no locks nothing is
    held: whoever writes there must find other ways to notice a second writer.
    """
    from filelock import FileLock, Timeout

    holding = FileLock(lock)
    try:
        with warnings.catch_warnings():
            # Where there is no flock it takes a file instead, and says so.
            warnings.simplefilter("ignore", UserWarning)
            holding.acquire(blocking=False)
    except Timeout:
        raise busy from None
    except NotImplementedError:  # or older versions give up
        pass
    except OSError as error:
        if error.filename is not None:  # the file itself cannot be made
            raise
    try:
        yield
    finally:
        holding.release()


def synced(file: IO[Any]) -> None:
    """Bring what was written to the disk, or as far as the file system lets us."""
    file.flush()
    try:
        os.fsync(file.fileno())
    except OSError as error:  # some network shares know no such thing; a full disk is an error
        if error.errno not in _NO_SYNC:
            raise


def write_text(target: Path, text: str) -> None:
    """Write `text` as UTF-8 with newline line ends."""
    with whole(target) as staged:
        staged.write_bytes(text.encode("utf-8"))


def write_json(target: Path, value: Any) -> None:
    """Write `value` as indented JSON."""
    write_text(target, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def read_json(path: Path, what: str) -> Any:
    """The JSON in `path`. A missing or broken file's error calls it `what`."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"no {what} at {path}", "check the path") from None
    except (ValueError, OSError) as error:
        raise UserError(f"{what} {path} cannot be read ({error})", "make it anew") from error


def _sweep(target: Path) -> None:
    """Remove what a killed process left of `target`, a day after it last wrote."""
    for left in target.parent.glob(f".{glob.escape(target.stem)}.*.partial{target.suffix}"):
        with suppress(OSError):  # another process may sweep too
            if time.time() - left.stat().st_mtime > _STALE:
                _remove(left)


def _swap(staged: Path, target: Path) -> None:
    if not (target.is_dir() and staged.is_dir()):
        staged.replace(target)
        return
    # No system replaces a full folder: step aside, so that one of the two is always there.
    old = staged.with_name(f"{staged.name}.old")
    target.replace(old)
    staged.replace(target)
    shutil.rmtree(old, ignore_errors=True)


def _inside(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _writing_failed(target: Path, error: OSError) -> UserError:
    if error.errno == errno.ENOSPC:
        return UserError(f"no space left while writing {target}", "free some space, then run again")
    return UserError(f"cannot write {target} ({error.strerror or error})", "check the folder")
