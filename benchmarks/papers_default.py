"""The shipped model on each paper's test films and genres, by each paper's figures.

It was trained on TMDB's genres of the same data set's training films. Where a paper has IMDb's, it
is judged by those: TMDB's are taken by IMDb's names, and what TMDB has not it never gives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .common import Options, Report

if TYPE_CHECKING:
    from .paper_films import PaperFilms


def run(options: Options) -> Report:
    """A line a paper and figure: the paper's best row, the model, the best constant answer."""
    from cinegenre.evaluate.published import MEASURES, measure
    from cinegenre.reproduce.constants import best, constants
    from cinegenre.tagger import Tagger

    from .paper_films import PAPERS, films_of, published_of

    tagger = Tagger.load(options.model)
    said: dict[str, Any] = {}
    rows, figures = [], {}
    for paper in PAPERS:
        known, published = films_of(options.data, paper), published_of(paper)
        left = [film for film in known.films if film.id not in said]
        said |= {one.id or "": one for one in tagger.predict(left)}
        by_threshold, by_half = _summaries(known, said)
        for name in MEASURES:
            theirs = {row: of[name] for row, of in published.items() if name in of}
            if not theirs:
                continue
            of, top = measure(name).of, max(theirs, key=lambda row: theirs[row])
            decides = MEASURES[name].decided is not None or name == "roc_auc_of_decisions"
            ours = of(by_threshold if decides else by_half)
            half = of(by_half) if decides else None
            floor = best(constants(known.truth, known.genres, name))
            figures[f"{paper}: {name}"] = {
                "row": top, "theirs": theirs[top], "ours": ours, "at_0.5": half,
                "constant": floor and floor.figure, "films": len(known.films),
            }  # fmt: skip
            values = (theirs[top], ours, half, floor and floor.figure)
            cells = ["" if value is None else f"{value:.3f}" for value in values]
            rows.append([paper, f"{len(known.films):,}", measure(name).label, top, *cells])
    head = ("paper", "films", "figure", "its best row", "theirs", "the model", "at 0.5",
            "best constant")  # fmt: skip
    model = f"{tagger.bundle.name} {tagger.bundle.version}"
    notes = [f"{model}, by its own thresholds; beside it at 0.5, as the papers decide. Papers' "
             "films are other films than ours."]  # fmt: skip
    return Report(head, rows, figures | {"model": model}, notes)


def _summaries(known: PaperFilms, said: dict[str, Any]) -> tuple[Any, Any]:
    """All figures of what was said, decided by the model's thresholds, and at 0.5."""
    import numpy as np

    from cinegenre.metrics.summary import Scored, summarize
    from cinegenre.taxonomy import TMDB_TO_IMDB

    place = {genre: g for g, genre in enumerate(known.genres)}
    scores = np.zeros(known.truth.shape)
    decided = np.zeros(known.truth.shape, bool)
    for row, film in enumerate(known.films):
        one = said[film.id or ""]
        for genre, score in one.scores.items():
            g = place.get(genre, place.get(TMDB_TO_IMDB.get(genre, genre)))
            if g is not None:
                scores[row, g] = score
                decided[row, g] = genre in one.genres
    halves = (decided.astype(float), scores)
    return tuple(
        summarize(Scored(known.genres, known.truth, raw, scores, decided), samples=0)
        for raw in halves
    )  # type: ignore[return-value]
