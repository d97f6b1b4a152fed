"""What passes between a library and a run over it: films, what is to be done, what was done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..genre_map import GenreMap
from ..movie import Movie
from .plan import Plan, Policy


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is to be done; the defaults change the least."""

    policy: Policy = Policy.MISSING_ONLY
    min_confidence: float = 0.0
    names: GenreMap | None = None
    language: str | None = None
    create: bool = False
    any_language: bool = False
    clean: bool = False
    """Put the names that films have in order; without a model, nothing else."""
    drop_unknown: bool = False
    """Remove the names that `clean` does not know."""
    max_genres: int | None = None
    exclude: tuple[str, ...] = ()
    """Patterns, as .gitignore has them, of what is passed over."""


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
        """What `tag --json` prints."""
        value: dict[str, Any] = {"path": self.path, "title": self.title}
        value |= {} if self.year is None else {"year": self.year}
        value |= {"kind": self.kind, "status": self.status, "genres": list(self.genres),
                  "proposed": list(self.proposed), "scores": self.scores,
                  "inputs": list(self.inputs)}  # fmt: skip
        value |= {"unknown": list(self.unknown)} if self.unknown else {}
        return value | {name: text for name in ("why", "note") if (text := getattr(self, name))}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A film of a library whose genres may be changed. A library adds what it needs for that."""

    row: Row
    """What is known of it so far: its place, title and genres."""
    film: Movie
    """What the model reads."""
    texts: tuple[str, ...] = ()
    """Its genres as they stand, such as "Action / Comedy"."""
    locked: str = ""
    """Why its genres are not to be changed."""
    barred: str = ""
    """Why they cannot be, though they can be told."""


class Library(Protocol):
    """What keeps films with their genres: a folder of .nfo files, a server."""

    @property
    def writes(self) -> bool:
        """Whether `change` changes anything, or only tries whether it could."""

    def entries(self) -> Iterator[Row | Entry]:
        """The films in order; a row for each that cannot or need not be looked at.

        Raises `UserError` where the library cannot be read.
        """

    def change(self, entry: Any, plan: Plan) -> str:
        """Give one of `entries` the plan's genres; return what a person should know of it.

        Raises `BadMovie` where this film cannot be changed, `UserError` where none can.
        """
