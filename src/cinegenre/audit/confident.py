"""Confident learning for each genre: which labels are likely wrong, and about how many.

C. Northcutt, L. Jiang, I. Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels",
JAIR 70 (2021), is about one class of many. A film has several genres, so here each genre is a
problem of its own with two classes, "has it" and "lacks it".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Confident:
    """The suspicious ones among the labels `given`, bool (films, genres).

    `has` (genres,) is the mean probability of having the genre over films with the label, `lacks`
    the mean probability of lacking it over films without. `missing` and `wrong`, bool (films,
    genres), mark labels that confidently belong to the other class; `score` (films, genres) ranks
    them.
    """

    has: np.ndarray
    lacks: np.ndarray
    missing: np.ndarray
    wrong: np.ndarray
    score: np.ndarray
    missing_count: np.ndarray
    wrong_count: np.ndarray


def judge(given: np.ndarray, probabilities: np.ndarray) -> Confident:
    """Compare labels with probabilities from models not fitted on them, both (films, genres).

    A film confidently has a genre if its probability is at least the mean over the films with that
    label, and confidently lacks it likewise; if both hold, the likelier one counts. Among the
    confident films with a label, the share on the other side, times the number of films with the
    label, estimates how many labels are wrong.
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
    """How suspicious each label is, (films, genres); missing and wrong labels have separate scales.

    A missing label is scored by its probability. A wrong one is scored by the ratio of the mean
    over films with the label to its probability, so that a genre which is hard to predict does not
    fill the list.
    """
    return np.where(given, _mean(p, given) / np.maximum(p, 1e-6), p)


def _mean(values: np.ndarray, where: np.ndarray) -> np.ndarray:
    """The mean over each genre's films in `where`; 1, which nothing exceeds, if there are none."""
    count = where.sum(axis=0)
    total = np.where(where, values, 0).sum(axis=0)
    return np.asarray(np.divide(total, count, out=np.ones(len(count)), where=count > 0))


def _estimate(off: np.ndarray, on: np.ndarray, given: np.ndarray) -> np.ndarray:
    """The estimated number of films `given` a label that are in the other class, (genres,)."""
    sure = off.sum(axis=0) + on.sum(axis=0)
    share = np.divide(off.sum(axis=0), sure, out=np.zeros(len(sure)), where=sure > 0)
    return np.asarray(share * given.sum(axis=0))
