"""Films with known genres scored as a whole and by a set of inputs, and what decides them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cinegenre import Tagger
from cinegenre.metrics.arrays import truth_of
from cinegenre.metrics.thresholds import HALF
from cinegenre.tagger.known import score, score_mode
from cinegenre.tagger.modes import score_modes

from ..tiny.films import films


@pytest.fixture(scope="module")
def tagger(bundle: Path) -> Tagger:
    return Tagger.load(bundle, threads=1)


def test_scores_and_decisions_are_those_of_predict(tagger: Tagger) -> None:
    some = [film for film in films(40) if film.inputs]
    found = score(tagger, some, tagger.runtime.encode(some))
    predictions = list(tagger.predict(some, any_language=True))
    assert found.scores == pytest.approx(np.array([[*p.scores.values()] for p in predictions]))
    assert (found.truth == truth_of(some, tagger.genres)).all()
    for row, prediction in enumerate(predictions):
        decided = {tagger.genres[g] for g in np.flatnonzero(found.decided[row])}
        assert decided == set(prediction.genres)


def test_a_mode_is_scored_by_its_own_thresholds(tagger: Tagger) -> None:
    some = films(40)
    truth = truth_of(some, tagger.genres)
    for mode in score_modes(tagger.runtime, some):
        found = score_mode(tagger, truth, mode)
        assert (found.truth == truth[mode.rows]).all()
        passed = found.scores >= tagger.bundle.thresholds(mode.inputs)
        # A film for which no genre passed gets its likeliest.
        assert (found.decided == passed)[passed.any(axis=1)].all()


def test_without_a_calibration_a_genre_is_decided_from_a_half(tagger: Tagger) -> None:
    bare = replace(tagger.bundle, calibrations={})
    assert bare.thresholds(("title",)).tolist() == [HALF] * len(tagger.genres)
    logits = np.array([[-1.0, 1.0] + [0.0] * (len(tagger.genres) - 2)])
    _, decided = Tagger(bare, threads=1).decide(logits, [("title",)])
    assert (decided == (bare.probabilities(logits) >= HALF)).all()


def test_inputs_that_reached_an_encoder_are_in_the_order_of_inputs(tagger: Tagger) -> None:
    film = next(film for film in films(40) if {"title", "overview", "poster"} <= set(film.inputs))
    names = list(tagger.bundle.inputs)
    every = np.ones(len(names), bool)
    assert tagger.bundle.inputs_read(film, every) == ("title", "overview", "poster")
    assert tagger.bundle.inputs_read(film, ~every) == ()
    only = np.array([name == "poster" for name in names])
    assert tagger.bundle.inputs_read(film, only) == ("poster",)
