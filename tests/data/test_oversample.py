"""Oversampling: films of rare label sets are repeated, and no film is lost."""

from __future__ import annotations

import numpy as np
import pytest

from cinegenre.data.oversample import frequencies, oversample
from cinegenre.errors import UserError

GENRES = ("Drama", "Comedy", "Horror", "Western")
BAGS = {
    (1, 0, 0, 0): 60,
    (1, 1, 0, 0): 24,
    (0, 0, 1, 0): 10,
    (1, 0, 1, 0): 5,
    (0, 0, 0, 1): 1,
}
"""Label set → films: 100 in 5 bags, mean 20, so three minority bags with room for 10, 15 and 19."""

ROOM = 44
TRUTH = np.random.default_rng(0).permutation(
    np.array([labels for labels, films in BAGS.items() for _ in range(films)], bool)
)


def sizes(rows: np.ndarray) -> list[int]:
    """Films of each bag, in the order of `BAGS`."""
    return [int((TRUTH[rows] == np.array(labels, bool)).all(axis=1).sum()) for labels in BAGS]


@pytest.mark.parametrize("target", [100, 101, 107, 130, 144, 145, 165, 300, 301, 1003])
def test_every_film_stays_and_the_target_is_met(target: int) -> None:
    rows = oversample(TRUTH, target, 0)
    assert rows.dtype == np.int64
    assert len(rows) == target
    assert rows[:100].tolist() == list(range(100))


@pytest.mark.parametrize(
    ("target", "after"),
    [
        (100, [60, 24, 10, 5, 1]),
        (130, [60, 24, 20, 15, 11]),  # 10 each
        (139, [60, 24, 20, 19, 16]),  # 13 each, of which the first takes 10; 14 and 15 for the rest
        (100 + ROOM, [60, 24, 20, 20, 20]),  # where LP-ROS ends
        (164, [60, 29, 25, 25, 25]),  # again: the mean is 28.8, 5 each
        (300, [60, 60, 60, 60, 60]),
        (305, [61, 61, 61, 61, 61]),  # all alike
    ],
)
def test_minority_label_sets_share_evenly_and_are_full_at_the_mean(
    target: int, after: list[int]
) -> None:
    assert sizes(oversample(TRUTH, target, 0)) == after


def test_the_rarest_gain_most_and_common_ones_do_not_grow() -> None:
    truth = np.random.default_rng(1).random((2000, 6)) < [0.6, 0.4, 0.3, 0.15, 0.05, 0.02]
    _, bag_of, before = np.unique(truth, axis=0, return_inverse=True, return_counts=True)
    rows = oversample(truth, 2600, 0)
    after = np.bincount(bag_of.reshape(-1)[rows])
    mean = 2000 / len(before)
    assert (after[before >= mean] == before[before >= mean]).all()
    assert (after[before < mean] > before[before < mean]).all()
    assert (after[before < mean] <= np.ceil(mean)).all()
    gain = (after - before)[np.argsort(before)]
    assert (np.diff(gain) <= 1).all()  # 1: what is left over from an even share
    assert gain[0] == gain.max()


def test_clones_are_drawn_from_the_whole_bag() -> None:
    clones = oversample(TRUTH, 144, 0)[100:]
    horror = np.flatnonzero((TRUTH == [False, False, True, False]).all(axis=1))
    drawn = set(clones.tolist()) & set(horror.tolist())
    assert len(drawn) > 3
    [western] = np.flatnonzero(TRUTH[:, 3])
    assert (clones == western).sum() == 19


def test_the_rows_are_a_function_of_films_and_seed() -> None:
    rows = oversample(TRUTH, 150, 3)
    assert rows.tolist() == oversample(TRUTH, 150, 3).tolist()
    assert rows.tolist() != oversample(TRUTH, 150, 4).tolist()


def test_frequencies_before_and_after() -> None:
    rows = oversample(TRUTH, 100 + ROOM, 0)
    assert frequencies(TRUTH, rows, GENRES) == {
        "Drama": {"before": 0.89, "after": round(104 / 144, 4)},
        "Comedy": {"before": 0.24, "after": round(24 / 144, 4)},
        "Horror": {"before": 0.15, "after": round(40 / 144, 4)},
        "Western": {"before": 0.01, "after": round(20 / 144, 4)},
    }


def test_fewer_rows_than_films_is_an_error() -> None:
    with pytest.raises(UserError, match="cannot oversample 100 films to 99: set a target of"):
        oversample(TRUTH, 99, 0)
