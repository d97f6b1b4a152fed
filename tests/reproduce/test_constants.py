"""Constant answers by a paper's figures, against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score

from cinegenre.evaluate.published import MEASURES
from cinegenre.reproduce.constants import best, constants

from .made import GENRES, scored

TRUTH = scored(1.0).truth
"""Drama is the commonest of its genres, then Comedy."""


def test_each_k_has_its_best_answer() -> None:
    found = constants(TRUTH, GENRES, "weighted_f1")
    assert [constant.k for constant in found] == list(range(6))
    assert found[2].genres == ("Comedy", "Drama")
    said = np.isin(GENRES, found[2].genres)
    expected = f1_score(TRUTH, np.broadcast_to(said, TRUTH.shape), average="weighted",
                        zero_division=0)  # fmt: skip
    assert found[2].figure == pytest.approx(expected)
    assert best(found) == found[5]


def test_at_least_one_right_is_searched() -> None:
    truth = np.array([[1, 1, 0], [1, 1, 0], [1, 0, 0], [0, 0, 1]], bool)
    found = constants(truth, ("A", "B", "C"), "at_least_one")
    assert [constant.figure for constant in found] == [0, 0.75, 1, 1]
    assert found[2].genres == ("A", "C")  # not B, which is commoner than C


def test_the_likeliest_genre_is_one() -> None:
    [found] = constants(TRUTH, GENRES, "first_genre")
    first = TRUTH.argmax(axis=1)
    assert found.genres == (GENRES[np.bincount(first).argmax()],)
    assert found.figure == pytest.approx((first == np.bincount(first).argmax()).mean())


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_of_decisions_has_constants_and_no_other(name: str) -> None:
    found = constants(TRUTH, GENRES, name)
    if MEASURES[name].decided is not None:
        assert max(constant.figure for constant in found) > 0
    else:
        assert len(found) == (name in ("first_genre", "true_genre"))
