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
"""Age in seconds from which a temporary file counts as abandoned; no writer pauses that long."""


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """Yield a temporary path beside `target`; at the end, what was written there becomes `target`.

    Works for files and folders. If the block fails or is interrupted, the temporary file is removed
    and `target` stays as it was. A full disk or a missing permission raises `UserError`. The
    temporary name keeps the file's ending, because some writers choose the format by it.
    """
    staged = target.parent / f".{target.stem}.{os.getpid()}.partial{target.suffix}"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target)
        yield staged
        _swap(staged, target)
    except OSError as error:
        _remove(staged)
        # The block may also read: an error about a file elsewhere is not about writing `target`.
        if error.filename is None or _inside(Path(str(error.filename)), target.parent):
            raise _writing_failed(target, error) from error
        raise
    except BaseException:
        _remove(staged)
        raise


@contextmanager
def held(lock: Path, busy: UserError) -> Iterator[None]:
    """Hold a lock on the file `lock` while the block runs; the system releases it after a kill.

    Raises `busy` if another process holds it. A network share without file locks is not protected:
    callers that write there must notice a second writer in another way.
    """
    from filelock import FileLock, Timeout

    holding = FileLock(lock)
    try:
        with warnings.catch_warnings():
            # Without flock, filelock warns and falls back to the mere existence of a file.
            warnings.simplefilter("ignore", UserWarning)
            holding.acquire(blocking=False)
    except Timeout:
        raise busy from None
    except NotImplementedError:  # older versions of filelock raise this instead
        pass
    except OSError as error:
        if error.filename is not None:  # the lock file itself cannot be created
            raise
    try:
        yield
    finally:
        holding.release()


def synced(file: IO[Any]) -> None:
    """Flush what was written to the disk, as far as the file system supports it."""
    file.flush()
    try:
        os.fsync(file.fileno())
    except OSError as error:  # some network shares do not support fsync; a full disk is an error
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
    """The JSON in `path`. Errors for a missing or broken file call it `what`."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"no {what} at {path}", "check the path") from None
    except (ValueError, OSError) as error:
        raise UserError(f"{what} {path} cannot be read ({error})", "make it anew") from error


def _sweep(target: Path) -> None:
    """Remove temporary files of `target` that a killed process left, a day after the last write."""
    for left in target.parent.glob(f".{glob.escape(target.stem)}.*.partial{target.suffix}"):
        with suppress(OSError):  # another process may sweep too
            if time.time() - left.stat().st_mtime > _STALE:
                _remove(left)


def _swap(staged: Path, target: Path) -> None:
    if not (target.is_dir() and staged.is_dir()):
        staged.replace(target)
        return
    # No system can replace a folder that is not empty, so the old one is renamed first. Either the
    # old or the new one is always there under one of the two names.
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
