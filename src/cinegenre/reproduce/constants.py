"""Finds the best constant answers for a paper's films, by the paper's own figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..evaluate.published import measure
from ..metrics.constants import commonest, covering
from ..metrics.summary import decisions, top_genre

TOP = {"first_genre": "first", "true_genre": "true"}
"""Measures of the most likely genre, and their names in `top_genre`."""


@dataclass(frozen=True)
class Constant:
    """The best figure with the same `k` genres for every film, and these genres."""

    k: int
    figure: float
    genres: tuple[str, ...]


def constants(truth: np.ndarray, genres: tuple[str, ...], name: str) -> list[Constant]:
    """The best answers of 0, 1, 2, … genres by the measure called `name`.

    `truth` is bool (films, genres). For a measure of the most likely genre there are only answers
    of one genre, and for one that needs scores there are none.
    """
    of = measure(name).decided
    if name in TOP:
        scores = (np.broadcast_to(np.eye(len(genres))[g], truth.shape) for g in range(len(genres)))
        figures = [top_genre(truth, one)[TOP[name]] or 0.0 for one in scores]
        g = int(np.argmax(figures))
        return [Constant(1, figures[g], (genres[g],))]
    if of is None:
        return []
    cover = covering(truth) if name == "at_least_one" else []
    found = []
    for k in range(len(genres) + 1):
        answer = cover[k] if k < len(cover) else commonest(truth, k)
        figure = of(decisions(truth, np.broadcast_to(answer, truth.shape)))
        given = tuple(genre for genre, has in zip(genres, answer, strict=True) if has)
        found.append(Constant(k, figure or 0.0, given))
    return found


def best(found: Sequence[Constant]) -> Constant | None:
    """The best of them; among equals the one with the fewest genres."""
    return max(found, key=lambda constant: constant.figure, default=None)
