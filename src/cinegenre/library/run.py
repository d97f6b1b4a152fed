"""A library through a model: what each film has, what it would get, and, if wanted, writing it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from ..errors import BadMovie
from ..movie import Prediction
from ..tagger import Tagger
from .entries import Entry, Library, Options, Row
from .journaled import Writer
from .naming import Naming
from .nfo_library import NfoLibrary
from .plan import HAS_GENRES, Policy, plan

CHUNK = 128
"""Films read ahead."""


def tag(
    library: Path, tagger: Tagger, options: Options | None = None, writer: Writer | None = None
) -> Iterator[Row]:
    """A row a film of a folder, in order; with a `writer` its files are changed.

    Raises `UserError` where the library cannot be read, or nothing more can be written.
    """
    options = options or Options()
    return run(NfoLibrary(library, writer, options.create), tagger, options)


def run(library: Library, tagger: Tagger, options: Options) -> Iterator[Row]:
    """A row a film of any library, in order.

    Raises `UserError` where the library cannot be read, or nothing more can be written.
    """
    namings = {
        kind: Naming.of(tagger.genres, kind, options.names, options.language)
        for kind in ("movie", "tvshow")
    }
    entries = library.entries()
    while part := list(islice(entries, CHUNK)):
        waiting = [_left(one, options) or one for one in part]
        films = [one.film for one in waiting if isinstance(one, Entry)]
        told = tagger.predict(films, any_language=options.any_language)
        for one in waiting:
            if isinstance(one, Row):
                yield one
            else:
                yield _finished(library, one, next(told), namings[one.row.kind], options)


def _left(one: Row | Entry, options: Options) -> Row | None:
    """The row of a film that needs no prediction."""
    if isinstance(one, Row):
        return one
    if one.locked:
        return replace(one.row, status="left", why=one.locked)
    if one.row.genres and options.policy is Policy.MISSING_ONLY:
        return replace(one.row, status="left", why=HAS_GENRES)
    return None


def _finished(
    library: Library, entry: Entry, told: Prediction, naming: Naming, options: Options
) -> Row:
    row = replace(entry.row, note=told.note or "")
    if told.error is not None:
        return replace(row, status="error", why=told.error)
    made = plan(row.genres, told, naming, options.policy, options.min_confidence)
    row = replace(row, proposed=made.proposed, scores=made.scores, inputs=tuple(told.inputs))
    if not made.genres or entry.barred:
        return replace(row, status="left", why=made.why or entry.barred)
    try:
        note = library.change(entry, made)
    except BadMovie as error:
        return replace(row, status="error", why=str(error))
    notes = "; ".join(text for text in (row.note, note) if text)
    return replace(row, status="written" if library.writes else "change", note=notes)
