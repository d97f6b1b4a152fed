"""Collects what a reader did with a source: columns read, cells repaired, posters found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from .posters import Beside


def _silent(line: str) -> None:
    pass


@dataclass
class ReadLog:
    """A reader's report on a source; `tell` is called with each line of it.

    `mended` counts repaired values by reason, and is complete when the source has been read.
    `reads` are the fields that the caller wants: an unreadable cell of another field is ignored and
    counted, whereas without `reads` its row becomes a `BadRow`. `posters` is the folder in which
    posters are looked for.
    """

    tell: Callable[[str], None] = _silent
    reads: Collection[str] | None = None
    mended: Counter[str] = field(default_factory=Counter)
    posters: Beside | None = None
    files: int = 0

    def begun(self, name: str, columns: str) -> None:
        """Report the columns of a file; of several files, only those of the first."""
        self.files += 1
        if self.files == 1:
            self.tell(f"{name}: {columns}")

    def ended(self, name: str) -> None:
        """Report the end of a file, or of the part that is wanted."""
        if self.mended:
            counts = ", ".join(f"{count:,} {why}" for why, count in self.mended.most_common())
            self.tell(f"{name}: {counts}")
        if self.posters is not None and self.posters.missing:
            self.tell(self.posters.missing)

    def anew(self) -> ReadLog:
        """A new log for another table, with the same `tell`."""
        return ReadLog(tell=self.tell, reads=self.reads)

    def wants(self, field: str) -> bool:
        """Whether an unreadable cell of this field makes the row bad."""
        return self.reads is None or field in self.reads

    def passed_over(self, field: str) -> None:
        """Count an unreadable cell of a field that is not wanted."""
        self.mended[f"cells of {field} that cannot be read, passed over"] += 1
