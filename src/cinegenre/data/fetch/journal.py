"""The results of earlier runs, one line per film, so that nothing is asked for twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from ... import jsonl
from ...errors import UserError

NAME = "journal.jsonl"
KEPT = timedelta(days=180)
"""How long TMDB's terms allow keeping its data: six months."""


class Journal:
    """`journal.jsonl` in the folder of posters. The last line of a film counts.

    A line is written after its poster is complete, so a killed run leaves at worst a poster without
    a line, or half a line, which is ignored.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        try:
            self.path.touch()  # fails before any request if the folder is not writable
        except OSError as error:
            raise UserError(
                f"cannot write {self.path} ({error.strerror})", "check the folder"
            ) from error
        self.lines: dict[str, dict[str, Any]] = {
            line["film"]: line
            for line in jsonl.entries(self.path)
            if isinstance(line.get("film"), str)
        }

    def fetched(self, name: str, file: str, size: str) -> None:
        """Note that a film's poster is in `file`."""
        self._write({"film": name, "file": file, "size": size})

    def absent(self, name: str, why: str) -> None:
        """Note that TMDB has no poster of a film."""
        self._write({"film": name, "none": why})

    def reason(self, name: str) -> str | None:
        """Why a film has no poster, if TMDB was asked."""
        line = self.lines.get(name, {})
        return str(line["none"]) if "none" in line else None

    def size(self, name: str) -> str | None:
        """The size of a film's poster; None if it is not known."""
        size = self.lines.get(name, {}).get("size")
        return size if isinstance(size, str) else None

    def is_old(self, name: str) -> bool:
        """Whether a film's line is older than `KEPT`."""
        try:
            at = date.fromisoformat(str(self.lines[name]["at"]))
        except (KeyError, ValueError):
            return False
        return datetime.now(UTC).date() - at > KEPT

    def _write(self, line: dict[str, Any]) -> None:
        line |= {"at": f"{datetime.now(UTC):%Y-%m-%d}"}
        self.lines[line["film"]] = line
        try:
            jsonl.append(self.path, line, sync=False)
        except OSError as error:
            raise UserError(
                f"cannot write {self.path} ({error.strerror})", "free some space, then run again"
            ) from error
