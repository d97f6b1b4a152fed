"""Which .nfo files that we changed a server does not show yet.

LIBRARY/.cinegenre/shown-SERVER.jsonl: a line a file that the server was seen to show, with its
SHA-256 then. What we ever changed, the journals say; so whatever happens, the next run goes on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ... import jsonl
from ...errors import BadMovie, UserError
from ..atomic import digest, read_file
from ..document import MAX_BYTES, read_document
from ..journal import FOLDER, records
from ..nfo import read_nfo
from ..runs import runs
from .address import Address


@dataclass(frozen=True)
class Changed:
    """An .nfo that we changed: its path in the library, its genres now, its SHA-256."""

    path: str
    genres: tuple[str, ...]
    digest: str


class Pending:
    """What one server has still to show of one library."""

    def __init__(self, library: Path, server: Address) -> None:
        self.root = library.resolve()
        self.file = self.root / FOLDER / f"shown-{server.slug}.jsonl"

    def changed(self, paths: Iterable[str] | None = None) -> Iterator[Changed]:
        """The files that the server has to read again, by path; of `paths` alone if given."""
        shown = self._shown()
        if paths is None:
            paths = {str(record["path"]) for record in self._records()}
        for path in sorted(paths):
            try:
                data = read_file(self.root / path, MAX_BYTES)
                if digest(data) == shown.get(path):
                    continue
                document = read_document(data)
            except BadMovie:  # gone, or broken by another
                continue
            if nfo := read_nfo(document) if document else None:
                yield Changed(path, nfo.genres, digest(data))

    def shown(self, changed: Changed) -> None:
        """Note that the server shows it."""
        try:
            jsonl.append(self.file, {"path": changed.path, "digest": changed.digest})
        except OSError as error:
            raise UserError(f"{self.file} cannot be written ({error.strerror})",
                            "make it writable, then run again") from None  # fmt: skip

    def _records(self) -> Iterator[dict[str, str]]:
        for run in runs(self.root / FOLDER):
            with suppress(UserError):  # cut short before its first line was whole
                yield from records(run)

    def _shown(self) -> dict[str, str]:
        found: dict[str, str] = {}
        with suppress(FileNotFoundError):
            for line in self.file.read_bytes().split(b"\n"):
                with suppress(ValueError, KeyError, TypeError):
                    value = json.loads(line)
                    found[value["path"]] = value["digest"]
        return found
