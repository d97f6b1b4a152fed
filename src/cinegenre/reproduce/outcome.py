"""The types of a paper's results, which its report reads."""

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
    """Oversampling: the number of training films with repeats, and each genre's share of films
    "before" and "after"."""

    films: int
    frequencies: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, kw_only=True)
class Training(Record):
    """The part of a row's metrics.json about its training that the report shows."""

    epochs: int
    best_epoch: int
    seconds: float
    films: Mapping[str, int]
    oversampled: Oversampled | None = None

    @property
    def still_learning(self) -> bool:
        """Whether the best epoch was the last one, so that more epochs may be better."""
        return self.best_epoch + 1 == self.epochs


@dataclass(frozen=True, kw_only=True)
class RowResult(Record):
    """A row's metrics.json: the part of `evaluate.Result` that the report shows, and `training`.

    A row with a constant answer has neither modes nor training.
    """

    inputs: tuple[str, ...]
    summary: Summary
    modes: tuple[ModeFigures, ...] = ()
    training: Training | None = None
    published: Published | None = None


@dataclass(frozen=True)
class Row:
    """One finished row: `result` is its metrics.json, `scored` its predictions for the films.

    `history` has a dict per epoch (the columns of history.csv), and is empty for a row without
    training. `chooses` says whether its scores come from a softmax, as shares of one choice.
    """

    name: str
    title: str
    result: RowResult
    scored: Scored
    history: Sequence[Mapping[str, float]] = ()
    chooses: bool = False


@dataclass(frozen=True)
class Named:
    """A film that the recipe names, and the finished rows' predictions for it (`Scored`).

    `overview` is the text as the rows read it. A row that could read nothing is not in `said`.
    """

    found: Found
    overview: str
    said: Mapping[str, Scored]


@dataclass(frozen=True)
class Picture:
    """An image that is not a poster, and the main row's predictions for it.

    `chooses` says whether the scores are shares of one choice.
    """

    path: Path
    scores: Mapping[str, float]
    chooses: bool = False


@dataclass(frozen=True)
class Outcome:
    """The finished rows of a recipe, in its order, all scored on the same test films.

    `films` have their posters. `tables` is the content of the recipe's file: `published` are the
    paper's figures, `report` is what the report shows. `pending` are the rows not run yet; `about`
    says how the report was made (data, date, machine, command, version). `survey` describes the
    whole data set, `named` are films that the recipe names.
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
        """The JSON object that `reproduce --json` prints."""
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
