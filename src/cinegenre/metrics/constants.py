"""What the same answer for every film gets: no accuracy means anything without it."""

from __future__ import annotations

import numpy as np

MOST = 20
"""Sets are searched among so many of the most common genres: a million of them at most."""


def commonest(truth: np.ndarray, k: int) -> np.ndarray:
    """The k most common genres, bool (genres,), from bool (films, genres).

    Of all answers of k genres they have the best micro, macro and weighted F1, precision and
    element-wise accuracy: each genre adds to those what its share of the films says.
    """
    return _chosen(np.argsort(-truth.sum(axis=0), kind="stable")[:k], truth.shape[1])


def covering(truth: np.ndarray) -> list[np.ndarray]:
    """For each k from 0 on, the k genres of which most films have at least one, bool (genres,).

    Not the k most common: films of a genre may all have a commoner one too. Every set is counted,
    of the `MOST` commonest genres.
    """
    among = np.argsort(-truth.sum(axis=0), kind="stable")[:MOST]
    bits = 1 << np.arange(len(among))
    # At a set of genres: the films whose own genres all lie within it.
    within = np.bincount((truth[:, among] * bits).sum(axis=1), minlength=1 << len(among))
    for bit in range(len(among)):
        halves = within.reshape(-1, 2, 1 << bit)
        halves[:, 1] += halves[:, 0]
    missed = within[::-1]  # by the set that is answered: the films within all other genres
    sizes = np.bitwise_count(np.arange(len(missed), dtype=np.uint32))
    found = []
    for k in range(len(among) + 1):
        of_size = np.flatnonzero(sizes == k)
        best = int(of_size[missed[of_size].argmin()])
        found.append(_chosen(among[(best & bits) > 0], truth.shape[1]))
    return found


def _chosen(which: np.ndarray, genres: int) -> np.ndarray:
    chosen = np.zeros(genres, bool)
    chosen[which] = True
    return chosen
