"""Texts in other languages, by language: what the shipped model, or another, makes of them.

plots.csv has plots of invented films in eight languages, written for this: twenty each are few, and
nobody but their writer has labelled them. With --data, a prepared set of real films whose texts are
in other languages, its test films are scored too.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .common import Options, Report

if TYPE_CHECKING:
    from cinegenre import Movie, Tagger

TABLE = Path(__file__).with_name("plots.csv")
LEAST = 15
"""Films of a language from which on it has a row of its own."""


def run(options: Options) -> Report:
    """Micro F1 and the average precision of all decisions, by language, from title and overview."""
    from cinegenre import Tagger

    tagger = Tagger.load(options.model)
    sets = {"invented": plots()}
    if options.data is not None:
        sets["test"] = test_films(options.data)
    rows, figures = [], {}
    for name, films in sets.items():
        spoken = {film.language or "" for film in films}
        groups = {
            code: [film for film in films if film.language == code] for code in sorted(spoken)
        }
        groups = {code: some for code, some in groups.items() if len(some) >= LEAST}
        for code, some in {**groups, "all": films}.items():
            found = figures[f"{name} {code}"] = scored(tagger, some)
            rows.append((name, code, f"{len(some):,}", *(f"{found[key]:.3f}" for key in SHOWN)))
    return Report(
        ("films", "language", "number", "micro F1", "micro AP", "macro AP", "read as such"),
        rows,
        figures,
        [
            f"{tagger.name}, title and overview alone; macro AP over the genres that some film "
            "has; read as such: the share of texts that the encoder for their language read."
        ],
    )


SHOWN = ("micro_f1", "micro_ap", "macro_ap", "read")


def plots() -> list[Movie]:
    """The invented films."""
    from cinegenre import Movie

    with TABLE.open(encoding="utf-8", newline="") as file:
        return [
            Movie(id=row["id"], language=row["language"], title=row["title"],
                  overview=row["overview"], genres=tuple(row["genres"].split("|")))
            for row in csv.DictReader(file)
        ]  # fmt: skip


def test_films(data: Path) -> list[Movie]:
    """Test films with a genre and an overview, without anything but their texts."""
    from cinegenre.data.dataset import PreparedSet

    return [
        replace(film, poster=None, companies=(), people=())
        for film in PreparedSet.open(data).films("test")
        if film.genres and {"title", "overview"} <= set(film.inputs)
    ]


def scored(tagger: Tagger, films: Sequence[Movie]) -> dict[str, Any]:
    """Figures of some films."""
    from cinegenre.metrics.arrays import truth_of
    from cinegenre.metrics.decisions import averages, macro
    from cinegenre.metrics.ranking import average_precision

    truth = truth_of(films, tagger.genres)
    predictions = list(tagger.predict(films))
    scores = np.array([list(each.scores.values()) for each in predictions])
    decided = np.array([[genre in each.genres for genre in tagger.genres] for each in predictions])
    both = average_precision(truth.reshape(-1, 1), scores.reshape(-1, 1))
    return {
        "micro_f1": averages(truth, decided)["micro"]["f1"],
        "micro_ap": float(both[0]),
        "macro_ap": macro(average_precision(truth, scores), truth.sum(axis=0)),
        "read": float(np.mean([each.language is not None for each in predictions])),
    }
