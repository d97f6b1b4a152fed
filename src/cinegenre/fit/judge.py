"""Calibration, thresholds and metrics, all from films scored by heads not fitted on them."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from ..metrics.arrays import sigmoid, truth_of
from ..metrics.calibration import Calibration
from ..metrics.summary import Scored, headline
from ..tagger.modes import Shown, every_set
from ..tagger.runtime import Runtime
from .features import Encoded
from .films import Labelled
from .result import FitMode


class Unseen(Protocol):
    """Heads that score films that they were not fitted on."""

    @property
    def runtime(self) -> Runtime: ...

    def unseen(self, shown: Shown) -> np.ndarray: ...


def calibrate(
    fitted: Unseen, selected: Labelled, encoded: Encoded
) -> tuple[dict[tuple[str, ...], Calibration], tuple[FitMode, ...], Scored]:
    """The calibration and metrics of every set of inputs, and the films scored with all inputs.

    Every logit comes from a head that was not fitted on the film, and every decision from
    thresholds that were not.
    """
    genres, truth = selected.genres, truth_of(selected.films, selected.genres)
    calibrations: dict[tuple[str, ...], Calibration] = {}
    modes: list[FitMode] = []
    raw = np.zeros(truth.shape)
    scores, decided = raw.copy(), np.zeros(truth.shape, bool)
    bundle = fitted.runtime.bundle
    as_come = encoded.whole(fitted.runtime).present
    read = [
        bundle.inputs_read(film, here) for film, here in zip(selected.films, as_come, strict=True)
    ]
    for shown in every_set(bundle, selected.films, encoded.parts, by_language=False):
        known = truth[shown.rows]
        unseen = sigmoid(fitted.unseen(shown))
        calibrations[shown.inputs] = Calibration.fit(known, unseen, genres)
        probabilities, chosen = Calibration.cross_validated(known, unseen, genres)
        of = Scored(genres, known, unseen, probabilities, chosen)
        modes.append(
            FitMode(
                inputs=shown.inputs,
                films=len(known),
                thresholds=tuple(calibrations[shown.inputs].threshold.tolist()),
                figures=headline(of),
            )
        )
        here = np.array([read[row] == shown.inputs for row in shown.rows])
        rows = shown.rows[here]
        raw[rows], scores[rows], decided[rows] = unseen[here], probabilities[here], chosen[here]
    kept = np.array([bool(inputs) for inputs in read])  # a poster alone that cannot be read
    scored = Scored(genres, truth[kept], raw[kept], scores[kept], decided[kept])
    return calibrations, tuple(modes), scored
