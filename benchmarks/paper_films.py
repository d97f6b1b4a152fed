"""The test films that a paper's rows are scored on, in its genres."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .common import NotGiven

if TYPE_CHECKING:
    import numpy as np

    from cinegenre.movie import Movie

PAPERS = ("mavromatakis", "baveja_srinivasan", "cnn_lstm_slides", "irbaz", "dave")


@dataclass(frozen=True)
class PaperFilms:
    """The films, the paper's genres, and which film has which: bool (films, genres)."""

    films: list[Movie]
    genres: tuple[str, ...]
    truth: np.ndarray


def films_of(data: Path | None, paper: str) -> PaperFilms:
    """Those of a paper. Raises `NotGiven` without a data set that has its label set."""
    if data is None:
        raise NotGiven("give --data, a data set prepared with --labels imdb=…")
    try:
        from cinegenre.data.dataset import PreparedSet
        from cinegenre.errors import UserError
        from cinegenre.metrics.arrays import truth_of
        from cinegenre.train.data.films import select_films
        from cinegenre.train.recipe import load_recipe
    except ImportError as error:
        raise NotGiven(f"{error.name} is not installed: pip install -e '.[train]'") from None
    # The films are the same for all rows: any row will do.
    recipe = load_recipe(paper, row=next(iter(published_of(paper))))
    try:
        films = list(select_films(PreparedSet.open(data), "test", recipe)[0])
    except UserError as error:
        raise NotGiven(f"--data: {error}") from None
    return PaperFilms(films, recipe.genres, truth_of(films, recipe.genres))


def published_of(paper: str) -> Mapping[str, Mapping[str, Any]]:
    """A paper's published figures, by row."""
    from cinegenre.evaluate.published import published_rows
    from cinegenre.train.recipe_files import read_recipe

    return published_rows(read_recipe(paper))
