"""The tests of a printed figure find what it is a mean of, and what it is not."""

from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from benchmarks.slides_means import (
    area_of_shares,
    batch_gap,
    harmonic,
    is_area,
    is_count,
    is_mean_over_batches,
    is_mean_over_films,
    is_single,
    simplest,
)

DECISIONS = 8214 * 18


@pytest.mark.parametrize("above, below", [(1, 3), (17443, 26097), (132406, DECISIONS)])
def test_a_ratio_of_counts_is_known_by_its_digits(above: int, below: int) -> None:
    printed = repr(above / below)

    assert simplest(printed) == Fraction(above, below)
    assert is_count(printed, DECISIONS)
    assert is_count(repr(above / (below + 1e-7)), DECISIONS)  # as Keras's custom metrics divide


def test_a_mean_of_ratios_is_no_ratio_of_counts() -> None:
    chance = random.Random(1)
    ratios = [chance.randrange(1, 900) / 1009 + chance.randrange(100) / 1013 for _ in range(33)]

    assert not is_count(repr(sum(ratios) / 33), DECISIONS)


def test_a_mean_over_films_is_known() -> None:
    chance = random.Random(2)
    decided = [chance.randint(1, 18) for _ in range(8214)]
    mean = sum(chance.randint(0, count) / count for count in decided) / 8214

    assert is_mean_over_films(repr(mean), 8214)
    assert not is_mean_over_films(repr(mean), 8213)


def test_a_mean_over_batches_is_known() -> None:
    chance = random.Random(3)
    sizes = [128] * 64 + [22]
    mean = sum(chance.randrange(size * 18) / (size * 18) for size in sizes) / len(sizes)

    assert is_mean_over_batches(repr(mean), 8214, 128)
    assert not is_mean_over_batches(repr(mean), 8214, 256)


def test_a_mean_of_f1_is_below_that_of_the_means() -> None:
    assert harmonic(0.5, 1.0) == pytest.approx(2 / 3)
    assert harmonic(0.0, 0.0) == 0
    assert batch_gap(0.6, 0.65, 2.0, 128) < 0


@pytest.mark.parametrize("ties", [False, True])
def test_a_pooled_area_is_known_by_its_digits(ties: bool) -> None:
    chance = np.random.default_rng(4)
    truth = chance.random(900) < 0.13
    scores = chance.random(900) + 0.4 * truth
    scores = scores.round(2) if ties else scores
    area = float(roc_auc_score(truth, scores))

    assert is_area(repr(area), 900)
    assert is_area(repr(1 - area), 900)
    assert not is_area(repr(area + 1e-9), 900)


def test_a_single_precision_number_is_known() -> None:
    assert is_single(repr(float(np.float32(0.8734835))))
    assert not is_single("0.8734835137324075")


def test_the_area_of_shares_is_scikit_learns() -> None:
    truth = np.random.default_rng(5).random((400, 4)) < [0.5, 0.2, 0.2, 0.0]
    truth[:, 2] = truth[::-1, 1]  # two genres as common as each other
    shares = np.broadcast_to(truth.mean(axis=0), truth.shape)
    films = Counter(dict(zip("abcd", truth.sum(axis=0).tolist(), strict=True)))

    assert area_of_shares(films, 400) == pytest.approx(roc_auc_score(truth.ravel(), shares.ravel()))
