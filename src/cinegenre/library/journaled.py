"""Makes changes that can be undone: first the journal is written, then a copy, then the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..errors import BadMovie, UserError
from .atomic import fitting, replace_file
from .journal import Journal, writing
from .splice import Edit


@dataclass(frozen=True)
class Writer:
    """Changes files of a library. Old ones are copied to .bak files beside them, or to `backup`."""

    journal: Journal
    backup: Path | None = None

    def write(
        self, path: Path, before: bytes | None, after: bytes, edits: Sequence[Edit]
    ) -> str | None:
        """Give `path` its new content; return a note for the user, or None.

        Raises `BadMovie` if this file cannot be changed, `UserError` if none can.
        """
        note = None
        if before is None:
            self.journal.record(path, None, after, (), None)
            replace_file(path, after, None)
            return note
        target = path.resolve()
        names = target.stat().st_nlink
        if names > 1:
            # A rename separates the names; writing in place would change files without a journal.
            note = f"has {names - 1} more name(s) by hard links: they keep the old file"
        copy = self._copy(target, before)
        beside = copy if copy is not None and self.backup is None else None
        self.journal.record(target, before, after, edits, beside)
        if copy is not None:
            try:
                copy.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise UserError(
                    f"cannot write {copy.parent} ({error.strerror})", "check --backup"
                ) from None
            replace_file(
                copy, before, None, like=target, sync=False
            )  # no flush: the journal has the old bytes too
        replace_file(target, after, before)
        return note

    def _copy(self, path: Path, before: bytes) -> Path | None:
        """A free name for the copy; None if the same copy already exists."""
        root = self.journal.root
        start = path if self.backup is None else self.backup / path.relative_to(root)
        for number in range(1, 1000):
            ending = f".bak{number if number > 1 else ''}"
            copy = start.with_name(fitting(start.parent, start.name, ending))
            try:
                if copy.read_bytes() == before:
                    return None
            except FileNotFoundError:
                return copy
            except OSError:
                continue
        raise BadMovie(f"{path.name} has a thousand copies", "remove some")


@contextmanager
def writer(library: Path, backup: Path | None = None) -> Iterator[Writer]:
    """A writer for one run over a library. The run ends when the block is left without error."""
    with writing(library) as journal:
        yield Writer(journal, backup)
        journal.end()
