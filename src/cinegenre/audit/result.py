"""What an audit finds, and how it is written."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..files import whole
from ..movie import Movie
from ..records import Record

MISSING, WRONG = "missing", "wrong"
"""A genre that a film likely has and is not given, and one that it is given and likely lacks."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One label that is likely wrong.

    `probability` is that of the genre by heads that have not seen the film, `alone` the same from
    one modality by itself; `typical` is the mean of the films that are given the genre.
    """

    film: Movie
    genre: str
    kind: str
    probability: float
    typical: float
    score: float
    alone: Mapping[str, float] = field(default_factory=dict)

    @property
    def why(self) -> str:
        """The reasons in a sentence."""
        alone = "".join(f"; {name} alone {p:.2f}" for name, p in self.alone.items())
        verdict = "is not given it" if self.kind == MISSING else "is given it"
        return (
            f"{self.probability:.2f} and {verdict}; "
            f"films that are given it have {self.typical:.2f} on average{alone}"
        )

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {
            "kind": self.kind,
            "id": self.film.id,
            "title": self.film.title,
            "genre": self.genre,
            "genres": list(self.film.genres),
            "probability": round(self.probability, 4),
            "typical": round(self.typical, 4),
            "score": round(self.score, 4),
            "alone": {name: round(p, 4) for name, p in self.alone.items()},
            "why": self.why,
        }


@dataclass(frozen=True, kw_only=True)
class AuditFacts(Record):
    """What was audited by which model: films and their labels, rows left out by reason, genres
    dropped with the films that have them, posters that could not be read or were not fetched;
    `quoted` are the first of the rows and posters that are wrong."""

    model: str
    films: int
    labels: int
    left_out: Mapping[str, int]
    dropped_genres: Mapping[str, int]
    unreadable_posters: int
    unfetched_posters: int
    quoted: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Noise(Record):
    """A genre: films given it, and the estimates of how many labels are missing and wrong."""

    genre: str
    given: int
    missing: float
    wrong: float


@dataclass(frozen=True, kw_only=True)
class Audit:
    """The findings of each kind, the most suspicious first, and an estimate for each genre."""

    missing: Sequence[Finding]
    wrong: Sequence[Finding]
    noise: Sequence[Noise]
    facts: AuditFacts

    def as_dict(self, top: int | None = None) -> dict[str, Any]:
        """Ready for JSON, with the first `top` findings of each kind."""
        noise = [
            row.as_dict() | {"missing": round(row.missing, 1), "wrong": round(row.wrong, 1)}
            for row in self.noise
        ]
        found = {MISSING: self.missing, WRONG: self.wrong}
        return {
            **self.facts.as_dict(),
            "found": {kind: len(some) for kind, some in found.items()},
            "genres": noise,
            **{kind: [each.as_dict() for each in some[:top]] for kind, some in found.items()},
        }

    def page(self, top: int) -> str:
        """An HTML page with the first `top` findings of each kind and their posters."""
        from .page import page

        return page(self, top)

    def write_csv(self, path: Path) -> None:
        """Every finding, one a line, each kind by rank."""
        with whole(path) as staged, staged.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(self._lines())

    def _lines(self) -> Iterator[list[object]]:
        names = list(dict.fromkeys(name for f in (*self.missing, *self.wrong) for name in f.alone))
        yield ["kind", "rank", "id", "title", "genre", "given", "probability", "typical", "score",
               *(f"{name}_alone" for name in names), "genres", "why"]  # fmt: skip
        for some in (self.missing, self.wrong):
            for rank, each in enumerate(some, 1):
                numbers = [each.probability, each.typical, each.score]
                yield [
                    each.kind, rank, each.film.id or "", each.film.title or "", each.genre,
                    "yes" if each.kind == WRONG else "no", *(f"{number:.4f}" for number in numbers),
                    *(f"{each.alone[name]:.4f}" if name in each.alone else "" for name in names),
                    "|".join(each.film.genres), each.why,
                ]  # fmt: skip
