"""The file that remembers a run: tag-TIME.jsonl, with one line per change, flushed at once.

A further line says that the run ended, and another one that it was undone.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .. import jsonl
from ..errors import UserError
from .atomic import sync_folder

FORMAT = 1


class RunFile:
    """The file of one run in a folder, created with its first line. A file that was cut short is
    continued.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = next((path for path in runs(folder) if not state(path)), None)

    def append(self, value: dict[str, Any]) -> None:
        """Write a line; on the disk when this returns."""
        try:
            if self.path is None:
                self.path = _new(self.folder)
            jsonl.append(self.path, value)
        except OSError as error:
            raise UserError(
                f"the journal in {self.folder} cannot be written ({error.strerror})",
                "nothing further was changed: mend that, then run again",
            ) from error

    def end(self) -> None:
        """Write that the run has ended."""
        if self.path is not None:
            self.append({"ended": now()})


def runs(folder: Path) -> list[Path]:
    """The files of runs, the newest first."""
    return sorted(folder.glob("tag-*.jsonl"), reverse=True)


def lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a file. A line that was cut short belongs to a change that was never begun."""
    found = list(jsonl.entries(path))
    if not found or found[0].get("cinegenre tag") != FORMAT:
        raise UserError(f"{path} is not a journal of this cinegenre", "name another")
    return found


def state(path: Path) -> str:
    """ "undone", "ended", or "" for a run that was cut short."""
    try:
        said = lines(path)
    except UserError:  # cut short within its first line, so nothing was changed
        return "undone"
    return next((name for name in ("undone", "ended") if any(name in line for line in said)), "")


def now() -> str:
    """The current time, for people who read the file."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _new(folder: Path) -> Path:
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    path = folder / f"tag-{stamp}.jsonl"
    with path.open("xb") as file:
        file.write(json.dumps({"cinegenre tag": FORMAT, "started": now()}).encode() + b"\n")
    sync_folder(folder)
    return path
