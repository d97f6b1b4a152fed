"""Soft targets: a teacher's probabilities for training films that it was not trained on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import torch

from ...data.dataset import PreparedSet
from ...errors import UserError
from ...files import whole
from ..data.arrays import FilmArrays
from ..data.films import folds_of
from ..precision import Precision, autocast, device
from ..recipe import Recipe, load_recipe
from ..recipe_files import recipe_names, scores_file, with_scores
from .prepared import Prepared, precision_for, prepare

_SCORES = "scores.npz"
Train = Callable[[Recipe, PreparedSet, Path], object]
"""A function that trains a recipe into a folder, or resumes the run that is there."""


def teacher_of(recipe: Recipe) -> Recipe:
    """The recipe's teacher. Raises `UserError` if it predicts other genres."""
    teacher = load_recipe(recipe.distill.recipe)
    if teacher.genres != recipe.genres:
        raise UserError(
            f"the teacher {teacher.name!r} predicts other genres than {recipe.name!r}",
            "give both the same data.taxonomy",
        )
    if teacher.distill.recipe:
        raise UserError(f"the teacher {teacher.name!r} has a teacher itself", "name another")
    return teacher


def teacher_to_ask(recipe: Recipe, out: Path) -> Recipe | None:
    """The recipe's teacher, if it has one whose predictions are not in `out` yet."""
    wanted = recipe.distill.recipe and not recipe.distill.scores
    return teacher_of(recipe) if wanted and not (out / _SCORES).exists() else None


def soften(ready: Prepared, recipe: Recipe, data: PreparedSet, out: Path, train: Train) -> Prepared:
    """`ready` with soft targets from the recipe's teacher, which is trained in `out`."""
    scores = soft_targets(recipe, data, out, train)
    if scores.keys().isdisjoint(ready.arrays["train"].ids):
        raise UserError(
            f"the teacher has scores for {len(scores)} films, but for none of the training films",
            "name the scores of a teacher for this data set with --set distill.scores=FILE, "
            "or learn from the labels alone: --set distill.scores=''",
        )
    taught = with_targets(ready.arrays["train"], scores, recipe.distill.weight)
    return replace(ready, arrays={**ready.arrays, "train": taught})


def soft_targets(
    recipe: Recipe, data: PreparedSet, out: Path, train: Train
) -> dict[str, np.ndarray]:
    """The teacher's probabilities (genres,) for its training films, by film id.

    Trains the teacher once per fold in `out`/fold-N, or resumes those runs, and stores its
    probabilities in `out`/scores.npz. With `distill.scores`, that file is read instead.
    """
    kept = scores_file(recipe.distill.scores) if recipe.distill.scores else out / _SCORES
    teacher, folds = teacher_to_ask(recipe, out), recipe.distill.folds
    if teacher is None:
        return _stored(kept, recipe.genres)
    precision = precision_for(teacher)
    ready = prepare(teacher, data, precision)
    arrays = ready.arrays["train"]
    fold = folds_of(len(arrays), folds, teacher.seed)
    scores = np.empty(arrays.truth.shape, np.float32)
    for number in range(folds):
        part = replace(teacher.data, leave_out=f"{number + 1}/{folds}")
        run = out / f"fold-{number + 1}"
        train(replace(teacher, data=part), data, run)
        rows = np.flatnonzero(fold == number)
        scores[rows] = _judge(ready, teacher, run, arrays.take(rows), precision)
    with whole(kept) as staged, staged.open("wb") as file:
        np.savez(file, ids=arrays.ids, scores=scores, genres=teacher.genres)
    return dict(zip(arrays.ids, scores, strict=True))


def with_targets(arrays: FilmArrays, scores: Mapping[str, np.ndarray], weight: float) -> FilmArrays:
    """`arrays` with targets mixed of their truth and `scores`; films without scores keep the
    truth.
    """
    truth = arrays.truth.astype(np.float32)
    soft = [scores.get(film, own) for film, own in zip(arrays.ids, truth, strict=True)]
    return replace(arrays, target=weight * np.stack(soft) + (1 - weight) * truth)


def _stored(path: Path, genres: Sequence[str]) -> dict[str, np.ndarray]:
    try:
        with np.load(path, allow_pickle=False) as table:
            ids, scores, names = table["ids"], table["scores"], table["genres"]
            if scores.dtype == np.uint8:  # as they ship, to be small
                scores = scores / np.float32(255)
            if scores.shape != (len(ids), len(names)) or not ((scores >= 0) & (scores <= 1)).all():
                raise ValueError
    except (OSError, EOFError, ValueError, KeyError, BadZipFile):
        if str(path) in recipe_names():
            raise UserError(
                f"no scores of a teacher come with the recipe {path}",
                f"name a file, or one that has them: {', '.join(with_scores())}",
            ) from None
        raise UserError(
            f"{path} holds no scores of a teacher",
            "name RUN/teacher/scores.npz of a run, or remove the file to train the teacher again",
        ) from None
    if tuple(names) != tuple(genres):
        raise UserError(
            f"the teacher of {path} predicts other genres", "give both the same data.taxonomy"
        )
    return dict(zip(ids.tolist(), scores.astype(np.float32), strict=True))


def _judge(
    ready: Prepared, teacher: Recipe, run: Path, arrays: FilmArrays, precision: Precision
) -> np.ndarray:
    """Predict films with the model of a finished run: probabilities (films, genres)."""
    best, where = run / "checkpoints" / "best.ckpt", device()
    task = ready.task(teacher).eval()
    task.load_state_dict(torch.load(best, map_location="cpu", weights_only=True)["state_dict"])
    task.to(where)
    scores = np.empty(arrays.truth.shape, np.float32)
    order, size = np.argsort(arrays.lengths, kind="stable"), teacher.train.batch_size
    with torch.inference_mode(), autocast(precision, where):
        for start in range(0, len(arrays), size):
            rows = order[start : start + size]
            batch = {
                key: torch.from_numpy(part).to(where) for key, part in arrays.batch(rows).items()
            }
            scores[rows] = task.scores(task.model(batch, batch["present"]).float()).cpu().numpy()
    task.cpu()
    return scores
