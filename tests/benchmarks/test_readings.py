"""What both readings of a paper's figures imply is what simulated decisions have."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from benchmarks.paper_films import PaperFilms
from benchmarks.papers_default import _summaries
from benchmarks.readings import decided, labels_for_one_right
from cinegenre.movie import Movie, Prediction


def films(seed: int, number: int = 4000) -> np.ndarray:
    return np.random.default_rng(seed).random((number, 5)) < [0.4, 0.3, 0.2, 0.1, 0.25]


def test_an_accuracy_and_an_area_of_decisions_leave_one_number_of_labels() -> None:
    truth = films(0)
    chance = np.random.default_rng(1).random(truth.shape)
    given = np.where(truth, chance < 0.6, chance < 0.15)
    area = roc_auc_score(truth.ravel(), given.ravel())

    found = decided((truth == given).mean(), area, truth.sum(axis=1).mean(), 5)

    assert found.labels == pytest.approx(given.sum(axis=1).mean())
    assert found.hits == pytest.approx(given[truth].mean())
    assert found.false == pytest.approx(given[~truth].mean())


def test_one_right_label_needs_more_of_them_the_less_is_known() -> None:
    truth = films(2)
    truth = truth[truth.any(axis=1)]
    noise = np.random.default_rng(3).normal(size=truth.shape)
    needed = [labels_for_one_right(truth, noise, 0.8, area) for area in (0.55, 0.7, 0.9, 0.99)]

    assert needed == sorted(needed, reverse=True)
    assert needed[-1] == pytest.approx(0.8 * truth.sum(axis=1).mean(), rel=0.35)
    assert labels_for_one_right(truth, noise, 0.95, 0.7) > needed[1]


def test_a_models_genres_are_taken_by_the_papers_names() -> None:
    known = PaperFilms(
        [Movie(id="a"), Movie(id="b")], ("Sci-Fi", "Sport"), np.array([[True, False], [True, True]])
    )
    scores = {"Science Fiction": 0.9, "Drama": 0.8}
    said = {
        "a": Prediction(
            id="a", scores=scores, genres=["Science Fiction", "Drama"], inputs=[], model=""
        ),
        "b": Prediction(id="b", scores=scores, genres=["Drama"], inputs=[], model=""),
    }

    by_threshold, by_half = _summaries(known, said)

    assert by_threshold.decisions.at_half.accuracy["element_wise"] == 0.5
    assert by_half.decisions.at_half.accuracy["element_wise"] == 0.75
