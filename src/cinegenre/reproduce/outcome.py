"""What a paper's rows came to, as its report reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..evaluate.result import ModeFigures, Published
from ..metrics.figures import Summary
from ..metrics.summary import Scored
from ..movie import Movie
from ..records import Record, plain
from .survey import Found, Survey


@dataclass(frozen=True, kw_only=True)
class Oversampled(Record):
    """The training films drawn more than once: how many there were then, and by genre the share of
    films "before" and "after"."""

    films: int
    frequencies: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, kw_only=True)
class Training(Record):
    """What a row's metrics.json keeps of its training run, as far as the report shows it."""

    epochs: int
    best_epoch: int
    seconds: float
    films: Mapping[str, int]
    oversampled: Oversampled | None = None

    @property
    def still_learning(self) -> bool:
        """Whether the best epoch was the last that the row was given: more may bring more."""
        return self.best_epoch + 1 == self.epochs


@dataclass(frozen=True, kw_only=True)
class RowResult(Record):
    """A row's metrics.json: that of `evaluate.Result` which a paper's report shows, and `training`.

    A row that says the same of every film has neither modes nor training.
    """

    inputs: tuple[str, ...]
    summary: Summary
    modes: tuple[ModeFigures, ...] = ()
    training: Training | None = None
    published: Published | None = None


@dataclass(frozen=True)
class Row:
    """One finished row: `result` is its metrics.json, `scored` its say on the outcome's films.

    `history` has a dict an epoch (the columns of history.csv), none for a row that trains nothing.
    `chooses`: its scores are a softmax's, shares of one choice among the genres.
    """

    name: str
    title: str
    result: RowResult
    scored: Scored
    history: Sequence[Mapping[str, float]] = ()
    chooses: bool = False


@dataclass(frozen=True)
class Named:
    """A film that the recipe names, and what finished rows said of it: `Scored` of one film.

    `overview` is as the rows read it. A row that could read nothing of it is not in `said`.
    """

    found: Found
    overview: str
    said: Mapping[str, Scored]


@dataclass(frozen=True)
class Picture:
    """A picture that is no poster, and what the main row's model says of it.

    `chooses`: the scores are shares of one choice.
    """

    path: Path
    scores: Mapping[str, float]
    chooses: bool = False


@dataclass(frozen=True)
class Outcome:
    """The finished rows of a recipe, in its order, all scored on the same test films.

    `films` still have their posters. `tables` is the recipe's file: `published` the paper's
    figures, `report` what its report shows. `pending` are the rows not run yet; `about` says how
    the report was made (data, date, machine, command, version). `survey` is a look over the whole
    data set, `named` are films that the recipe names.
    """

    recipe: str
    title: str
    genres: tuple[str, ...]
    films: Sequence[Movie]
    rows: Mapping[str, Row]
    tables: Mapping[str, Any]
    pending: Sequence[str] = ()
    about: Mapping[str, str] = field(default_factory=dict)
    pictures: Sequence[Picture] = ()
    survey: Survey | None = None
    named: Sequence[Named] = ()

    def as_dict(self) -> dict[str, Any]:
        """What `reproduce --json` prints."""
        rows = {
            name: {
                "headline": row.result.summary.headline,
                "published": row.result.published,
                "still_learning": row.result.training is not None
                and row.result.training.still_learning,
            }
            for name, row in self.rows.items()
        }
        return {"rows": plain(rows), "pending": list(self.pending)}
