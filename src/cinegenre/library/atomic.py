"""Replaces a file so that it is the old or the new one at any moment, whatever happens."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import BadMovie, UserError
from ..files import synced

_NONBLOCK = getattr(os, "O_NONBLOCK", 0)
_REFUSED = {
    getattr(errno, name, errno.EPERM)
    for name in ("EPERM", "EACCES", "EINVAL", "ENOSYS", "ENOTSUP", "EOPNOTSUPP")
}
CURE = "give yourself the right to write there"
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def read_file(path: Path, limit: int) -> bytes:
    """The file's bytes, at most `limit` + 1. Raises `BadMovie` if it is not a readable file."""
    try:
        # Non-blocking, because opening a pipe would wait for its writer.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | _NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise BadMovie(f"{path.name} is not a plain file", "remove it")
            return file.read(limit + 1)
    except OSError as error:
        raise BadMovie(f"{path.name} cannot be read ({error.strerror})", "check it") from None


def replace_file(
    path: Path,
    data: bytes,
    before: bytes | None,
    *,
    like: Path | None = None,
    sync: bool = True,
) -> None:
    """Give `path` the content `data`, keeping its mode, if it now holds `before` (None: is absent).

    Owner, access list and attributes are kept as well. A new file gets those of `like`. Without
    `sync` a power cut may lose it. The content is first written to a temporary file beside it and
    flushed to the disk, which is then renamed. Raises `BadMovie` if someone changed the file or it
    may not be written, `UserError` if the disk is full.
    """
    staged = staged_path(path)
    model = like if before is None else path
    try:
        _check(path, before)
        staged.unlink(missing_ok=True)  # left by a killed run
        with staged.open("xb") as file:
            if model is not None:  # before writing, so that nobody else can read a private file
                with _courtesy():
                    shutil.copymode(model, staged)
                with _courtesy():
                    _keep_owner(model, staged)
                _keep_attributes(model, staged)
            file.write(data)
            if sync:
                synced(file)
        _check(path, before)
        # The rename need not be on the disk yet: until then the complete old file is there.
        staged.replace(path)
    except OSError as error:
        raise _failed(path, error) from error
    finally:
        with suppress(OSError):
            staged.unlink(missing_ok=True)


def staged_path(path: Path) -> Path:
    """The temporary name, one per file, so that the leftover of a killed run is found again."""
    return path.with_name(fitting(path.parent, f".{path.name}", ".cinegenre"))


def fitting(folder: Path, name: str, ending: str) -> str:
    """`name` with an ending, shortened if a file in this folder may not have so long a name."""
    whole, longest = name + ending, _longest(folder)
    if len(os.fsencode(whole)) <= longest:
        return whole
    ending = f"~{digest(os.fsencode(name))[:8]}{ending}"
    while len(os.fsencode(name + ending)) > longest:
        name = name[:-1]
    return name + ending


def is_staged(name: str) -> bool:
    """Whether this is the name of such a temporary file."""
    return name.startswith(".") and name.endswith(".cinegenre")


def sync_folder(folder: Path) -> None:
    """Flush a rename to the disk, if the system allows opening a folder for that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _check(path: Path, before: bytes | None) -> None:
    if before is None:
        if path.exists():
            raise BadMovie(f"{path.name} has appeared meanwhile", "run again")
        return
    if path.read_bytes() != before:
        raise BadMovie(f"{path.name} was changed meanwhile", "run again")
    check_writable(path)


def check_writable(path: Path) -> None:
    """Raise `BadMovie` if a file is not to be replaced because it is read-only."""
    # A rename needs no write access to the file, but whoever removed that access meant it.
    if not path.stat().st_mode & stat.S_IWUSR:
        raise BadMovie(f"{path.name} is read-only", "make it writable")


@contextmanager
def _courtesy() -> Iterator[None]:
    """Ignores that mode and owner cannot be kept: a network share may refuse either."""
    try:
        yield
    except OSError as error:
        if error.errno not in _REFUSED:
            raise


def _keep_owner(path: Path, staged: Path) -> None:
    if hasattr(os, "chown"):  # only root may change a file's owner
        now, then = staged.stat(), path.stat()
        if (now.st_uid, now.st_gid) != (then.st_uid, then.st_gid):
            os.chown(staged, then.st_uid, then.st_gid)


def _keep_attributes(path: Path, staged: Path) -> None:
    """Keep access lists and tags, if the system has them and lets us."""
    if hasattr(os, "listxattr"):
        with suppress(OSError):
            for name in os.listxattr(path):
                if name.startswith(("user.", "system.posix_acl")):
                    with suppress(OSError):
                        os.setxattr(staged, name, os.getxattr(path, name))


def _longest(folder: Path) -> int:
    """The most bytes of a file's name in a folder."""
    with suppress(OSError, ValueError, AttributeError):  # on Windows there is no pathconf
        return os.pathconf(folder, "PC_NAME_MAX")
    return 255


def cure(error: OSError) -> str:
    """What to do if the system does not allow writing."""
    if error.errno == errno.ENAMETOOLONG:
        return "shorten the names of the file and its folders"
    if error.errno == errno.EROFS:
        return "mount that disk for writing"
    if error.errno in (errno.EPERM, errno.EACCES):
        return CURE
    return "check that disk"


def _failed(path: Path, error: OSError) -> UserError:
    if error.errno in _FULL:
        return UserError(f"no space left to write {path}", "free some space, then run again")
    return BadMovie(f"{path.name} cannot be written ({error.strerror or error})", cure(error))
