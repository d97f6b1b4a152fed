"""What earlier runs came to, a line a film: nothing is asked for twice."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from ...errors import UserError

NAME = "journal.jsonl"
KEPT = timedelta(days=180)
"""TMDB's terms let what it sent be kept for six months."""


class Journal:
    """`journal.jsonl` in the folder of posters: the last line of a film holds.

    A line is written when its poster stands under its name, so what a kill leaves behind is at
    worst a poster without a line, or half a line, which is passed over.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self.lines: dict[str, dict[str, Any]] = {}
        self._file: TextIO | None = None
        self._whole = True
        if self.path.exists():
            text = self.path.read_text(encoding="utf-8", errors="replace")
            self._whole = not text or text.endswith("\n")
            for line in text.splitlines():
                self._take(line)

    def __enter__(self) -> Journal:
        try:
            self._file = self.path.open("a", encoding="utf-8", newline="\n")
        except OSError as error:
            raise UserError(
                f"cannot write {self.path} ({error.strerror})", "check the folder"
            ) from error
        if not self._whole:
            self._file.write("\n")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        if self._file:
            self._file.close()

    def fetched(self, name: str, file: str, size: str) -> None:
        """A film's poster is there under the name `file`."""
        self._write({"film": name, "file": file, "size": size})

    def absent(self, name: str, why: str) -> None:
        """TMDB has no poster of a film."""
        self._write({"film": name, "none": why})

    def reason(self, name: str) -> str | None:
        """Why a film has no poster, where TMDB was asked."""
        line = self.lines.get(name, {})
        return str(line["none"]) if "none" in line else None

    def size(self, name: str) -> str | None:
        """The size of a film's poster; None where that is not known."""
        size = self.lines.get(name, {}).get("size")
        return size if isinstance(size, str) else None

    def is_old(self, name: str) -> bool:
        """Whether a film's line is older than `KEPT`."""
        try:
            at = date.fromisoformat(str(self.lines[name]["at"]))
        except (KeyError, ValueError):
            return False
        return datetime.now(UTC).date() - at > KEPT

    def _take(self, line: str) -> None:
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            return
        if isinstance(value, dict) and isinstance(value.get("film"), str):
            self.lines[value["film"]] = value

    def _write(self, line: dict[str, Any]) -> None:
        assert self._file is not None
        line |= {"at": f"{datetime.now(UTC):%Y-%m-%d}"}
        self.lines[line["film"]] = line
        try:
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()
        except OSError as error:
            raise UserError(
                f"cannot write {self.path} ({error.strerror})", "free some space, then run again"
            ) from error
