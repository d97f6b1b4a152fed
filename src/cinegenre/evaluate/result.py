"""What an evaluation came to: metrics.json, with names and types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..metrics.figures import Ends, Figures, Summary
from ..records import EMPTY, OPTIONAL, SPREAD, Record
from .slices import Slice


@dataclass(frozen=True, kw_only=True)
class ModelFacts(Record):
    """The bundle that was judged, and what it was made from, as far as its config says."""

    name: str = ""
    version: str = ""
    title: str = ""
    recipe: str = ""
    films_trained: int | None = None


@dataclass(frozen=True, kw_only=True)
class DataFacts(Record):
    """The films that it was judged on."""

    folder: str
    fingerprint: str = ""
    source: str
    split: str


@dataclass(frozen=True, kw_only=True)
class Selection(Record):
    """The inputs that a film had to have, and how many were left out for which reason."""

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

    With `other_language` the films are those whose texts are in another than the model's home
    language, without it the others.
    `calibration` is empty where no genre has many films, `intervals` None where there are too many
    sets of inputs for them.
    """

    inputs: tuple[str, ...]
    films: int
    figures: Figures = field(metadata=SPREAD)
    calibration: WorstCalibration | None = field(default=None, metadata=EMPTY)
    intervals: Mapping[str, Ends] | None = field(default=None, metadata=OPTIONAL)
    other_language: bool = False

    @property
    def label(self) -> str:
        """The inputs as a table names them."""
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
    """All that metrics.json holds of a bundle's evaluation.

    `masked` are the headline figures with the genres' own words taken out of the texts; `slices`
    parts of the films by name, such as years.
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
