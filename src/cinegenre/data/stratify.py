"""Iterative stratification: makes parts with the same share of every genre, rare genres first.

K. Sechidis, G. Tsoumakas, I. Vlahavas, "On the Stratification of Multi-Label Data", ECML PKDD
2011; with pairs of genres as labels of their own, as P. Szymański and T. Kajdanowicz do ("A Network
Perspective on Stratification of Multi-Label Data", 2017). Here whole groups of films are dealt.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..movie import Movie


def labels_of(film: Movie) -> list[str]:
    """The labels to distribute evenly: each genre, each pair, each genre with a poster."""
    genres = sorted(film.genres) or ["(none)"]
    with_poster = [f"{genre} + poster" for genre in genres] if "poster" in film.inputs else []
    return [
        *genres,
        *(" + ".join(pair) for pair in itertools.combinations(genres, 2)),
        *with_poster,
    ]


def deal(
    groups: Sequence[Sequence[Sequence[str]]], shares: Sequence[float], seed: int
) -> NDArray[np.int64]:
    """The part of each group: (groups,) indices into `shares`.

    A group is given as its films, a film as its labels. The rarest remaining label is next; each
    group with it goes to the part that lacks most of it, among equals to the part that lacks most
    films, then at random. Large groups go first, because small ones can still even things out.
    """
    rng = np.random.default_rng(seed)
    names = {name: i for i, name in enumerate(sorted({n for g in groups for f in g for n in f}))}
    counted = [Counter(names[name] for film in group for name in film) for group in groups]
    sizes = np.array([len(group) for group in groups], np.int64)
    totals = np.zeros(len(names))
    holders: list[list[int]] = [[] for _ in names]
    for i in np.lexsort((rng.permutation(len(groups)), -sizes)).tolist():
        for label, count in counted[i].items():
            totals[label] += count
            holders[label].append(i)

    wanted = np.outer(shares, totals)  # (parts, labels): what each part still lacks
    wanted_films = np.array(shares) * sizes.sum()
    part = np.full(len(groups), -1, np.int64)
    left = totals.copy()
    while (rarest := _rarest(left)) is not None:
        for i in holders[rarest]:
            if part[i] >= 0:
                continue
            order = np.lexsort((rng.random(len(shares)), -wanted_films, -wanted[:, rarest]))
            part[i] = next(p for p in order.tolist() if shares[p] > 0)
            labels, counts = list(counted[i]), np.array(list(counted[i].values()))
            wanted[part[i], labels] -= counts
            left[labels] -= counts
            wanted_films[part[i]] -= sizes[i]
    return part


def _rarest(left: NDArray[np.float64]) -> int | None:
    remaining = np.where(left > 0, left, np.inf)
    return int(remaining.argmin()) if len(left) and np.isfinite(remaining.min()) else None
