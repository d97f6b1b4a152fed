"""Explains a prediction: which words, poster areas and inputs raise or lower each genre."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..errors import unknown
from ..movie import Movie
from ..tagger.reading import read_films
from .base import Base
from .effects import without_and_alone
from .patches import patch_weights
from .result import Effect, Explanation, Reasons, Word
from .words import word_weights

if TYPE_CHECKING:
    from ..tagger.tagger import Tagger

MOST = 5
"""The largest number of genres that are explained if none is asked for."""


def explain(
    tagger: Tagger,
    film: Movie,
    genres: Sequence[str] | None = None,
    *,
    any_language: bool = False,
) -> Explanation:
    """Explain the prediction of `tagger` for `film`, for `genres` or else for the decided genres.

    `any_language` is that of `Tagger.predict`; texts that are ignored there are not explained.
    Raises `UserError` for a genre that the model does not know, and `BadMovie` for a film of which
    the model can read nothing. An unreadable poster is ignored, as in prediction.
    """
    genres = (genres,) if isinstance(genres, str) else genres
    for genre in genres or ():
        if genre not in tagger.genres:
            raise unknown("genre", genre, tagger.genres)
    reading = read_films(tagger.runtime, [film], any_language=any_language)
    [prediction] = tagger.said(reading)
    if prediction.fault is not None:
        raise prediction.fault.as_error()
    ranked = sorted(prediction.scores, key=lambda genre: -prediction.scores[genre])
    asked = tuple(dict.fromkeys(genres or prediction.genres[:MOST] or ranked[:1]))
    base = Base(reading.films[0], reading.features, tuple(prediction.inputs))
    units, weights = word_weights(tagger, base)
    patches = patch_weights(tagger, base)
    effects = without_and_alone(tagger, base)
    thresholds = tagger.thresholds(prediction)
    reasons = {}
    for genre in asked:
        at = tagger.genres.index(genre)
        reasons[genre] = Reasons(
            probability=prediction.scores[genre],
            threshold=float(thresholds[at]),
            decided=genre in prediction.genres,
            words=tuple(
                Word(field=unit.field, text=unit.text, start=unit.start, end=unit.end,
                     item=unit.item, weight=float(weight))
                for unit, weight in zip(units, weights[:, at], strict=True)
            ),
            poster=None if patches is None else patches[:, :, at],
            inputs={
                name: Effect(all=prediction.scores[genre], without=_at(less, at),
                             alone=_at(alone, at))
                for name, (less, alone) in effects.items()
            },
        )  # fmt: skip
    by_genre = dict(zip(tagger.genres, thresholds.tolist(), strict=True))
    return Explanation(film=film, prediction=prediction, thresholds=by_genre, genres=reasons)


def _at(scores: np.ndarray | None, genre: int) -> float | None:
    return None if scores is None else float(scores[genre])
