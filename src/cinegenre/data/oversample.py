"""Repeats films with rare label sets: LP-ROS, label powerset random oversampling.

Source: Charte, Rivera, del Jesus, Herrera, "Addressing imbalance in multilabel classification:
Measures and random resampling algorithms", Neurocomputing 163 (2015), algorithm LP-ROS. It
is applied to training films only, after the split.

Baveja and Srinivasan oversample 46K films to 76K and do not say how. In their Table 1 Comedy falls
from 0.34 to 0.14, from about 15,600 films to 10,600, which repeating films cannot achieve.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..errors import UserError


def oversample(truth: np.ndarray, target: int, seed: int) -> np.ndarray:
    """Rows of `truth`, bool (films, genres), `target` in all: every film once, then the clones.

    Films with the same genres are a bag. Bags smaller than the mean bag share the clones evenly; a
    bag is full when it has the mean size, and what it cannot take goes to the smaller ones. Within
    a bag films are drawn at random, with replacement. Where all are full and `target` is not yet
    met LP-ROS ends; here it starts again with the mean of the bags as they are now. The rows are a
    function of the arguments alone. Raises `UserError` when `target` is below the number of films.
    """
    films = len(truth)
    if target < films:
        raise UserError(
            f"cannot oversample {films:,} films to {target:,}", "set a target of at least all films"
        )
    _, bag_of, sizes = np.unique(truth, axis=0, return_inverse=True, return_counts=True)
    # The shape of the inverse differs between releases of numpy.
    members = np.split(np.argsort(bag_of.reshape(-1), kind="stable"), np.cumsum(sizes)[:-1])
    random = np.random.default_rng(seed)
    drawn = [
        bag[random.integers(len(bag), size=clones)]
        for bag, clones in zip(members, _clones(sizes, target - films), strict=True)
    ]
    return np.concatenate([np.arange(films), *drawn])


def frequencies(
    truth: np.ndarray, rows: np.ndarray, genres: Sequence[str]
) -> dict[str, dict[str, float]]:
    """Genre → the share of films with it, `before` and `after` oversampling to `rows`."""
    before, after = truth.mean(axis=0), truth[rows].mean(axis=0)
    return {
        genre: {"before": round(float(before[i]), 4), "after": round(float(after[i]), 4)}
        for i, genre in enumerate(genres)
    }


def _clones(sizes: np.ndarray, clones: int) -> np.ndarray:
    """How many of `clones` each bag gets, (bags,)."""
    grown: np.ndarray = sizes.copy()
    while clones:
        mean = -(-int(grown.sum()) // len(grown))
        full = max(mean, int(grown.min()) + 1)  # if all bags are the same, each may take one
        minority = np.flatnonzero(grown < full)
        # The largest first, because the smallest have the most room for the remainder.
        for left, bag in zip(
            range(len(minority), 0, -1),
            minority[np.argsort(-grown[minority], kind="stable")],
            strict=True,
        ):
            more = min(full - int(grown[bag]), clones // left)
            grown[bag] += more
            clones -= more
    added: np.ndarray = grown - sizes
    return added
