"""Outcomes of our own making: random scores, every table of a recipe filled."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image

from cinegenre.metrics.summary import Scored, summarize
from cinegenre.movie import Movie
from cinegenre.reproduce.outcome import Named, Outcome, Row, RowResult
from cinegenre.reproduce.survey import Found, Survey

GENRES = ("Action", "Comedy", "Drama", "Horror", "Western")
FILMS = 240

EVIL = "<script>alert('&')</script>\""


def scored(noise: float, seed: int = 0, films: int = FILMS) -> Scored:
    """The same films for every noise and seed; the more noise the worse."""
    truth = np.random.default_rng(9).random((films, 5)) < [0.2, 0.35, 0.5, 0.15, 0.05]
    truth[~truth.any(axis=1), 2] = True
    logits = 2.0 * truth - 1.2 + np.random.default_rng(seed).normal(0, noise, truth.shape)
    raw = 1 / (1 + np.exp(-logits))
    scores = 1 / (1 + np.exp(-logits - 0.2))
    return Scored(GENRES, truth, raw, scores, scores >= 0.4)


def films_of(says: Scored) -> list[Movie]:
    """Those films: posters good, broken and absent; years from 1920; three languages."""
    out = io.BytesIO()
    Image.new("RGB", (300, 450), "red").save(out, "PNG")
    posters = (out.getvalue(), b"no picture", None)
    return [
        Movie(
            id=f"tt{i}",
            title=EVIL if i % 7 == 0 else f"Film {i}",
            overview="A secret told nowhere.",
            genres=tuple(g for g, has in zip(GENRES, says.truth[i], strict=True) if has),
            poster=posters[i % 3],
            year=None if i % 20 == 0 else 1920 + i % 100,
            language=("en", "en", "fr", "ru" if i % 30 == 3 else "en", None)[i % 5],
        )
        for i in range(len(says.truth))
    ]


def row(name: str, says: Scored, inputs: tuple[str, ...], epochs: int = 4) -> Row:
    """A finished row with a course of training, all modes of its inputs and oversampling."""
    course = [
        {
            "epoch": float(e), "loss": 0.5 / (e + 1), "accuracy": 0.8, "f1": 0.3,
            "val_loss": 0.6 / (e + 1), "val_accuracy": 0.7 + 0.01 * e, "val_f1": 0.2 + 0.1 * e,
            "val_macro_ap": 0.3 + 0.01 * e, "films_per_second": 9.0, "seconds": 1.0,
        }
        for e in range(epochs)
    ]  # fmt: skip
    mode = {"films": FILMS, "micro_f1": 0.5, "macro_f1": 0.4}
    result: dict[str, Any] = {
        "inputs": list(inputs),
        "summary": summarize(says, samples=30).as_dict(),
        "modes": [
            mode | {"inputs": ["title"], "macro_ap": 0.20,
                    "intervals": {"micro_f1": [0.4, 0.6], "macro_ap": [0.15, 0.25]}},
            mode | {"inputs": ["poster"], "macro_ap": 0.30,
                    "intervals": {"micro_f1": [0.4, 0.6], "macro_ap": [0.26, 0.34]}},
            mode | {"inputs": ["title", "poster"], "macro_ap": 0.28,
                    "intervals": {"micro_f1": [0.4, 0.6], "macro_ap": [0.255, 0.33]}},
        ],
        "training": {
            "epochs": epochs, "best_epoch": 2, "seconds": 1234.5,
            "films": {"train": 1500, "validation": 200},
            "oversampled": {
                "films": 2000, "frequencies": {g: {"before": 0.1, "after": 0.25} for g in GENRES}
            },
        },
    }  # fmt: skip
    return Row(name, f"the {name} row", RowResult.from_dict(result), says, course)


def outcome(films: int = FILMS) -> Outcome:
    """Three trained rows, one that always says Drama, one that has not run."""
    best = scored(0.8, 1, films)
    always = np.zeros(best.truth.shape)
    always[:, 2] = 1.0
    naive = Scored(GENRES, best.truth, always, always, always > 0.5)
    rows = {
        "both": row("both", best, ("title", "poster")),
        "title": row("title", scored(2.5, 2, films), ("title",), epochs=1),
        "poster": row("poster", scored(1.4, 3, films), ("poster",), epochs=3),
        "naive": Row("naive", EVIL, RowResult(inputs=(), summary=summarize(naive, 10)), naive),
    }
    tables: dict[str, Any] = {
        "train": {"learning_rate": 1e-3},
        "rows": {
            "both": {"title": "the both row", "inputs": {"poster": {"height": 80}}},
            "title": {"inputs.poster.height": 80, "train.learning_rate": 1e-4},
            "poster": {"inputs": {"poster.height": 107}, "train": {"learning_rate": 1e-4}},
            "naive": {},
            "later": {"title": "a row for later"},
        },
        "published": {
            "notes": ["The films are others.", EVIL],
            "argument": ["It is a ratio of counts.", EVIL],
            "readings": [{"stated": "F1", "as": ["f1", "macro_f1"]}],
            "label_sets": {"predicted": 14, "labelled": 400},
            "source": {"both": "Table 1", "title": "Table 1"},
            "both": {"f1": 0.8, "accuracy": 0.86, "accuracy_Comedy": 0.711, "weighted_f1": 0.7},
            "title": {"f1": 0.9, "accuracy": 0.81},
            "poster": {"f1": 0.7, "accuracy": 0.80},
            "frequencies": {g: {"before": 0.2, "after": 0.3, "validation": 0.4} for g in GENRES},
            "per_label": {"both": dict.fromkeys(GENRES, 0.2)},
        },
        "report": {
            "measures": ["f1", "macro_f1", "accuracy", "first_genre"], "main": "both",
            "whole_set": True,
            "confusion": ["Drama"], "genre_accuracy": ["Drama", "Comedy"],
            "grid": {"down": "inputs.poster.height", "across": "train.learning_rate",
                     "measure": "f1"},
            "frequency_table": True, "per_label": {"rows": ["both"]}, "examples": 3,
            "compare": [["title", "both"], ["both", "later"]],
        },
    }  # fmt: skip
    about = {"data": "made up", "fingerprint": "ab" * 32, "command": f"cinegenre {EVIL}"}
    shown = films_of(best)
    seen = Survey((*GENRES, "War"), np.eye(6, dtype=bool), [], ["tt404"])
    first = {name: row.scored.of(np.array([0])) for name, row in rows.items() if name != "naive"}
    named = [
        Named(Found(shown[0], "test", ""), f"secret told nowhere {EVIL}", first),
        Named(Found(shown[2], "train", "no poster"), "", {}),
        Named(Found(Movie(id="tt9", title="Both"), "train", "", ("Noir",)), "", {}),
    ]
    return Outcome("made", EVIL, GENRES, shown, rows, tables, ["later"], about,
                   survey=seen, named=named)  # fmt: skip


def choosing(films: int = FILMS) -> Outcome:
    """The same where every row's scores are a softmax's."""
    made = outcome(films)
    rows = {}
    for name, row in made.rows.items():
        odds = np.exp(4 * row.scored.raw)
        raw = odds / odds.sum(axis=1, keepdims=True)
        course = [epoch | {"first_genre": 0.4, "val_first_genre": 0.5} for epoch in row.history]
        rows[name] = replace(row, scored=replace(row.scored, raw=raw), history=course,
                             chooses=bool(course))  # fmt: skip
    named = [
        replace(one, said={name: replace(says, raw=rows[name].scored.raw[:1])
                           for name, says in one.said.items()})
        for one in made.named
    ]  # fmt: skip
    return replace(made, rows=rows, named=named)
