"""The types of an explanation: words, effects of inputs, and the reasons for each genre."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..errors import unknown
from ..movie import Movie, Prediction


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """A word and how much it adds to a genre's log-odds; below 0 it speaks against the genre.

    `text` is `field[start:end]` of the film. Companies and people are whole names, and `item` is
    the index in their field.
    """

    field: str
    text: str
    start: int
    end: int
    item: int
    weight: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """A genre's probability with all inputs, without one of them, and with that one alone.

    Each uses the calibration for its set of inputs; None if nothing would be left to read.
    """

    all: float
    without: float | None
    alone: float | None

    @property
    def moved(self) -> float | None:
        """The change of the probability by this input."""
        return None if self.without is None else self.all - self.without


@dataclass(frozen=True, kw_only=True)
class Reasons:
    """What speaks for and against one genre.

    `words` are in the order of the text. `poster` has the weights of a grid of cells (rows,
    columns), or None if the model read no poster. `inputs` are by name. All weights are differences
    of log-odds: 0.7 doubles the odds.
    """

    probability: float
    threshold: float
    decided: bool
    words: tuple[Word, ...]
    poster: np.ndarray | None
    inputs: Mapping[str, Effect]

    def strongest(self, count: int, *, sign: int = 1) -> list[Word]:
        """The words that speak most for the genre, or with `sign` -1 against it."""
        ranked = sorted(self.words, key=lambda word: -sign * word.weight)
        return [word for word in ranked[:count] if round(sign * word.weight, 2) > 0]


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """The explanation of one film's prediction: the reasons by genre, in `genres`.

    `thresholds` has the threshold of every genre for the inputs that the film has.
    """

    film: Movie
    prediction: Prediction
    thresholds: Mapping[str, float]
    genres: Mapping[str, Reasons]

    def overlay(self, genre: str, *, height: int = 600) -> bytes | None:
        """The poster as a PNG with a heat map over it, at most `height` pixels high.

        Orange areas speak for the genre, blue ones against it; the poster itself is grey. None if
        the model read no poster. Raises `UserError` for a genre that was not asked for.
        """
        from ..pages.heat import overlay

        weights = self._reasons(genre).poster
        poster = self.film.poster
        return None if weights is None or poster is None else overlay(poster, weights, height)

    def page(self) -> str:
        """One HTML page with everything in it; it needs no other file and runs no script."""
        from .page import page

        return page(self)

    def as_dict(self) -> dict[str, Any]:
        """The JSON object that `explain --json` prints."""
        return self.prediction.as_dict() | {
            "explained": {genre: _plain(reasons) for genre, reasons in self.genres.items()}
        }

    def _reasons(self, genre: str) -> Reasons:
        if genre not in self.genres:
            raise unknown("explained genre", genre, self.genres)
        return self.genres[genre]


def _plain(reasons: Reasons) -> dict[str, Any]:
    words = [asdict(word) | {"weight": round(word.weight, 4)} for word in reasons.words]
    grid = reasons.poster
    return {
        "probability": round(reasons.probability, 4),
        "threshold": round(reasons.threshold, 4),
        "decided": reasons.decided,
        "words": words,
        "poster": None if grid is None else {
            "rows": grid.shape[0], "columns": grid.shape[1], "weights": grid.round(4).tolist(),
        },
        "inputs": {
            name: {key: None if p is None else round(p, 4) for key, p in asdict(effect).items()}
            for name, effect in reasons.inputs.items()
        },
    }  # fmt: skip
