"""Films → rows of results, counted by kind. One `Scorer` serves many threads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..genre_map import GenreMap
from ..movie import BadRow, Movie, Prediction
from ..tagger import Tagger
from ..tagger.languages import Reading, read_films
from .fetch import Fetched
from .formats import Row, columns
from .review import Candidate, candidates

Counts = dict[str, Counter[str]]
"""What is counted (`KINDS`) → kind → films."""
KINDS = ("films", "errors", "notes", "inputs")

_ROW = "a row that is no film"
_POSTER = "an unreadable poster"
_WEB = "a poster that was not fetched"
_NOTHING = "nothing that the model reads"
_LANGUAGE = "an overview in a language that the model does not read"


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
        at = [i for i, row in enumerate(fetched.rows) if isinstance(row, Movie)]
        films = [_plain(film) for film in fetched.rows if isinstance(film, Movie)]
        said: dict[int, Prediction] = {}
        review: list[Candidate] = []
        reading: Reading | None = None
        if films:
            reading = read_films(self.tagger.runtime, films, any_language=self.any_language)
            raw = list(self.tagger.said(films, reading))
            named = [self.names.apply(one) for one in raw] if self.names else raw
            said = dict(zip(at, named, strict=True))
            if self.review:
                numbers = [first + i for i in at]
                review = candidates(self.tagger, films, reading, raw, named, numbers)
        counts: Counts = {kind: Counter() for kind in KINDS}
        rows = []
        places = {row: place for place, row in enumerate(at)}
        for i, row in enumerate(fetched.rows):
            if isinstance(row, BadRow):
                counts["films"]["errors"] += 1
                counts["errors"][_ROW] += 1
                rows.append(self._error(first + i, row.id, f"{row.where}: {row.error}"))
                continue
            rows.append(
                self._row(first + i, said[i], fetched.faults.get(i), reading, places[i], counts)
            )
        return Scored(rows, counts, review)

    def _row(
        self,
        number: int,
        said: Prediction,
        fault: str | None,
        reading: Reading | None,
        place: int,
        counts: Counts,
    ) -> Row:
        unread = reading is not None and place in reading.features.faults
        if said.error is not None:
            counts["films"]["errors"] += 1
            counts["errors"][_WEB if fault else _POSTER if unread else _NOTHING] += 1
            return self._error(number, said.id, fault or said.error)
        counts["films"]["scored"] += 1
        counts["inputs"][" + ".join(said.inputs)] += 1
        counts["notes"][_WEB] += fault is not None
        counts["notes"][_POSTER] += unread
        counts["notes"][_LANGUAGE] += reading is not None and place in reading.notes
        note = "; ".join(text for text in (fault, said.note) if text)
        return (
            number,
            _sound(said.id),
            said.genres,
            confidence(said),
            said.inputs,
            _sound(note) or None,
            None,
            said.model,
            *(round(said.scores[genre], 4) for genre in self.genres),
        )

    def _error(self, number: int, id_: str | None, error: str) -> Row:
        nothing = (None,) * len(self.genres)
        return (number, _sound(id_), [], None, [], None, _sound(error), self.tagger.name, *nothing)


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
