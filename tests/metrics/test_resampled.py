"""Bootstrap by weights: the same as drawing films, and as scikit-learn's sample weights."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, average_precision_score, f1_score

from cinegenre.metrics.bootstrap import interval, percentiles
from cinegenre.metrics.decisions import averages, macro
from cinegenre.metrics.ranking import average_precision
from cinegenre.metrics.resampled import draws, macro_ap, micro_f1
from cinegenre.metrics.summary import top_genre


@pytest.fixture(scope="module")
def films() -> tuple[np.ndarray, np.ndarray]:
    """Truth and scores with many ties; the last genre has no film, the first is rare."""
    random = np.random.default_rng(0)
    truth = random.random((90, 5)) < [0.03, 0.2, 0.5, 0.3, 0.0]
    return truth, random.integers(0, 12, truth.shape) / 11 + 0.2 * truth


def test_each_draw_has_as_many_films_as_there_are() -> None:
    drawn = draws(50, 20, seed=3)
    assert drawn.shape == (20, 50)
    assert (drawn.sum(axis=1) == 50).all()
    assert not (drawn[0] == drawn[1]).all()


def test_draws_are_those_of_scikit_learns_weights(films: tuple[np.ndarray, np.ndarray]) -> None:
    truth, scores = films
    drawn = draws(90, 8)
    f1, precision = micro_f1(truth, scores > 0.6, drawn), macro_ap(truth, scores, drawn)
    for i, weight in enumerate(drawn):
        expected = f1_score(truth, scores > 0.6, average="micro", sample_weight=weight)
        assert f1[i] == pytest.approx(expected)
        each = [
            average_precision_score(truth[:, g], scores[:, g], sample_weight=weight)
            for g in range(5)
            if weight[truth[:, g]].any()
        ]
        assert precision[i] == pytest.approx(np.mean(each))


def test_intervals_are_those_of_the_slow_way(films: tuple[np.ndarray, np.ndarray]) -> None:
    truth, scores = films
    decided, positives, drawn = scores > 0.6, truth.sum(axis=0), draws(90, 60)
    slow = interval(lambda r: averages(truth[r], decided[r])["micro"]["f1"], 90, 60)
    assert percentiles(micro_f1(truth, decided, drawn)) == pytest.approx(slow)
    slow = interval(lambda r: macro(average_precision(truth[r], scores[r]), positives), 90, 60)
    assert percentiles(macro_ap(truth, scores, drawn)) == pytest.approx(slow)


def test_without_a_positive_nothing_is_defined() -> None:
    none = np.zeros((4, 2), bool)
    assert np.isnan(macro_ap(none, np.ones((4, 2)), draws(4, 3))).all()
    assert np.isnan(percentiles(macro_ap(none, np.ones((4, 2)), draws(4, 3)))).all()
    assert (micro_f1(none, none, draws(4, 3)) == 0).all()


def test_top_genre_is_argmax_of_both_and_any_true_one() -> None:
    random = np.random.default_rng(1)
    truth, scores = random.random((200, 4)) < 0.4, random.random((200, 4))
    truth[~truth.any(axis=1), 3] = True
    found = top_genre(truth, scores)
    top = scores.argmax(axis=1)
    assert found["first"] == accuracy_score(truth.argmax(axis=1), top)
    assert found["true"] == np.mean([truth[i, g] for i, g in enumerate(top)])
    assert found["first"] < found["true"]
    # No genre at all is no hit, although argmax gives the first.
    assert top_genre(np.zeros((1, 2), bool), np.array([[1.0, 0.0]])) == {"first": 0, "true": 0}
