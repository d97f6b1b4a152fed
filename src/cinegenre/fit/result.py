"""The types of a fit's results, as the model card and `fit --json` show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypedDict

from ..metrics.figures import Figures, Summary
from ..records import OPTIONAL, SPREAD, Record


@dataclass(frozen=True, kw_only=True)
class FitMode(Record):
    """Cross-validated metrics of films that have at least these inputs, scored from these alone.

    `thresholds` are those that the bundle uses, in the order of its genres.
    """

    inputs: tuple[str, ...]
    films: int
    thresholds: tuple[float, ...]
    figures: Figures = field(metadata=SPREAD)


class OfFilms(TypedDict):
    """The part of a report about the films that were given."""

    films: int
    genres: tuple[str, ...]
    dropped: Mapping[str, int]
    left_out: Mapping[str, int]
    quoted: tuple[str, ...]
    unreadable_posters: tuple[str, ...]
    unfetched_posters: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class FitReport(Record):
    """A fitted bundle: its base model, its training films, and how good it is.

    `dropped` has the genres that too few films have or lack, with the number of their films.
    `left_out` counts unused rows by reason; `quoted` are the first bad rows. `penalties` are the
    chosen ones by set of modalities; a head for all sets has one. `summary` is cross-validated,
    with all inputs of each film; `test` is for films held out. `validation` counts the films that
    chose penalty, calibration and thresholds, if they are not the training films.
    """

    name: str
    base: str
    films: int
    genres: tuple[str, ...]
    min_films: int
    dropped: Mapping[str, int]
    left_out: Mapping[str, int]
    quoted: tuple[str, ...]
    unreadable_posters: tuple[str, ...]
    unfetched_posters: tuple[str, ...]
    penalties: Mapping[str, float]
    seed: int
    modes: tuple[FitMode, ...]
    summary: Summary
    test: Summary | None = None
    validation: int | None = field(default=None, metadata=OPTIONAL)
    seconds: float = 0.0
