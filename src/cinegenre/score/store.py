"""The folder that a run writes: plan, journal, shards. One run at a time."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import UserError
from ..files import held, synced, whole
from . import plan as planning
from .plan import Plan

JOURNAL = "journal.jsonl"
SCORES = "scores"
"""The folder of the shards: nothing else lies there, so that any tool reads it as one table."""
LOCK = ".lock"


@dataclass(frozen=True, kw_only=True)
class Done:
    """A shard that was scored: its file's bytes, what is counted, and films to review."""

    shard: int
    data: bytes = b""
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    review: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Hold `out` for this process alone; the lock goes with the process, however it ends.

    Makes the folder. Raises `UserError` where another run holds it, or it is not ours to fill.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise UserError(f"--out {out} is a file", "name a new folder") from None
    others = [path.name for path in out.iterdir() if path.name != LOCK]
    # A run that was killed before its plan was whole has left only that.
    strange = [name for name in others if not name.endswith(".partial.json")]
    if strange and planning.NAME not in others:
        raise UserError(
            f"{out} holds {strange[0]!r} and no {planning.NAME}", "name a new or an empty folder"
        )
    busy = UserError(f"another run is scoring into {out}", "wait for it, or name another folder")
    with held(out / LOCK, busy):
        yield


class Store:
    """Shards as they become whole. A shard is finished when it is there as the journal has it."""

    def __init__(self, out: Path, plan: Plan) -> None:
        self.out = out
        self.plan = plan
        self._journal = out / JOURNAL
        self._sweep()

    def finished(self) -> Iterator[Done]:
        """The shards that need no scoring, without their data, in their order."""
        lines: dict[int, tuple[int, int]] = {}
        with self._opened() as file:
            at = 0
            for line in file:
                entry = _parsed(line)
                if entry is not None:
                    lines[entry["shard"]] = at, entry["bytes"]
                at += len(line)
            for shard, (at, size) in sorted(lines.items()):
                if self._size(shard) == size:
                    file.seek(at)
                    entry = json.loads(file.readline())
                    yield Done(shard=shard, counts=entry["counts"], review=entry["review"])

    def keep(self, done: Done) -> None:
        """Put a shard under its name. The journal knows of it first, so that none is unknown."""
        entry = {"shard": done.shard, "bytes": len(done.data), "counts": done.counts,
                 "review": done.review}  # fmt: skip
        try:
            with self._journal.open("ab") as file:
                if file.tell() and not self._ends_whole():
                    file.write(b"\n")  # a killed run's last line was cut off
                file.write(json.dumps(entry).encode("ascii") + b"\n")
                synced(file)
        except OSError as error:
            raise _unwritten(self._journal, error) from error
        with whole(self._path(done.shard)) as staged, staged.open("wb") as to:
            to.write(done.data)
            synced(to)

    def _opened(self) -> Any:
        self._journal.touch()
        return self._journal.open("rb")

    def _ends_whole(self) -> bool:
        with self._journal.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read() == b"\n"

    def _path(self, shard: int) -> Path:
        return self.out / SCORES / self.plan.shard_name(shard)

    def _size(self, shard: int) -> int | None:
        try:
            return self._path(shard).stat().st_size
        except OSError:
            return None

    def _sweep(self) -> None:
        """Remove what a killed run left half written: nobody else may be writing here."""
        for path in self.out.rglob(".*.partial.*"):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def _parsed(line: bytes) -> dict[str, Any] | None:
    """A line of the journal; None for one that was cut off."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    whole_entry = isinstance(entry, dict) and {"shard", "bytes", "counts", "review"} <= set(entry)
    return entry if whole_entry and line.endswith(b"\n") else None


def _unwritten(path: Path, error: OSError) -> UserError:
    if error.errno == errno.ENOSPC:
        return UserError(f"no space left while writing {path}", "free some space, then run again")
    return UserError(f"cannot write {path} ({error.strerror or error})", "check the folder")
