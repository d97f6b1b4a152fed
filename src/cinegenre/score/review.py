"""Selects the N films that a person should check first, those with the most doubtful genres."""

from __future__ import annotations

import base64
import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..inputs import PosterInput
from ..movie import BadRow, Movie, Prediction
from ..pages.heat import thumbnail
from ..tagger import Tagger
from ..tagger.reading import Reading
from ..taxonomy import IMDB_TO_TMDB, TMDB_TO_IMDB

OVERVIEW = 400
"""The number of characters of an overview that are shown."""
_SHOWN = 0.05
"""The number of expected mistakes from which a reason is shown."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A film with three reasons to check it, each measured in genres that are likely wrong.

    `doubt` is the expected number of mistakes among the model's decisions for and against genres.
    `disagreement` is by how much the expected number of mistakes of the source's genres exceeds
    that of the best guess; 0 if the source has none. `conflict` is how far predictions from the
    poster alone and from the texts alone are on opposite sides of a genre's threshold: the
    geometric mean of both distances, summed over such genres.
    """

    number: int
    film: Movie
    prediction: Prediction
    existing: tuple[str, ...]
    doubt: float
    disagreement: float
    conflict: float
    clash: tuple[str, ...] = ()

    @property
    def rank(self) -> tuple[float, int]:
        """The sum of the three reasons; among equal films the earlier row comes first."""
        return round(self.doubt + self.disagreement + self.conflict, 4), -self.number


class Worst:
    """The `size` films that most need a review, of all that were offered, in bounded memory."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._heap: list[tuple[tuple[float, int], dict[str, Any]]] = []
        self._rows: set[int] = set()

    def offer(self, candidate: Candidate) -> None:
        """Add a film if it is among the `size` worst."""
        if len(self._heap) < self._size or candidate.rank > self._heap[0][0]:
            self.put(as_entry(candidate))

    def put(self, entry: dict[str, Any]) -> None:
        """Add an entry from `as_entry`; one that is there already changes nothing."""
        if entry["row"] in self._rows:
            return
        self._rows.add(entry["row"])
        heapq.heappush(self._heap, ((entry["priority"], -entry["row"]), entry))
        if len(self._heap) > self._size:
            self._rows.remove(heapq.heappop(self._heap)[1]["row"])

    def between(self, start: int, stop: int) -> list[dict[str, Any]]:
        """The entries of the rows from `start` to `stop`."""
        return [entry for entry in self if start <= entry["row"] < stop]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The worst first."""
        return (entry for _, entry in sorted(self._heap, key=lambda item: item[0], reverse=True))


def candidates(
    tagger: Tagger,
    reading: Reading,
    raw: Sequence[Prediction],
    named: Sequence[Prediction],
    first: int,
) -> list[Candidate]:
    """A candidate for each film that was scored.

    `raw` are predictions with the model's genres, `named` with the names that are shown. `first` is
    the number of the first row.
    """
    clashes = _clashes(tagger, reading, raw)
    found = []
    for row, (film, prediction) in enumerate(zip(reading.rows, named, strict=True)):
        if isinstance(film, BadRow) or prediction.fault is not None:
            continue
        existing = _known(film.genres, tuple(prediction.scores))
        doubt = sum(1 - p if g in prediction.genres else p for g, p in prediction.scores.items())
        least = sum(min(p, 1 - p) for p in prediction.scores.values())
        has = sum(1 - p if g in existing else p for g, p in prediction.scores.items())
        conflict, clash = clashes.get(row, (0.0, ()))
        found.append(
            Candidate(
                number=first + row,
                film=film,
                prediction=prediction,
                existing=existing,
                doubt=round(doubt, 4),
                disagreement=round(has - least, 4) if existing else 0.0,
                conflict=round(conflict, 4),
                clash=clash,
            )
        )
    return found


def as_entry(candidate: Candidate) -> dict[str, Any]:
    """The film as an entry of the journal, with a thumbnail of its poster."""
    film, prediction = candidate.film, candidate.prediction
    return {
        "row": candidate.number,
        "id": film.id,
        "title": film.title,
        "year": film.year,
        "overview": (film.overview or "")[:OVERVIEW],
        "genres": prediction.genres,
        "existing": list(film.genres),
        "inputs": prediction.inputs,
        "scores": {genre: round(score, 4) for genre, score in prediction.scores.items()},
        "priority": candidate.rank[0],
        "doubt": candidate.doubt,
        "disagreement": candidate.disagreement,
        "conflict": candidate.conflict,
        "why": _why(candidate),
        "thumbnail": _thumbnail(film) if "poster" in prediction.inputs else None,
    }


def _why(candidate: Candidate) -> list[str]:
    prediction, why = candidate.prediction, []
    unsure = {g: 1 - p if g in prediction.genres else p for g, p in prediction.scores.items()}
    close = [g for g in sorted(unsure, key=lambda g: -unsure[g]) if unsure[g] > 0.2][:3]
    if close:
        decided = prediction.genres
        doubts = (f"{g} {prediction.scores[g]:.2f} {'given' if g in decided else 'not given'}"
                for g in close)  # fmt: skip
        why.append(f"unsure: {', '.join(doubts)}")
    if candidate.disagreement > _SHOWN:
        extra = [g for g in prediction.genres if g not in candidate.existing]
        missing = [g for g in candidate.existing if g not in prediction.genres]
        parts = [f"{word} {', '.join(genres)}"
                 for word, genres in (("lacks", extra), ("has", missing)) if genres]  # fmt: skip
        if parts:
            why.append(f"against the model the catalogue {' and '.join(parts)}")
    if candidate.conflict > _SHOWN:
        why.append(f"poster and text disagree: {', '.join(candidate.clash)}")
    return why


def _known(genres: Sequence[str], names: tuple[str, ...]) -> tuple[str, ...]:
    """The source's genres under the model's names; genres that it does not know are left out."""
    folded = {name.casefold(): name for name in names}
    found = []
    for genre in genres:
        for called in (genre, TMDB_TO_IMDB.get(genre), IMDB_TO_TMDB.get(genre)):
            if called and called.casefold() in folded:
                found.append(folded[called.casefold()])
                break
    return tuple(dict.fromkeys(found))


def _clashes(
    tagger: Tagger, reading: Reading, predictions: Sequence[Prediction]
) -> dict[int, tuple[float, tuple[str, ...]]]:
    """For films with poster and texts, by row: how much the two disagree, and on which genres.

    The features are known already, so only the head runs again, twice.
    """
    encoded = reading.features
    poster = np.array([isinstance(one, PosterInput) for one in tagger.bundle.inputs.values()])
    both = encoded.present[:, poster].any(axis=1) & encoded.present[:, ~poster].any(axis=1)
    rows: list[int] = np.flatnonzero(both).tolist()
    if not rows:
        return {}
    features = {name: part[rows] for name, part in encoded.features.items()}
    margins = []
    for chosen in (poster, ~poster):
        present = encoded.present[rows] & chosen
        kept = {
            name: np.where(present[:, [i]], part, np.float32(0))
            for i, (name, part) in enumerate(features.items())
        }
        inputs = [
            tuple(
                n for n in predictions[row].inputs if (n == "poster") == bool(chosen[poster].any())
            )
            for row in rows
        ]
        situations = [
            tagger.bundle.situation(read, here) for read, here in zip(inputs, present, strict=True)
        ]
        scores, _ = tagger.decide(tagger.runtime.classify(kept, present), situations)
        margins.append(scores - np.array([tagger.bundle.thresholds(each) for each in situations]))
    by_poster, by_text = margins
    against = np.sqrt(np.clip(-by_poster * by_text, 0, None))
    found = {}
    for place, row in enumerate(rows):
        order = [g for g in np.argsort(-against[place], kind="stable") if against[place, g] > 0.05]
        clash = tuple(
            f"{tagger.genres[g]} by the {'poster' if by_poster[place, g] > 0 else 'text'}"
            for g in order[:3]
        )
        found[row] = float(against[place].sum()), clash
    return found


def _thumbnail(film: Movie) -> str | None:
    """A small JPEG in base64."""
    data = thumbnail(film.poster)
    return base64.b64encode(data).decode("ascii") if data else None
