"""What a paper's rows came to, as its report reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..metrics.summary import Scored
from ..movie import Movie


@dataclass(frozen=True)
class Row:
    """One finished row: `result` is its metrics.json, `scored` its say on the outcome's films.

    `history` has a dict an epoch (the columns of history.csv), none for a row that trains nothing.
    """

    name: str
    title: str
    result: Mapping[str, Any]
    scored: Scored
    history: Sequence[Mapping[str, float]] = ()


@dataclass(frozen=True)
class Outcome:
    """The finished rows of a recipe, in its order, all scored on the same test films.

    `films` still have their posters. `tables` is the recipe's file: `published` the paper's
    figures, `report` what its report shows. `pending` are the rows not run yet.
    """

    recipe: str
    title: str
    genres: tuple[str, ...]
    films: Sequence[Movie]
    rows: Mapping[str, Row]
    tables: Mapping[str, Any]
    pending: Sequence[str] = ()
    about: Mapping[str, Any] = field(default_factory=dict)  # data, date, machine, command, version
