"""The file that remembers a run: tag-TIME.jsonl, a line a change, each on the disk at once.

Then a line that says that the run ended, and one when it was undone.
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
    """The file of one run in a folder; made at its first line. One cut short is gone on in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = next((path for path in runs(folder) if not state(path)), None)

    def append(self, value: dict[str, Any]) -> None:
        """Note something; on the disk when this returns."""
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
        """Note that the run came to its end."""
        if self.path is not None:
            self.append({"ended": now()})


def runs(folder: Path) -> list[Path]:
    """The newest first."""
    return sorted(folder.glob("tag-*.jsonl"), reverse=True)


def lines(path: Path) -> list[dict[str, Any]]:
    """What a file says. A line that was cut short told of a change that was never begun."""
    found = list(jsonl.entries(path))
    if not found or found[0].get("cinegenre tag") != FORMAT:
        raise UserError(f"{path} is no journal of this cinegenre", "name another")
    return found


def state(path: Path) -> str:
    """ "undone", "ended", or "" for a run that was cut short."""
    try:
        said = lines(path)
    except UserError:  # cut short before its first line was whole: nothing was changed
        return "undone"
    return next((name for name in ("undone", "ended") if any(name in line for line in said)), "")


def now() -> str:
    """The time, for a person who reads the file."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _new(folder: Path) -> Path:
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    path = folder / f"tag-{stamp}.jsonl"
    with path.open("xb") as file:
        file.write(json.dumps({"cinegenre tag": FORMAT, "started": now()}).encode() + b"\n")
    sync_folder(folder)
    return path
