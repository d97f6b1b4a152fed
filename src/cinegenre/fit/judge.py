"""Calibration, thresholds and figures from scores by heads that have not seen the film."""

from __future__ import annotations

import numpy as np

from ..metrics.arrays import sigmoid, truth_of
from ..metrics.calibration import Calibration
from ..metrics.summary import Scored, headline
from ..tagger.modes import every_set
from .crossval import CrossFitted
from .features import Encoded
from .films import Labelled
from .result import FitMode


def calibrate(
    fitted: CrossFitted, found: Labelled, encoded: Encoded
) -> tuple[dict[tuple[str, ...], Calibration], tuple[FitMode, ...], Scored]:
    """For every set of inputs a calibration and its figures, and the films as they come, scored.

    All on logits by heads that have not seen the film; decisions by thresholds that have not.
    """
    genres, truth = found.genres, truth_of(found.films, found.genres)
    calibrations: dict[tuple[str, ...], Calibration] = {}
    modes: list[FitMode] = []
    raw = np.zeros(truth.shape)
    scores, decided = raw.copy(), np.zeros(truth.shape, bool)
    bundle = fitted.runtime.bundle
    as_come = encoded.whole(fitted.runtime).present
    read = [bundle.inputs_read(film, here) for film, here in zip(found.films, as_come, strict=True)]
    for shown in every_set(bundle, found.films, encoded.parts, by_language=False):
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
