"""Runs over a library: reads which genres each film has, decides which it gets, and writes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import BadMovie, UserError
from ..movie import Prediction
from ..taxonomy import TMDB
from .cleaning import Cleaned, Cleaner
from .entries import Entry, Library, Options, Row
from .journaled import Writer
from .naming import Naming
from .nfo_library import NfoLibrary
from .plan import HAS_GENRES, Plan, Policy, plan, tidy

if TYPE_CHECKING:
    from ..tagger import Tagger

CHUNK = 64
"""How many films are read ahead, each with its parsed .nfo."""
KINDS = ("movie", "tvshow")


def tag(
    library: Path,
    tagger: Tagger | None,
    options: Options | None = None,
    writer: Writer | None = None,
) -> Iterator[Row]:
    """Yield one row per film of a folder, in order; with a `writer` its files are changed.

    Without a tagger nothing is predicted, and `options.clean` only cleans up the names. Raises
    `UserError` if the library cannot be read, or nothing more can be written.
    """
    options = options or Options()
    folders = NfoLibrary(library, writer, create=options.create, exclude=options.exclude)
    return run(folders, tagger, options)


def run(library: Library, tagger: Tagger | None, options: Options) -> Iterator[Row]:
    """The same as `tag` for any kind of library."""
    if options.clean and tagger is not None and options.policy is Policy.REPLACE:
        raise UserError("names that are replaced need no cleaning", "clean, or replace")
    if not options.clean and tagger is None:
        raise UserError("neither names to clean nor a model to predict with", "give one of them")
    return _Run(library, tagger, options).rows()


@dataclass(frozen=True)
class _Waiting:
    """A film that is changed if there is something to change."""

    entry: Entry
    cleaned: Cleaned | None
    """Its cleaned names, if they are wanted."""
    asks: bool
    """Whether the model predicts its genres."""


@dataclass(frozen=True)
class _Run:
    library: Library
    tagger: Tagger | None
    options: Options

    @cached_property
    def namings(self) -> dict[str, Naming]:
        """The names of the model's genres, by kind."""
        genres, options = self.tagger.genres if self.tagger else TMDB, self.options
        return {kind: Naming.of(genres, kind, options.names, options.language) for kind in KINDS}

    @cached_property
    def cleaners(self) -> dict[str, Cleaner]:
        """The cleaners of the names that films have, by kind."""
        genres, options = self.tagger.genres if self.tagger else TMDB, self.options
        return {kind: Cleaner.of(genres, kind, options.names, options.language) for kind in KINDS}

    def rows(self) -> Iterator[Row]:
        entries = self.library.entries()
        while part := list(islice(entries, CHUNK)):
            looked_at = [self._looked_at(one) for one in part]
            told = self._told([one for one in looked_at if isinstance(one, _Waiting) and one.asks])
            for one in looked_at:
                if isinstance(one, Row):
                    yield one
                else:
                    yield self._finished(one, next(told) if one.asks else None)

    def _told(self, waiting: Sequence[_Waiting]) -> Iterator[Prediction]:
        if self.tagger is None or not waiting:
            return iter(())
        films = [one.entry.film for one in waiting]
        return self.tagger.predict(films, any_language=self.options.any_language)

    def _looked_at(self, one: Row | Entry) -> Row | _Waiting:
        """The finished row if the film is left alone whatever the model predicts, else the film."""
        if isinstance(one, Row):
            return one
        policy = self.options.policy
        if one.locked:
            return replace(one.row, status="left", why=one.locked)
        if not self.options.clean:
            if one.row.genres and policy is Policy.MISSING_ONLY:
                return replace(one.row, status="left", why=HAS_GENRES)
            return _Waiting(one, None, asks=True)
        cleaned = self.cleaners[one.row.kind].clean(one.texts)
        row = replace(one.row, unknown=cleaned.unknown)
        cleaned = cleaned.cut(self.options.max_genres, drop_unknown=self.options.drop_unknown)
        asks = self.tagger is not None and (policy is Policy.ADD or not cleaned.names)
        return _Waiting(replace(one, row=row), cleaned, asks)

    def _finished(self, one: _Waiting, told: Prediction | None) -> Row:
        row = one.entry.row
        if told is not None:
            row = replace(row, note=told.note or "", inputs=tuple(told.inputs))
            if told.error is not None and (one.cleaned is None or not one.entry.texts):
                return replace(row, status="error", why=told.error)
        made = self._plan(one, told)
        row = replace(row, proposed=made.proposed, scores=made.scores)
        if made.why or one.entry.barred:
            return replace(row, status="left", why=made.why or one.entry.barred)
        try:
            note = self.library.change(one.entry, made)
        except BadMovie as error:
            return replace(row, status="error", why=str(error))
        notes = "; ".join(text for text in (row.note, note) if text)
        return replace(row, status="written" if self.library.writes else "change", note=notes)

    def _plan(self, one: _Waiting, told: Prediction | None) -> Plan:
        entry, replaces = one.entry, self.options.policy is Policy.REPLACE
        if one.cleaned is None and told is not None:
            # By its texts, so that a name that occurs twice is replaced.
            return self._predicted(entry, entry.texts if replaces else entry.row.genres, told)
        cleaned, added = one.cleaned or Cleaned(), None
        if told is not None and told.error is None:
            added = self._predicted(entry, cleaned.names, told)
        return tidy(entry.texts, cleaned, added)

    def _predicted(self, entry: Entry, now: Sequence[str], told: Prediction) -> Plan:
        options, naming = self.options, self.namings[entry.row.kind]
        return plan(now, told, naming, options.policy, options.min_confidence, options.max_genres)
