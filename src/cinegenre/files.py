"""Writing so that a reader never sees half a file: a temporary name, then a rename."""

from __future__ import annotations

import errno
import glob
import json
import os
import shutil
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from .errors import UserError

_NO_SYNC = {
    getattr(errno, name, errno.EINVAL)
    for name in ("EINVAL", "ENOLCK", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EPERM")
}
_DESKTOP = {".DS_Store", "Thumbs.db", "desktop.ini"}
"""What file managers leave in any folder that was looked at."""

_STALE = 24 * 3600
"""Age in seconds from which a temporary file counts as abandoned; no writer pauses that long."""


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """Yield a temporary path beside `target`; at the end, what was written there becomes `target`.

    Works for files and folders. If the block fails or is interrupted, the temporary file is removed
    and `target` stays as it was. A full disk or a missing permission raises `UserError`. The
    temporary name keeps the file's ending, because some writers choose the format by it.

    If `target` is a link, what it points to is written and the link stays. A device or a pipe
    raises `UserError`: renaming would put a file in its place.
    """
    named, target = target, _real(target)
    staged = target.parent / f".{target.stem}.{os.getpid()}.partial{target.suffix}"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target)
    except OSError as error:
        raise _writing_failed(named, error) from error
    try:
        yield staged
        _swap(staged, target)
    except OSError as error:
        _remove(staged)
        # The block may also read: an error about a file elsewhere is not about writing `target`.
        if error.filename is None or _inside(Path(str(error.filename)), target.parent):
            raise _writing_failed(named, error) from error
        raise
    except BaseException:
        _remove(staged)
        raise


def check_file(target: Path, read: Iterable[Path] = ()) -> None:
    """Raise `UserError` if no file can be put at `target`, or if it is one of those `read`.

    For results that are only written after minutes or hours of work.
    """
    _check_place(target)
    if target.is_dir():
        raise UserError(f"{target} is a folder", "name a file")
    for source in read:
        if target.exists() and source.exists() and target.samefile(source):
            raise UserError(
                f"{target} is also read, and would be written over", "name another file"
            )


def check_room(out: Path) -> None:
    """Raise `UserError` unless `out` is a folder, or can be made one, that files can be put into.

    Others in it stay: only files of the same names are replaced.
    """
    _check_place(out)
    if out.exists() and not out.is_dir():
        raise UserError(f"{out} is a file", "name a new folder for --out")


def check_folder(out: Path, kind: str, mark: str, ours: Callable[[str], bool]) -> None:
    """Raise `UserError` unless a folder can be put at `out` without a loss.

    It must be new or empty, or hold an older `kind`: the file `mark`, and nothing that is not
    `ours` by its name. The older one is replaced as a whole.
    """
    check_room(out)
    if not out.exists():
        return
    names = sorted(path.name for path in out.iterdir() if path.name not in _DESKTOP)
    if not names:
        return
    if mark not in names:
        raise UserError(f"{out} is not empty and holds no {kind}", "name another --out")
    for name in names:
        if not ours(name):
            raise UserError(
                f"{out} also holds {name!r}, which would be lost",
                "move it away, or name another --out",
            )


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
    """Write `text` as UTF-8 with newline line ends.

    A path or name with bytes that are no UTF-8 has them as escapes, which JSON reads back.
    """
    with whole(target) as staged:
        staged.write_bytes(text.encode("utf-8", "backslashreplace"))


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


def _real(target: Path) -> Path:
    """Where a file or folder of this name is really put."""
    try:
        real = Path(os.path.realpath(target)) if target.is_symlink() else target
        there = real.exists() and not (real.is_file() or real.is_dir())
    except OSError as error:  # such as a name that is too long
        raise _writing_failed(target, error) from error
    if there:
        raise UserError(f"{target} is a device or a pipe", "name a file or a folder")
    return real


def _check_place(target: Path) -> None:
    """Raise `UserError` if nothing can be made at `target`."""
    real = _real(target)
    place = next((folder for folder in real.parents if folder.exists()), None)
    if place is not None and not place.is_dir():
        raise UserError(f"cannot write {target}: {place} is a file", "name another place")
    if place is not None and not os.access(place, os.W_OK):
        raise UserError(
            f"cannot write {target}: {place} is read-only for you", "name another place"
        )


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
    with suppress(OSError):  # it must not hide the error for which it is called
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _writing_failed(target: Path, error: OSError) -> UserError:
    if error.errno == errno.ENOSPC:
        return UserError(f"no space left while writing {target}", "free some space, then run again")
    return UserError(f"cannot write {target} ({error.strerror or error})", "check the folder")
