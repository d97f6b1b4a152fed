"""Reads the genres that a program passes for its films: names in lists, or 0 and 1 in columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ..data.spelling import respelled, same, spellings
from ..errors import UserError, shown, unknown
from ..readers.frames import is_frame, plain
from ..readers.genres import genres_of


def truth_and_genres(y: Any, genres: Sequence[str] | None = None) -> tuple[np.ndarray, list[str]]:
    """Which genres each film has, bool (films, genres), and the names of the genres.

    `y` has the genres of each film, in any form that a table's cell may have; or 0 and 1 (films,
    genres) in an array, a sparse matrix, lists, or a data frame with one column per genre. `genres`
    names the columns of an array, or selects and orders the names. Raises `UserError` for anything
    else.
    """
    hot = _numbers(y, genres)
    if hot is not None:
        return hot
    rows = _rows(y)
    known = spellings(rows)
    sets = [set(respelled(row, known)) for row in rows]
    there = set().union(*sets)
    called = [same(genre, there) for genre in genres] if genres else sorted(there)
    for genre in called:
        if genre not in there:
            raise unknown("genre", genre, there)
    return _table(sets, called), called


def truth_among(y: Any, genres: Sequence[str]) -> np.ndarray:
    """Which of these genres each film has, bool (films, genres). `y` is as above, and may have
    further genres."""
    hot = _numbers(y, None if is_frame(y) else genres)
    if hot is None:
        return _table([{same(name, genres) for name in row} for row in _rows(y)], genres)
    truth, called = hot
    at = {same(genre, genres): place for place, genre in enumerate(called)}
    none = np.zeros(len(truth), bool)
    return np.stack([truth[:, at[g]] if g in at else none for g in genres], axis=1)


def _table(sets: Sequence[set[str]], genres: Sequence[str]) -> np.ndarray:
    truth = [[genre in row for genre in genres] for row in sets]
    return np.array(truth, bool).reshape(len(sets), len(genres))


def _numbers(y: Any, genres: Sequence[str] | None) -> tuple[np.ndarray, list[str]] | None:
    """The columns of 0 and 1 in `y`, and their names; None if `y` has names of genres."""
    if is_frame(y):
        called = list(genres or map(str, y.columns))
        return _hot(y.to_numpy(), called), called
    values = y.toarray() if hasattr(y, "toarray") else y
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        raise UserError(f"y is {shown(y)}", "give a list of genres a film, or 0 and 1 in columns")
    hot = _as_numbers([plain(row) for row in values])
    if hot is None:
        return None
    called = list(genres or map(str, range(hot.shape[1])))
    return _hot(hot, called), called


def _as_numbers(rows: Sequence[Any]) -> np.ndarray | None:
    """An array of rows of 0 and 1 of the same length; None for anything else."""
    if not rows or isinstance(rows[0], str) or not hasattr(rows[0], "__len__"):
        return None
    try:
        found = np.array(rows)
    except ValueError:  # of different lengths
        return None
    return found if found.ndim == 2 and found.shape[1] and found.dtype.kind in "biuf" else None


def _hot(values: np.ndarray, genres: Sequence[str]) -> np.ndarray:
    if values.ndim != 2 or values.shape[1] != len(genres):
        width = values.shape[1] if values.ndim == 2 else 0
        raise UserError(f"y has {width} columns for {len(genres)} genres", "name each column once")
    if len(set(genres)) < len(genres):
        raise UserError(f"two genres of {shown(list(genres))} have one name", "name each once")
    wrong = [value for value in np.unique(values).tolist() if value not in (0, 1)]
    if wrong:
        raise UserError(f"y has {shown(wrong[0])}", "write 1 where a film has a genre, else 0")
    return np.asarray(values == 1)


def _rows(y: Iterable[Any]) -> list[tuple[str, ...]]:
    found = []
    for film, row in enumerate(y):
        cell = sorted(row) if isinstance(row, set | frozenset) else plain(row)
        try:
            found.append(genres_of(cell))
        except (ValueError, TypeError) as error:
            raise UserError(
                f"y[{film}] is {shown(row)} ({error})", "give the film's genres, such as ['Drama']"
            ) from None
    return found
