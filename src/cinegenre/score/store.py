"""The output folder of a run: plan, journal and shards. Only one run at a time may write to it."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import jsonl
from ..errors import UserError
from ..files import held, synced, whole
from . import plan as planning
from .plan import Plan

JOURNAL = "journal.jsonl"
SCORES = "scores"
"""The folder of the shards. It has nothing else in it, so that any tool can read it as one
table."""
LOCK = ".lock"


@dataclass(frozen=True, kw_only=True)
class Done:
    """A scored shard: the bytes of its file, its counts, and films to review."""

    shard: int
    data: bytes = b""
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    review: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Lock `out` for this process; the lock is released when the process ends, however it ends.

    Creates the folder. Raises `UserError` if another run holds it, or if it has other files in it.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise UserError(f"--out {out} is a file", "name a new folder") from None
    others = [path.name for path in out.iterdir() if path.name != LOCK]
    # A run that was killed before its plan was written has left only a temporary file.
    strange = [name for name in others if not name.endswith(".partial.json")]
    if strange and planning.NAME not in others:
        raise UserError(
            f"{out} holds {strange[0]!r} and no {planning.NAME}", "name a new or an empty folder"
        )
    busy = UserError(f"another run is scoring into {out}", "wait for it, or name another folder")
    with held(out / LOCK, busy):
        yield


class Store:
    """Writes shards and their journal. A shard is finished if its file has the size in the
    journal.
    """

    def __init__(self, out: Path, plan: Plan) -> None:
        self.out = out
        self.plan = plan
        self._journal = out / JOURNAL
        self._sweep()

    def finished(self) -> Iterator[Done]:
        """The shards that need no scoring, without their data."""
        last = {entry["shard"]: number for number, entry in enumerate(self._entries())}
        # Read twice, because all the thumbnails in it together may not fit into memory.
        for number, entry in enumerate(self._entries()):
            shard = entry["shard"]
            if last[shard] == number and self._size(shard) == entry["bytes"]:
                yield Done(shard=shard, counts=entry["counts"], review=entry["review"])

    def keep(self, done: Done) -> None:
        """Write a shard. Its journal entry is written first, so that every shard has one."""
        entry = {"shard": done.shard, "bytes": len(done.data), "counts": done.counts,
                 "review": done.review}  # fmt: skip
        try:
            jsonl.append(self._journal, entry)
        except OSError as error:
            raise _unwritten(self._journal, error) from error
        with whole(self._path(done.shard)) as staged, staged.open("wb") as to:
            to.write(done.data)
            synced(to)

    def _entries(self) -> Iterator[dict[str, Any]]:
        wanted = {"shard", "bytes", "counts", "review"}
        return (entry for entry in jsonl.entries(self._journal) if wanted <= entry.keys())

    def _path(self, shard: int) -> Path:
        return self.out / SCORES / self.plan.shard_name(shard)

    def _size(self, shard: int) -> int | None:
        try:
            return self._path(shard).stat().st_size
        except OSError:
            return None

    def _sweep(self) -> None:
        """Remove the temporary files of a killed run; the lock keeps out any other run."""
        for path in self.out.rglob(".*.partial.*"):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def _unwritten(path: Path, error: OSError) -> UserError:
    if error.errno == errno.ENOSPC:
        return UserError(f"no space left while writing {path}", "free some space, then run again")
    return UserError(f"cannot write {path} ({error.strerror or error})", "check the folder")
