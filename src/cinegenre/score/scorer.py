"""Scores films into rows of results, with counts. Many threads share one `Scorer`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..data.web_posters import Fetched
from ..genre_map import GenreMap
from ..movie import Prediction
from ..tagger import Tagger
from ..tagger.reading import read_films
from .formats import Row, columns
from .review import Candidate, candidates

Counts = dict[str, Counter[str]]
"""One of `KINDS` → what is counted → number of films."""
KINDS = ("films", "errors", "notes", "inputs")


@dataclass(frozen=True)
class Scored:
    """Rows of results, their counts, and films that may need a review."""

    rows: list[Row]
    counts: Counts
    review: list[Candidate] = field(default_factory=list)


class Scorer:
    """Scores films with a model; a genre map `names` renames the genres, if there is one."""

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
        """One row of results for each row; `first` is the number of the first row, from 0."""
        reading = read_films(
            self.tagger.runtime, fetched.rows, any_language=self.any_language, notes=fetched.faults
        )
        raw = list(self.tagger.said(reading))
        named = [self.names.apply(one) for one in raw] if self.names else raw
        review = candidates(self.tagger, reading, raw, named, first) if self.review else []
        counts: Counts = {kind: Counter() for kind in KINDS}
        for prediction in named:
            _count(prediction, counts)
        rows = [self._row(first + i, prediction) for i, prediction in enumerate(named)]
        return Scored(rows, counts, review)

    def _row(self, number: int, prediction: Prediction) -> Row:
        """The cells, in the order of `columns`; an error row has no scores."""
        return (
            number,
            _sound(prediction.id),
            prediction.genres,
            confidence(prediction),
            prediction.inputs,
            _sound(prediction.note),
            _sound(prediction.error),
            prediction.model,
            *(round(prediction.scores[g], 4) if prediction.scores else None for g in self.genres),
        )


def _count(prediction: Prediction, counts: Counts) -> None:
    is_scored = prediction.fault is None
    counts["notes" if is_scored else "errors"].update(f.kind.noun for f in prediction.told)
    counts["films"]["scored" if is_scored else "errors"] += 1
    if is_scored:
        counts["inputs"][" + ".join(prediction.inputs)] += 1


def confidence(prediction: Prediction) -> float | None:
    """The mean probability of the decided genres: the share of them that is expected to be right.

    None if no genre is decided.
    """
    decided = prediction.genres
    if not decided:
        return None
    return round(sum(prediction.scores[genre] for genre in decided) / len(decided), 4)


def merged(total: Counts, more: Mapping[str, Mapping[str, int]]) -> None:
    """Add `more` to `total`."""
    for kind, counted in more.items():
        total.setdefault(kind, Counter()).update(counted)


def _sound(text: str | None) -> str | None:
    """The text as valid Unicode: a name on Linux, or a bad row's id, may contain anything."""
    if text is None or text.isascii():
        return text
    return text.encode("utf-8", "replace").decode("utf-8")
