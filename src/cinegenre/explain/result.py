"""What an explanation holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..errors import unknown
from ..movie import Movie, Prediction


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """A word and how much it speaks for a genre, in log-odds; below 0 it speaks against it.

    `text` is `field[start:end]` of the film; companies and people are whole names, of which `item`
    is the place in their field.
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

    Each by the calibration of its own set of inputs; None where nothing would be left to read.
    """

    all: float
    without: float | None
    alone: float | None

    @property
    def moved(self) -> float | None:
        """How far the input moved the probability."""
        return None if self.without is None else self.all - self.without


@dataclass(frozen=True, kw_only=True)
class Reasons:
    """What speaks for and against one genre.

    `words` stand in the order of the text, `poster` are the weights of a grid of cells (rows,
    columns) over the poster, None where the model read none; `inputs` by their names. All weights
    are log-odds: 0.7 doubles the odds.
    """

    probability: float
    threshold: float
    decided: bool
    words: tuple[Word, ...]
    poster: np.ndarray | None
    inputs: Mapping[str, Effect]

    def strongest(self, count: int, *, sign: int = 1) -> list[Word]:
        """The words that speak most for the genre, or with `sign` -1 against it."""
        found = sorted(self.words, key=lambda word: -sign * word.weight)
        return [word for word in found[:count] if round(sign * word.weight, 2) > 0]


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Why a model says what it says of one film. `genres` holds the reasons of the asked ones.

    `thresholds` are those of every genre, for the inputs that the film has.
    """

    film: Movie
    prediction: Prediction
    thresholds: Mapping[str, float]
    genres: Mapping[str, Reasons]

    def overlay(self, genre: str, *, height: int = 600) -> bytes | None:
        """The poster as a PNG with a heat map over it, at most `height` pixels high.

        Orange speaks for the genre, blue against it, the poster itself grey; None where the model
        read no poster. Raises `UserError` for a genre that was not asked for.
        """
        from ..pages.heat import overlay

        weights = self._reasons(genre).poster
        poster = self.film.poster
        return None if weights is None or poster is None else overlay(poster, weights, height)

    def page(self) -> str:
        """One HTML page with everything in it, that needs no other file and runs no script."""
        from .page import page

        return page(self)

    def as_dict(self) -> dict[str, Any]:
        """What `explain --json` prints."""
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
