"""What every part of an explanation starts from: the film as the model reads it whole."""

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
    """A film, its encoders' outputs (one row), and the inputs that reached them."""

    film: Movie
    features: Features
    inputs: tuple[str, ...]

    def log_odds(self, tagger: Tagger, features: Mapping[str, np.ndarray]) -> np.ndarray:
        """Calibrated log-odds, (rows, genres), of changed features of the film.

        The calibration is that of the film's own inputs throughout: a part that is left out of an
        input does not take the input away.
        """
        rows = len(next(iter(features.values())))
        present = np.repeat(self.features.present, rows, axis=0)
        situation = tagger.bundle.situation(self.inputs, present[0])
        scores, _ = tagger.decide(tagger.runtime.classify(features, present), [situation] * rows)
        return logit(scores)
