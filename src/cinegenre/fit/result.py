"""What a fit came to, as the model card and `fit --json` tell it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..metrics.figures import Figures, Summary
from ..records import SPREAD, Record


@dataclass(frozen=True, kw_only=True)
class FitMode(Record):
    """Films with at least these inputs, scored from these alone: cross-validated figures.

    `thresholds` are those that the bundle decides by, in the order of its genres.
    """

    inputs: tuple[str, ...]
    films: int
    thresholds: tuple[float, ...]
    figures: Figures = field(metadata=SPREAD)


@dataclass(frozen=True, kw_only=True)
class FitReport(Record):
    """A fitted bundle: what it stands on, what it learned from, how good it is.

    `dropped` are genres that too few films have or lack, with their films; `left_out` counts rows
    by the reason; `quoted` are the first bad rows, `penalties` those chosen by set of modalities.
    `summary` is cross-validated over the films as they come, `test` that of films held out.
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
    seconds: float = 0.0
