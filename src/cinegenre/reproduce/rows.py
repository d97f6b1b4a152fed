"""Trains, exports and scores one row of a paper's table, in a folder of its own.

OUT/ROW/run          the training run          OUT/ROW/scores.npz    its test predictions
OUT/ROW/bundle       the exported model        OUT/ROW/metrics.json  written last: the row is done
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..data.dataset import PreparedSet
from ..errors import UserError
from ..evaluate import measure
from ..evaluate.published import beside, published_rows
from ..export.export import export
from ..files import read_json, whole, write_json
from ..metrics.arrays import truth_of
from ..metrics.summary import Scored, summarize
from ..movie import Movie
from ..taxonomy import taxonomy
from ..train.config import from_table
from ..train.data.films import select_films
from ..train.loop.run_folder import CONFIG
from ..train.loop.train import train
from ..train.model.losses import activation
from ..train.recipe import Recipe
from ..train.recipe_files import read_recipe
from .outcome import Row, RowResult

_TRAINING = ("epochs", "best_epoch", "films", "dropped", "oversampled", "begun", "learning_rate",
             "parameters", "precision")  # fmt: skip


def is_done(folder: Path) -> bool:
    """Whether the row in `folder` is finished."""
    return (folder / "metrics.json").exists()


def run_row(recipe: Recipe, row: str, data: PreparedSet, out: Path, file: str) -> None:
    """Train, export and score a row of the recipe `file`; continue where it stopped.

    Raises `UserError` for a row that starts from one that is not finished.
    """
    folder = out / row
    folder.mkdir(parents=True, exist_ok=True)
    result: dict[str, Any] = {"inputs": []}
    if recipe.always:
        films = test_films(recipe, data)
        scored = _always(recipe, films)
        summary = summarize(scored)
        result["summary"] = summary.as_dict()
    else:
        placed = replace(recipe, start={m: _run_of(out, r, row) for m, r in recipe.start.items()})
        run = folder / "run"
        done = train(placed, data, run, resume=(run / CONFIG).exists())
        seconds = round(done.seconds_loading + done.seconds_training, 1)
        export(run, folder / "bundle", data=data, name=f"{recipe.name} {row}")
        found = measure(folder / "bundle", data.folder, need=recipe.data.needed("test"))
        # Until here a stopped row continues from it, without training again.
        (run / "checkpoints" / "last.ckpt").unlink(missing_ok=True)
        films, scored, summary = found.films, found.scored, found.result.summary
        info = done.as_dict()
        training = {key: info[key] for key in _TRAINING if key in info} | {"seconds": seconds}
        result = found.result.as_dict() | {"training": training}
    with whole(folder / "scores.npz") as staged:
        _save(staged, scored, [film.id or "" for film in films])
    has_figures = row in published_rows(read_recipe(file))
    result["published"] = beside(file, row, summary).as_dict() if has_figures else None
    write_json(folder / "recipe.json", recipe.as_dict())
    write_json(folder / "metrics.json", result)


def read_row(folder: Path, recipe: Recipe, title: str, films: list[Movie]) -> Row:
    """A finished row. Raises `UserError` if it was run with another recipe, or on other films."""
    if from_table(Recipe, read_json(folder / "recipe.json", "row"), "recipe.json") != recipe:
        raise UserError(
            f"the row in {folder} was run with another recipe",
            "give the same --set, or another --out",
        )
    with np.load(folder / "scores.npz", allow_pickle=False) as arrays:
        ids = arrays["ids"].tolist()
        parts = {name: arrays[name] for name in ("truth", "raw", "scores", "decided")}
    if ids != [film.id or "" for film in films]:
        raise UserError(f"the row in {folder} was scored on other films", "name another --out")
    return Row(
        name=folder.name,
        title=title,
        result=RowResult.from_dict(read_json(folder / "metrics.json", "row")),
        scored=Scored(taxonomy(recipe.data.taxonomy), **parts),
        history=_history(folder / "run" / "history.csv"),
        chooses=activation(recipe.model.loss) == "softmax",
    )


def test_films(recipe: Recipe, data: PreparedSet) -> list[Movie]:
    """The films that a recipe's rows are scored on, with their posters."""
    films, _ = select_films(data, "test", recipe)
    return list(films)


def _always(recipe: Recipe, films: Sequence[Movie]) -> Scored:
    """The scores of giving every film one genre, which needs no training."""
    genres = taxonomy(recipe.data.taxonomy)
    decided = np.zeros((len(films), len(genres)), bool)
    decided[:, genres.index(recipe.always)] = True
    scores = decided.astype(np.float64)
    return Scored(genres, truth_of(films, genres), scores, scores, decided)


def _run_of(out: Path, earlier: str, row: str) -> str:
    if not is_done(out / earlier):
        raise UserError(f"row {row} starts from row {earlier}, which is not finished",
                        f"run it first: --only {earlier}")  # fmt: skip
    return str((out / earlier / "run").resolve())


def _save(path: Path, scored: Scored, ids: list[str]) -> None:
    arrays: Mapping[str, Any] = {
        "ids": np.array(ids),
        "truth": scored.truth,
        "raw": scored.raw.astype(np.float32),
        "scores": scored.scores.astype(np.float32),
        "decided": scored.decided,
    }
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)


def _history(path: Path) -> list[dict[str, float]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]
