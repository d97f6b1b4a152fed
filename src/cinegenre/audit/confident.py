"""Confident learning, genre by genre: which labels are likely wrong, and about how many.

C. Northcutt, L. Jiang, I. Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels",
JAIR 70 (2021), for one class of many; here each genre is a question of its own with two classes,
has and lacks, for a film has several.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Confident:
    """What speaks against the labels `given`, bool (films, genres).

    `has` and `lacks` (genres,) are the mean probabilities that films with the label have the
    genre, and that films without it lack it. `missing` and `wrong`, bool (films, genres), are the
    labels that confidently belong to the other class; `score` (films, genres) ranks them.
    """

    has: np.ndarray
    lacks: np.ndarray
    missing: np.ndarray
    wrong: np.ndarray
    score: np.ndarray
    missing_count: np.ndarray
    wrong_count: np.ndarray


def judge(given: np.ndarray, probabilities: np.ndarray) -> Confident:
    """Compare labels with probabilities by models that have not seen them, both (films, genres).

    A film confidently has a genre where its probability is at least the mean of the films that are
    given it, and lacks it likewise; where both hold, the likelier. Of those that are confident, the
    share on the other side, times all that are given, estimates how many labels are wrong.
    """
    p, q = probabilities, 1 - probabilities
    has, lacks = _mean(p, given), _mean(q, ~given)
    surely_has = (p >= has) & ((q < lacks) | (p >= q))
    surely_lacks = (q >= lacks) & ~surely_has
    missing, wrong = ~given & surely_has, given & surely_lacks
    return Confident(
        has,
        lacks,
        missing,
        wrong,
        score(given, p),
        _estimate(missing, ~given & surely_lacks, ~given),
        _estimate(wrong, given & surely_has, given),
    )


def score(given: np.ndarray, p: np.ndarray) -> np.ndarray:
    """How suspicious each label is, (films, genres); comparable among missing or among wrong ones.

    A missing one by its probability; a wrong one by how many times smaller it is than the mean of
    the films given the genre, so that a genre which is hard to tell does not fill the list.
    """
    return np.where(given, _mean(p, given) / np.maximum(p, 1e-6), p)


def _mean(values: np.ndarray, where: np.ndarray) -> np.ndarray:
    """The mean of each genre's films `where`; 1, which nothing exceeds, where there are none."""
    count = where.sum(axis=0)
    total = np.where(where, values, 0).sum(axis=0)
    return np.asarray(np.divide(total, count, out=np.ones(len(count)), where=count > 0))


def _estimate(off: np.ndarray, on: np.ndarray, given: np.ndarray) -> np.ndarray:
    """How many of the films `given` a label are in the other class, (genres,)."""
    sure = off.sum(axis=0) + on.sum(axis=0)
    share = np.divide(off.sum(axis=0), sure, out=np.zeros(len(sure)), where=sure > 0)
    return np.asarray(share * given.sum(axis=0))
