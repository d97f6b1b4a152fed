"""Films → rows of results, counted by kind. One `Scorer` serves many threads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..data.web_posters import Fetched
from ..genre_map import GenreMap
from ..movie import Movie, Prediction
from ..tagger import Tagger
from ..tagger.reading import read_films
from .formats import Row, columns
from .review import Candidate, candidates

Counts = dict[str, Counter[str]]
"""What is counted (`KINDS`) → kind → films."""
KINDS = ("films", "errors", "notes", "inputs")


@dataclass(frozen=True)
class Scored:
    """Rows of results with what is counted of them, and films that may want a review."""

    rows: list[Row]
    counts: Counts
    review: list[Candidate] = field(default_factory=list)


class Scorer:
    """Scores films by a model, under the names of `names` where there are any."""

    def __init__(
        self,
        tagger: Tagger,
        names: GenreMap | None = None,
        *,
        any_language: bool = False,
        review: bool = False,
    ) -> None:
        self.tagger = tagger
        self.names = names
        self.genres = names.names if names else tagger.genres
        self.columns = columns(self.genres)
        self.any_language = any_language
        self.review = review

    def __call__(self, first: int, fetched: Fetched) -> Scored:
        """One row of results for each row; `first` is the number of the first, from 0."""
        given = [_plain(row) if isinstance(row, Movie) else row for row in fetched.rows]
        reading = read_films(
            self.tagger.runtime, given, any_language=self.any_language, notes=fetched.faults
        )
        raw = list(self.tagger.said(reading))
        named = [self.names.apply(one) for one in raw] if self.names else raw
        review = candidates(self.tagger, reading, raw, named, first) if self.review else []
        counts: Counts = {kind: Counter() for kind in KINDS}
        for said in named:
            _count(said, counts)
        return Scored([self._row(first + i, said) for i, said in enumerate(named)], counts, review)

    def _row(self, number: int, said: Prediction) -> Row:
        """The cells, in the order of `columns`; an error row has no scores."""
        return (
            number,
            _sound(said.id),
            said.genres,
            confidence(said),
            said.inputs,
            _sound(said.note),
            _sound(said.error),
            said.model,
            *(round(said.scores[g], 4) if said.scores else None for g in self.genres),
        )


def _count(said: Prediction, counts: Counts) -> None:
    told = "notes" if said.fault is None else "errors"
    counts[told].update(fault.kind.noun for fault in said.told)
    counts["films"]["scored" if said.fault is None else "errors"] += 1
    if said.fault is None:
        counts["inputs"][" + ".join(said.inputs)] += 1


def confidence(said: Prediction) -> float | None:
    """The mean probability of the decided genres: of so many of them we expect to be right.

    None where no genre is decided.
    """
    if not said.genres:
        return None
    return round(sum(said.scores[genre] for genre in said.genres) / len(said.genres), 4)


def merged(total: Counts, more: Mapping[str, Mapping[str, int]]) -> None:
    """Add `more` to `total`."""
    for kind, counted in more.items():
        total.setdefault(kind, Counter()).update(counted)


def _plain(film: Movie) -> Movie:
    """The film with texts that are Unicode: JSON can write half a character."""
    changed: dict[str, Any] = {}
    for name in ("title", "overview"):
        value = getattr(film, name)
        if value and _sound(value) != value:
            changed[name] = _sound(value)
    for name in ("companies", "people"):
        values: Sequence[str] = getattr(film, name)
        if any(_sound(value) != value for value in values):
            changed[name] = tuple(_sound(value) or "" for value in values)
    return replace(film, **changed) if changed else film


def _sound(text: str | None) -> str | None:
    if text is None or text.isascii():
        return text
    return text.encode("utf-8", "replace").decode("utf-8")
