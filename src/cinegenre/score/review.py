"""Which films a person should look at first: the N with the most that speaks against a genre."""

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
"""Characters of an overview that are shown."""
_SHOWN = 0.05
"""Below this many expected mistakes a reason is not told."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A film with three reasons to look at it, each in genres that are likely wrong.

    `doubt`: how many of the decisions, for and against a genre, are expected to be mistakes: the
    sum of what each one's probability leaves. `disagreement`: how many more the genres that the
    source has would be, by the model's probabilities, than its own best guess; 0 where the source
    has none. `conflict`: how far poster and texts, each alone, stand on opposite sides of a
    genre's threshold: the geometric mean of the two distances, summed over such genres.
    """

    number: int
    film: Movie
    said: Prediction
    existing: tuple[str, ...]
    doubt: float
    disagreement: float
    conflict: float
    clash: tuple[str, ...] = ()

    @property
    def rank(self) -> tuple[float, int]:
        """The sum of the three; of equals the earlier row comes first."""
        return round(self.doubt + self.disagreement + self.conflict, 4), -self.number


class Worst:
    """The `size` films that most want a review, of all that were offered; bounded memory."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._heap: list[tuple[tuple[float, int], dict[str, Any]]] = []
        self._rows: set[int] = set()

    def offer(self, candidate: Candidate) -> None:
        """Take a film in if it is among them."""
        if len(self._heap) < self._size or candidate.rank > self._heap[0][0]:
            self.put(as_entry(candidate))

    def put(self, entry: dict[str, Any]) -> None:
        """Take in an entry as `as_entry` makes it; one that is in already changes nothing."""
        if entry["row"] in self._rows:
            return
        self._rows.add(entry["row"])
        heapq.heappush(self._heap, ((entry["priority"], -entry["row"]), entry))
        if len(self._heap) > self._size:
            self._rows.remove(heapq.heappop(self._heap)[1]["row"])

    def between(self, start: int, stop: int) -> list[dict[str, Any]]:
        """Those of the rows from `start` to `stop`."""
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
    """One for each film that was scored. `raw` has the model's genres, `named` those told; `first`
    is the number of the first row.
    """
    clashes = _clashes(tagger, reading, raw)
    found = []
    for row, (film, said) in enumerate(zip(reading.rows, named, strict=True)):
        if isinstance(film, BadRow) or said.fault is not None:
            continue
        existing = _known(film.genres, tuple(said.scores))
        doubt = sum(1 - p if g in said.genres else p for g, p in said.scores.items())
        least = sum(min(p, 1 - p) for p in said.scores.values())
        has = sum(1 - p if g in existing else p for g, p in said.scores.items())
        conflict, clash = clashes.get(row, (0.0, ()))
        found.append(
            Candidate(
                number=first + row,
                film=film,
                said=said,
                existing=existing,
                doubt=round(doubt, 4),
                disagreement=round(has - least, 4) if existing else 0.0,
                conflict=round(conflict, 4),
                clash=clash,
            )
        )
    return found


def as_entry(candidate: Candidate) -> dict[str, Any]:
    """What is kept of a film, for JSON, with a thumbnail of its poster."""
    film, said = candidate.film, candidate.said
    return {
        "row": candidate.number,
        "id": film.id,
        "title": film.title,
        "year": film.year,
        "overview": (film.overview or "")[:OVERVIEW],
        "genres": said.genres,
        "existing": list(film.genres),
        "inputs": said.inputs,
        "scores": {genre: round(score, 4) for genre, score in said.scores.items()},
        "priority": candidate.rank[0],
        "doubt": candidate.doubt,
        "disagreement": candidate.disagreement,
        "conflict": candidate.conflict,
        "why": _why(candidate),
        "thumbnail": _thumbnail(film) if "poster" in said.inputs else None,
    }


def _why(candidate: Candidate) -> list[str]:
    said, why = candidate.said, []
    unsure = {g: 1 - p if g in said.genres else p for g, p in said.scores.items()}
    close = [g for g in sorted(unsure, key=lambda g: -unsure[g]) if unsure[g] > 0.2][:3]
    if close:
        told = (f"{g} {said.scores[g]:.2f} {'given' if g in said.genres else 'not given'}"
                for g in close)  # fmt: skip
        why.append(f"unsure: {', '.join(told)}")
    if candidate.disagreement > _SHOWN:
        extra = [g for g in said.genres if g not in candidate.existing]
        missing = [g for g in candidate.existing if g not in said.genres]
        parts = [f"{word} {', '.join(genres)}"
                 for word, genres in (("lacks", extra), ("has", missing)) if genres]  # fmt: skip
        if parts:
            why.append(f"against the model the catalogue {' and '.join(parts)}")
    if candidate.conflict > _SHOWN:
        why.append(f"poster and text disagree: {', '.join(candidate.clash)}")
    return why


def _known(genres: Sequence[str], names: tuple[str, ...]) -> tuple[str, ...]:
    """The genres that the source has, as the model calls them; others are passed over."""
    folded = {name.casefold(): name for name in names}
    found = []
    for genre in genres:
        for called in (genre, TMDB_TO_IMDB.get(genre), IMDB_TO_TMDB.get(genre)):
            if called and called.casefold() in folded:
                found.append(folded[called.casefold()])
                break
    return tuple(dict.fromkeys(found))


def _clashes(
    tagger: Tagger, reading: Reading, said: Sequence[Prediction]
) -> dict[int, tuple[float, tuple[str, ...]]]:
    """By row, for films with both: how far poster and texts alone disagree, and on which genres.

    The encoders' outputs are at hand; only the head runs again, twice.
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
            tuple(n for n in said[row].inputs if (n == "poster") == bool(chosen[poster].any()))
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
