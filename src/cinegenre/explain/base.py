"""The starting point of every explanation: the film as the model reads it, with nothing left
out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..metrics.arrays import logit
from ..movie import Movie
from ..tagger.runtime import Features

if TYPE_CHECKING:
    from ..tagger.tagger import Tagger


@dataclass(frozen=True)
class Base:
    """A film, its features (one row), and the inputs that the model read."""

    film: Movie
    features: Features
    inputs: tuple[str, ...]

    def log_odds(self, tagger: Tagger, features: Mapping[str, np.ndarray]) -> np.ndarray:
        """Calibrated log-odds, (rows, genres), for changed features of the film.

        All rows use the calibration for the film's own inputs, because leaving out a part of an
        input does not remove the input.
        """
        rows = len(next(iter(features.values())))
        present = np.repeat(self.features.present, rows, axis=0)
        situation = tagger.bundle.situation(self.inputs, present[0])
        scores, _ = tagger.decide(tagger.runtime.classify(features, present), [situation] * rows)
        return logit(scores)
