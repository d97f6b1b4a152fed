"""The types that a library and a run over it exchange: films, changes to make, changes made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..genre_map import GenreMap
from ..movie import Movie
from .plan import Plan, Policy


@dataclass(frozen=True, kw_only=True)
class Options:
    """What to do with the films. The defaults change as little as possible."""

    policy: Policy = Policy.MISSING_ONLY
    min_confidence: float = 0.0
    names: GenreMap | None = None
    language: str | None = None
    create: bool = False
    any_language: bool = False
    clean: bool = False
    """Clean up the names that films have; without a model, do nothing else."""
    drop_unknown: bool = False
    """Remove the names that `clean` does not know."""
    max_genres: int | None = None
    exclude: tuple[str, ...] = ()
    """Patterns of what is passed over, in the syntax of .gitignore."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One film of a library and what was done with it.

    `status` is "change" (would be changed), "written", "left" or "error"; `why` is the reason for
    the last two.
    """

    path: str
    title: str
    year: int | None
    kind: str
    status: str = ""
    why: str = ""
    genres: tuple[str, ...] = ()
    proposed: tuple[str, ...] = ()
    scores: dict[str, float] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()
    note: str = ""
    unknown: tuple[str, ...] = ()
    """Names that `clean` does not know."""

    def as_dict(self) -> dict[str, Any]:
        """The JSON object that `tag --json` prints."""
        value: dict[str, Any] = {"path": self.path, "title": self.title}
        value |= {} if self.year is None else {"year": self.year}
        value |= {"kind": self.kind, "status": self.status, "genres": list(self.genres),
                  "proposed": list(self.proposed), "scores": self.scores,
                  "inputs": list(self.inputs)}  # fmt: skip
        value |= {"unknown": list(self.unknown)} if self.unknown else {}
        return value | {name: text for name in ("why", "note") if (text := getattr(self, name))}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A film whose genres may be changed. Each kind of library adds the fields that it needs."""

    row: Row
    """What is known about it so far: its path, title and genres."""
    film: Movie
    """The film as the model reads it."""
    texts: tuple[str, ...] = ()
    """Its genres as they are written, such as "Action / Comedy"."""
    locked: str = ""
    """Why its genres must not be changed."""
    barred: str = ""
    """Why they cannot be changed, although they can be predicted."""


class Library(Protocol):
    """A store of films with their genres: a folder of .nfo files, or a server."""

    @property
    def writes(self) -> bool:
        """Whether `change` really changes films, or only checks whether it could."""

    def entries(self) -> Iterator[Row | Entry]:
        """The films in order; those that cannot be read or need nothing are finished `Row`s.

        Raises `UserError` if the library cannot be read.
        """

    def change(self, entry: Any, plan: Plan) -> str:
        """Give one of `entries` the plan's genres; return a note for the user, or "".

        Raises `BadMovie` if this film cannot be changed, `UserError` if none can.
        """
