"""Surveys the whole data set: all genres of a label set, and the films that a report names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..data.dataset import PreparedSet
from ..data.select import select
from ..metrics.arrays import truth_of
from ..movie import Movie
from ..taxonomy import taxonomy
from ..train.recipe import Recipe


@dataclass(frozen=True)
class Found:
    """A film that a recipe names: its split, and why the recipe leaves it out, if it does.

    `elsewhere` are the source's genres for a film that is not in the recipe's label set.
    """

    film: Movie
    split: str
    why_not: str
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True)
class Survey:
    """Every genre of the label set, the commonest first, and which film has which.

    `truth` is bool (films, genres), of all splits' films with the inputs that the recipe needs and
    a genre. `missing` are named films that the data set has not.
    """

    genres: tuple[str, ...]
    truth: np.ndarray
    found: Sequence[Found]
    missing: Sequence[str]


def survey(data: PreparedSet, recipe: Recipe, named: Sequence[str]) -> Survey:
    """Go through every film of the data set once; keep the posters of named films only."""
    labelled: list[Movie] = []
    found: dict[str, Found] = {}
    for split in data.splits:
        for film in data.films(split, recipe.data.labels):
            if film.genres and set(recipe.data.needed("test")) <= set(film.inputs):
                labelled.append(Movie(genres=film.genres))
            if film.id in named and film.id is not None:
                found[film.id] = Found(film, split, why_not(film, split, recipe))
    _look_elsewhere(data, recipe, found)
    counts = Counter(genre for film in labelled for genre in film.genres)
    genres = tuple(sorted(counts, key=lambda genre: (-counts[genre], genre)))
    return Survey(
        genres=genres,
        truth=truth_of(labelled, genres),
        found=[found[film] for film in named if film in found],
        missing=[film for film in named if film not in found],
    )


def _look_elsewhere(data: PreparedSet, recipe: Recipe, found: dict[str, Found]) -> None:
    """Give films without labels the source's own genres, which are shown but not scored."""
    left = {film for film, one in found.items() if recipe.data.labels and not one.film.genres}
    for split in {found[film].split for film in left}:
        for film in data.films(split):
            if film.id in left:
                found[film.id] = replace(found[film.id], elsewhere=film.genres)


def why_not(film: Movie, split: str, recipe: Recipe) -> str:
    """Why the recipe's [data] leaves out a film of a split; "" for a film that it takes."""
    config = recipe.data
    kept, counts = select(
        [film],
        taxonomy=taxonomy(config.taxonomy),
        languages=config.languages,
        drop_genres=config.drop_genres,
        need=config.needed(split),
    )
    if list(kept):
        return ""
    return next(reason for reason in counts if not reason.startswith("genre outside"))
