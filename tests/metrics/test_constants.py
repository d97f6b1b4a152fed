"""The best constant answers are found as trying all of them finds them."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from sklearn.metrics import f1_score

from cinegenre.metrics.constants import MOST, commonest, covering

SHARES = (0.5, 0.05, 0.4, 0.3, 0.1, 0.45)


def films(seed: int, shares: tuple[float, ...] = SHARES, number: int = 80) -> np.ndarray:
    return np.random.default_rng(seed).random((number, len(shares))) < shares


def answers(genres: int, k: int) -> list[np.ndarray]:
    return [np.isin(np.arange(genres), chosen) for chosen in combinations(range(genres), k)]


@pytest.mark.parametrize("seed", range(5))
def test_no_set_of_as_many_genres_covers_more_films(seed: int) -> None:
    truth = films(seed)
    for k, found in enumerate(covering(truth)):
        assert found.sum() == k
        covered = [(truth & answer).any(axis=1).sum() for answer in answers(truth.shape[1], k)]
        assert (truth & found).any(axis=1).sum() == max(covered)


@pytest.mark.parametrize("average", ["micro", "macro", "weighted"])
def test_the_commonest_have_the_best_f1_and_the_best_accuracy(average: str) -> None:
    truth = films(7)
    for k in range(1, 7):
        said = np.broadcast_to(commonest(truth, k), truth.shape)
        others = [np.broadcast_to(answer, truth.shape) for answer in answers(6, k)]
        best = max(f1_score(truth, one, average=average, zero_division=0) for one in others)
        assert f1_score(truth, said, average=average, zero_division=0) == pytest.approx(best)
        assert (said == truth).mean() == max((one == truth).mean() for one in others)


def test_more_genres_than_can_be_searched_and_none_at_all() -> None:
    truth = films(1, tuple(np.linspace(0.02, 0.5, MOST + 7)))
    found = covering(truth)
    assert len(found) == MOST + 1
    rarest = np.argsort(-truth.sum(axis=0), kind="stable")[MOST:]
    assert not any(answer[rarest].any() for answer in found)
    assert [answer.sum() for answer in covering(np.zeros((4, 2), bool))] == [0, 1, 2]
