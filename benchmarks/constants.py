"""What the same answer for every film gets on each paper's test films, by its own figures."""

from __future__ import annotations

from typing import Any

from .common import Options, Report

SHOWN = 6
"""Answers of none to so many genres have a column."""

TABLE_1 = "baveja_srinivasan, the shares of its Table 1"


def run(options: Options) -> Report:
    """A line a paper and figure: the best answer of no genre, of one …, and the best of all."""
    from cinegenre.evaluate.published import MEASURES, measure
    from cinegenre.reproduce.constants import best, constants

    from .paper_films import PAPERS, films_of, published_of

    rows, figures = [], {}
    for paper in PAPERS:
        known = films_of(options.data, paper)
        sets = {paper: known.truth}
        if paper == "baveja_srinivasan":
            sets[TABLE_1] = _as_in_table_1(known.genres)
        names = {name for row in published_of(paper).values() for name in row} & set(MEASURES)
        for label, truth in sets.items():
            for name in MEASURES:
                found = constants(truth, known.genres, name) if name in names else []
                top = best(found)
                if top is None:
                    continue
                figures[f"{label}: {name}"] = [vars(each) for each in found]
                by_k = {each.k: f"{each.figure:.3f}" for each in found}
                cells = [by_k.get(k, "") for k in range(SHOWN + 1)]
                said = ", ".join(top.genres) if top.k < len(known.genres) else "all"
                last = f"{top.figure:.3f} of {top.k}: {said or 'none'}"
                rows.append([label, measure(name).label, f"{len(truth):,}", *cells, last])
    head = ("paper", "figure", "films", *(f"{k}" for k in range(SHOWN + 1)), "best")
    notes = [
        "Of k genres those that get most: by search for at least one right, else the commonest, "
        "which are best by every other figure here."
    ]
    return Report(head, rows, figures, notes)


def _as_in_table_1(genres: tuple[str, ...]) -> Any:
    """Ten thousand films with the shares of genres that the paper's validation films have."""
    import numpy as np

    from cinegenre.train.recipe_files import read_recipe

    shares = read_recipe("baveja_srinivasan")["published"]["frequencies"]
    films = np.arange(10_000)
    return np.stack([films < shares[genre]["validation"] * len(films) for genre in genres], axis=1)
