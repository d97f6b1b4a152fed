"""A library of folders with .nfo files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..errors import BadMovie
from ..movie import Movie
from ..pictures import HEAD, what_is
from .atomic import CURE, check_writable, read_file
from .document import MAX_BYTES, read_document
from .entries import Entry, Row
from .journaled import Writer
from .new_nfo import new_nfo
from .nfo import MUSIC_VIDEO, Nfo, read_nfo
from .passed import Passed, Why
from .plan import Plan
from .scope import ALL, Scope
from .splice import Edit, spliced
from .walk import Item, walk


@dataclass(frozen=True, kw_only=True)
class NfoEntry(Entry):
    """A film as its .nfo describes it, or its folder's name if it has none."""

    item: Item
    nfo: Nfo | None


@dataclass(frozen=True)
class NfoLibrary:
    """The films in the folder `path`; with a `writer` their files are changed.

    With `create`, a film without an .nfo gets one. Whatever the patterns of `exclude` match is
    passed over; `passed` counts everything that was passed over. Only `scope` is looked at.
    """

    path: Path
    writer: Writer | None = None
    create: bool = False
    exclude: tuple[str, ...] = ()
    passed: Passed = field(default_factory=Passed)
    scope: Scope = ALL
    _seen: dict[str, str] = field(default_factory=dict)
    """Real path of a file → the first path that led to it. Strings, because a `Path` takes ten
    times as much memory."""

    @property
    def writes(self) -> bool:
        """Whether there is a writer."""
        return self.writer is not None

    def entries(self) -> Iterator[Row | Entry]:
        """An entry for each .nfo, and for each film without one."""
        root = self.path.resolve()
        for item in walk(self.path, self.exclude, self.passed, self.scope):
            path = (item.nfo or item.create).relative_to(root).as_posix()
            found = self._read(item, path) if self._wants(item, path) else None
            if found is not None:
                yield found

    def change(self, entry: NfoEntry, plan: Plan) -> str:
        """Put the genres into the .nfo; without a writer, only check whether that is possible."""
        return self._put(entry, plan, *_changed(entry, plan))

    def _put(
        self, entry: NfoEntry, plan: Plan, before: bytes | None, after: bytes, edits: list[Edit]
    ) -> str:
        if self.writer is None:
            return self._hindrance(entry, before)
        return self.writer.write(entry.item.nfo or entry.item.create, before, after, edits) or ""

    def _hindrance(self, entry: NfoEntry, before: bytes | None) -> str:
        """Why a run that writes could not change this film, or ""."""
        path = (entry.item.nfo or entry.item.create).resolve()
        try:
            if before is not None:
                check_writable(path)
        except BadMovie as error:
            return str(error)
        # Whoever only looks at a library need not have the right to write in it.
        if os.access(self.path, os.W_OK) and not os.access(path.parent, os.W_OK):
            return f"its folder is read-only: {CURE}"
        return ""

    def _data(self, item: Item, path: str, target: Path) -> bytes:
        """The content of an .nfo."""
        return read_file(target, MAX_BYTES)

    def _wants(self, item: Item, path: str) -> bool:
        """Whether to look at this film."""
        return True

    def _read(self, item: Item, path: str) -> Row | NfoEntry | None:
        """The content of an .nfo; None if it does not describe a film."""
        row = Row(path=path, title=item.title, year=item.year, kind=item.kind)
        poster = None if item.poster is None else str(item.poster)
        if item.nfo is None:
            film = Movie(title=item.title, year=item.year, poster=poster)
            barred = _barred(item.create, create=self.create)
            return NfoEntry(row=row, film=film, barred=barred, item=item, nfo=None)
        try:
            target = item.nfo.resolve(strict=True)
            if (first := self._seen.get(str(target))) is not None:
                return replace(row, status="left", why=f"is the file of {first}")
            data = self._data(item, path, target)
            document = read_document(data)
            nfo = None if document is None else read_nfo(document)
        except (BadMovie, OSError) as error:
            return replace(row, status="error", why=str(error))
        if nfo is None:
            if document is None and item.named:
                return replace(row, status="left", why=_no_xml(data))
            if document is not None and document.root.name == MUSIC_VIDEO:
                title = document.value("title") or item.title
                return replace(row, title=title, kind=MUSIC_VIDEO, status="left",
                               why="is a music video")  # fmt: skip
            self.passed.add(Why.NO_FILM, path)
            return None
        self._seen[str(target)] = path
        row = replace(row, title=nfo.title or item.title, year=nfo.year or item.year,
                      kind=nfo.kind, genres=nfo.genres)  # fmt: skip
        return NfoEntry(row=row, film=nfo.film(item.title, poster), item=item, nfo=nfo,
                        texts=nfo.texts, locked=nfo.locked)  # fmt: skip


def _barred(path: Path, *, create: bool) -> str:
    """Why a film without an .nfo does not get one at `path`; empty if it does."""
    if path.is_symlink():
        return "its .nfo is a link out of the library, or to nothing"
    if path.exists():
        return "its .nfo is left out" if path.is_file() else "its .nfo is no plain file"
    return "" if create else "has no .nfo: --create makes one"


def _changed(entry: NfoEntry, plan: Plan) -> tuple[bytes | None, bytes, list[Edit]]:
    """The old file, the new file and the edits between them."""
    if entry.nfo is None:
        return None, new_nfo(entry.item.title, entry.item.year, plan.genres), []
    data, edits = spliced(entry.nfo.document, plan.genres, keep=plan.keep)
    return entry.nfo.document.data, data, edits


def _no_xml(data: bytes) -> str:
    """What a file is that has the name of an .nfo but contains no XML."""
    what, _ = what_is(data[:HEAD])
    if what.startswith(("text", "no picture", "a shortcut")):
        return "holds a link or a text, no XML"
    return f"is {what}, no .nfo"
