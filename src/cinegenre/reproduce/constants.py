"""The best constant answers to a paper's films, by the paper's own figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..evaluate.published import measure
from ..metrics.constants import commonest, covering
from ..metrics.figures import Summary
from ..metrics.summary import Scored, summarize


@dataclass(frozen=True)
class Constant:
    """The same `k` genres for every film: the most that a figure comes to, and by which genres."""

    k: int
    figure: float
    genres: tuple[str, ...]


def constants(truth: np.ndarray, genres: tuple[str, ...], name: str) -> list[Constant]:
    """The best answers of no genre, of 1, 2, … by the measure called `name`.

    `truth` is bool (films, genres). A measure of the likeliest genre knows answers of one genre;
    of one that needs scores there is none.
    """
    asked = measure(name)
    if name in ("first_genre", "true_genre"):
        answers = [[one] for one in (np.arange(len(genres)) == g for g in range(len(genres)))]
        return [max((_of(truth, genres, name, *one) for one in answers), key=lambda c: c.figure)]
    if not asked.decides:
        return []
    cover = covering(truth) if name == "at_least_one" else []
    return [
        _of(truth, genres, name, cover[k] if k < len(cover) else commonest(truth, k))
        for k in range(len(genres) + 1)
    ]


def always(truth: np.ndarray, genres: tuple[str, ...], answer: np.ndarray) -> Summary:
    """All figures of giving every film the genres of `answer`, bool (genres,)."""
    says = np.broadcast_to(answer, truth.shape).astype(np.float64)
    return summarize(Scored(genres, truth, says, says, says > 0.5), samples=0)


def best(found: Sequence[Constant]) -> Constant | None:
    """The best of them, of equals that of the fewest genres."""
    return max(found, key=lambda constant: constant.figure, default=None)


def _of(truth: np.ndarray, genres: tuple[str, ...], name: str, answer: np.ndarray) -> Constant:
    figure = measure(name).of(always(truth, genres, answer))
    named = tuple(genre for genre, given in zip(genres, answer, strict=True) if given)
    return Constant(int(answer.sum()), figure or 0.0, named)
