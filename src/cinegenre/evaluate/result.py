"""The types of an evaluation's result, metrics.json."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..metrics.figures import Ends, Figures, Summary
from ..records import EMPTY, OPTIONAL, SPREAD, Record
from .slices import Slice


@dataclass(frozen=True, kw_only=True)
class ModelFacts(Record):
    """The evaluated bundle, and what it was made from, as far as its config says."""

    name: str = ""
    version: str = ""
    title: str = ""
    recipe: str = ""
    films_trained: int | None = None


@dataclass(frozen=True, kw_only=True)
class DataFacts(Record):
    """The films of the evaluation."""

    folder: str
    fingerprint: str = ""
    source: str
    split: str


@dataclass(frozen=True, kw_only=True)
class Selection(Record):
    """The inputs that a film had to have, and the number left out by reason."""

    need: tuple[str, ...]
    dropped: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class WorstCalibration(Record):
    """Calibration over the genres with many films: mean, and the worst with its genre.

    `error_by_chance` is the mean error that right probabilities would show on so few films.
    """

    genres: int
    error: Mapping[str, Any]
    error_by_chance: Mapping[str, float]
    skill: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class ModeFigures(Record):
    """The headline figures of films scored with the inputs `inputs` alone.

    With `other_language` the films are those whose texts are in another language than the model's
    home language, otherwise the remaining ones. `calibration` is empty if no genre has many films,
    and `intervals` is None if there are too many sets of inputs.
    """

    inputs: tuple[str, ...]
    films: int
    figures: Figures = field(metadata=SPREAD)
    calibration: WorstCalibration | None = field(default=None, metadata=EMPTY)
    intervals: Mapping[str, Ends] | None = field(default=None, metadata=OPTIONAL)
    other_language: bool = False

    @property
    def label(self) -> str:
        """The name of the inputs in a table."""
        return " + ".join(self.inputs) + (" (other languages)" if self.other_language else "")

    def ends(self, figure: str) -> Ends | None:
        """A figure's interval, if it has one."""
        return (self.intervals or {}).get(figure)


@dataclass(frozen=True, kw_only=True)
class Published(Record):
    """A paper's figures of one row, ours by the same names, and the recipe's notes."""

    row: str
    figures: Mapping[str, float]
    ours: Figures
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Result(Record):
    """The content of metrics.json for a bundle's evaluation.

    `masked` are the headline figures with genre words removed from the texts; `slices` are parts of
    the films by name, such as years.
    """

    model: ModelFacts
    data: DataFacts
    taxonomy_genres: tuple[str, ...]
    selection: Selection
    inputs: tuple[str, ...]
    summary: Summary
    modes: tuple[ModeFigures, ...] = ()
    masked: Figures | None = None
    slices: Mapping[str, tuple[Slice, ...]] = field(default_factory=dict)
    published: Published | None = None
    date: str = ""
    cinegenre: str = ""
    command: str = ""
