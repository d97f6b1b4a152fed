"""A library through a model: what each film has, what it would get, and, if wanted, writing it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from ..errors import BadMovie
from ..genre_map import GenreMap
from ..movie import Movie, Prediction
from ..tagger import Tagger
from .document import MAX_BYTES, read_document
from .naming import Naming
from .nfo import Nfo, read_nfo
from .plan import Plan, Policy, plan
from .splice import Edit, spliced
from .walk import Item, walk
from .write import read_file
from .writer import Writer, new_nfo

CHUNK = 128
"""Films read ahead."""
HAS_GENRES = "has genres"


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is to be done; the defaults change the least."""

    policy: Policy = Policy.MISSING_ONLY
    min_confidence: float = 0.0
    names: GenreMap | None = None
    language: str | None = None
    create: bool = False
    any_language: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
    """One film of a library and what became of it.

    `status` is "change" (would be changed), "written", "left" or "error"; `why` says why of the
    last two.
    """

    path: str
    title: str
    year: int | None
    kind: str
    status: str
    why: str = ""
    genres: tuple[str, ...] = ()
    proposed: tuple[str, ...] = ()
    scores: dict[str, float] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """What `tag --json` prints."""
        value: dict[str, Any] = {"path": self.path, "title": self.title}
        value |= {} if self.year is None else {"year": self.year}
        value |= {"kind": self.kind, "status": self.status, "genres": list(self.genres),
                  "proposed": list(self.proposed), "scores": self.scores,
                  "inputs": list(self.inputs)}  # fmt: skip
        return value | {name: text for name in ("why", "note") if (text := getattr(self, name))}


@dataclass(frozen=True, kw_only=True)
class _Waiting:
    """A film to predict."""

    item: Item
    row: dict[str, Any]
    nfo: Nfo | None
    film: Movie


def tag(
    library: Path, tagger: Tagger, options: Options | None = None, writer: Writer | None = None
) -> Iterator[Row]:
    """A row a film, in order; with a `writer` the files are changed.

    Raises `UserError` where the library cannot be read, or nothing more can be written.
    """
    options = options or Options()
    namings = {
        kind: Naming.of(tagger.genres, kind, options.names, options.language)
        for kind in ("movie", "tvshow")
    }
    root = library.resolve()
    seen: dict[Path, str] = {}
    items = walk(library)
    while part := list(islice(items, CHUNK)):
        read = [found for item in part if (found := _read(item, root, options, seen)) is not None]
        films = [one.film for one in read if isinstance(one, _Waiting)]
        said = tagger.predict(films, any_language=options.any_language)
        for one in read:
            if isinstance(one, Row):
                yield one
            else:
                naming = namings[one.row["kind"]]
                yield _finished(one, next(said), naming, options, writer)


def _read(item: Item, root: Path, options: Options, seen: dict[Path, str]) -> Row | _Waiting | None:
    """What an .nfo says; None for one that is not a film's."""
    path = item.nfo or item.create
    row: dict[str, Any] = {"path": path.relative_to(root).as_posix(), "title": item.title,
                           "year": item.year, "kind": item.kind}  # fmt: skip
    poster = None if item.poster is None else str(item.poster)
    if item.nfo is None:
        film = Movie(title=item.title, year=item.year, poster=poster)
        return _Waiting(item=item, row=row, nfo=None, film=film)
    try:
        target = item.nfo.resolve(strict=True)
        if target in seen:
            return Row(**row, status="left", why=f"is the file of {seen[target]}")
        document = read_document(read_file(target, MAX_BYTES))
        nfo = None if document is None else read_nfo(document)
    except (BadMovie, OSError) as error:
        return Row(**row, status="error", why=str(error))
    if nfo is None:
        if document is None and item.named:
            return Row(**row, status="left", why="holds a link or a text, no XML")
        return None
    seen[target] = row["path"]
    row |= {"title": nfo.title or item.title, "year": nfo.year or item.year, "kind": nfo.kind,
            "genres": nfo.genres}  # fmt: skip
    if nfo.locked:
        return Row(**row, status="left", why=f"is locked by <{nfo.locked}>")
    if nfo.genres and options.policy is Policy.MISSING_ONLY:
        return Row(**row, status="left", why=HAS_GENRES)
    return _Waiting(item=item, row=row, nfo=nfo, film=nfo.film(item.title, poster))


def _finished(
    one: _Waiting, said: Prediction, naming: Naming, options: Options, writer: Writer | None
) -> Row:
    row = one.row | {"note": said.note or ""}
    if said.error is not None:
        return Row(**row, status="error", why=said.error)
    now = one.nfo.genres if one.nfo else ()
    made = plan(now, said, naming, options.policy, options.min_confidence)
    row |= {"proposed": made.proposed, "scores": made.scores, "inputs": tuple(said.inputs)}
    if not made.genres:
        return Row(**row, status="left", why=made.why)
    if one.nfo is None and not options.create:
        return Row(**row, status="left", why="has no .nfo: --create makes one")
    try:
        before, after, edits = _change(one, made)
        if writer is None:
            return Row(**row, status="change")
        note = writer.write(one.item.nfo or one.item.create, before, after, edits)
        notes = [text for text in (row["note"], note) if text]
        return Row(**row | {"note": "; ".join(notes)}, status="written")
    except BadMovie as error:
        return Row(**row, status="error", why=str(error))


def _change(one: _Waiting, made: Plan) -> tuple[bytes | None, bytes, list[Edit]]:
    if one.nfo is None:
        return None, new_nfo(one.item.title, one.item.year, made.genres), []
    data, edits = spliced(one.nfo.document, made.genres, keep=made.keep)
    return one.nfo.document.data, data, edits
