"""What a reader makes of a source, told to a person: columns taken, cells mended, posters found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from .posters import Beside


def _silent(line: str) -> None:
    pass


@dataclass
class ReadLog:
    """Given to a reader, it is told what was made of the source; `tell` hears it line by line.

    `mended` counts what was not read as it stands, by reason: it is whole when the source is
    read. `reads` are the fields that the caller wants: a cell of another field that cannot be
    read is passed over and counted, where without `reads` its row is a `BadRow`. `posters` is the
    folder in which they are looked for.
    """

    tell: Callable[[str], None] = _silent
    reads: Collection[str] | None = None
    mended: Counter[str] = field(default_factory=Counter)
    posters: Beside | None = None
    files: int = 0

    def begun(self, name: str, columns: str) -> None:
        """A file's columns are known; of many files only the first one's are told."""
        self.files += 1
        if self.files == 1:
            self.tell(f"{name}: {columns}")

    def ended(self, name: str) -> None:
        """A file is read to its end, or as far as is wanted."""
        if self.mended:
            counts = ", ".join(f"{count:,} {why}" for why, count in self.mended.most_common())
            self.tell(f"{name}: {counts}")
        if self.posters is not None and self.posters.missing:
            self.tell(self.posters.missing)

    def anew(self) -> ReadLog:
        """A log for another table, told to the same person."""
        return ReadLog(tell=self.tell, reads=self.reads)

    def wants(self, field: str) -> bool:
        """Whether an odd cell of this field is the row's fault."""
        return self.reads is None or field in self.reads

    def passed_over(self, field: str) -> None:
        """An odd cell of a field that is not wanted."""
        self.mended[f"cells of {field} that cannot be read, passed over"] += 1
