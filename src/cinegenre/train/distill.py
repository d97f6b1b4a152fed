"""Soft targets of a teacher for training films that it was not trained on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from ..data.dataset import PreparedSet
from ..errors import UserError
from .arrays import FilmArrays
from .films import folds_of
from .prepared import Prepared, prepare
from .recipe import Recipe, load_recipe


def teacher_of(recipe: Recipe) -> Recipe:
    """The recipe's teacher. Raises `UserError` for one that tells other genres apart."""
    teacher = load_recipe(recipe.distill.recipe)
    if teacher.genres != recipe.genres:
        raise UserError(
            f"the teacher {teacher.name!r} tells other genres apart than {recipe.name!r}",
            "give both the same data.taxonomy",
        )
    if teacher.distill.recipe:
        raise UserError(f"the teacher {teacher.name!r} has a teacher itself", "name another")
    return teacher


def taught(
    ready: Prepared, recipe: Recipe, data_folder: Path, out: Path, precision: str
) -> Prepared:
    """What a recipe comes to, with the targets that its teacher, trained in `out`, softens."""
    scores = soft_targets(recipe, data_folder, out, precision)
    train = with_targets(ready.arrays["train"], scores, recipe.distill.weight)
    return replace(ready, arrays={**ready.arrays, "train": train})


def soft_targets(
    recipe: Recipe, data_folder: Path, out: Path, precision: str
) -> dict[str, np.ndarray]:
    """The teacher's probabilities (genres,) of its training films, by their ids.

    Trains it once a fold in `out`/fold-N, or goes on with what is there.
    """
    from .fit import fit

    teacher, folds = teacher_of(recipe), recipe.distill.folds
    ready = prepare(teacher, PreparedSet.open(data_folder), precision)
    arrays = ready.arrays["train"]
    fold = folds_of(len(arrays), folds, teacher.seed)
    scores = np.empty(arrays.truth.shape, np.float32)
    for number in range(folds):
        part = replace(teacher.data, leave_out=f"{number + 1}/{folds}")
        run = out / f"fold-{number + 1}"
        fit(replace(teacher, data=part), data_folder, run, resume=(run / "config.json").exists())
        rows = np.flatnonzero(fold == number)
        scores[rows] = _judge(ready, teacher, run, arrays.take(rows))
    return dict(zip(arrays.ids, scores, strict=True))


def with_targets(arrays: FilmArrays, scores: Mapping[str, np.ndarray], weight: float) -> FilmArrays:
    """`arrays` with targets between their truth and `scores`; the truth where there are none."""
    truth = arrays.truth.astype(np.float32)
    soft = [scores.get(film, own) for film, own in zip(arrays.ids, truth, strict=True)]
    return replace(arrays, target=weight * np.stack(soft) + (1 - weight) * truth)


def _judge(ready: Prepared, teacher: Recipe, run: Path, arrays: FilmArrays) -> np.ndarray:
    """The probabilities that the model of a finished run gives films, (films, genres)."""
    best = run / "checkpoints" / "best.ckpt"
    task = ready.task(teacher).eval()
    task.load_state_dict(torch.load(best, map_location="cpu", weights_only=True)["state_dict"])
    scores = np.empty(arrays.truth.shape, np.float32)
    size = teacher.train.batch_size
    with torch.inference_mode():
        for start in range(0, len(arrays), size):
            rows = np.arange(start, min(start + size, len(arrays)))
            batch = {key: torch.from_numpy(part) for key, part in arrays.batch(rows).items()}
            scores[rows] = task.scores(task.model(batch, batch["present"]).float()).numpy()
    return scores
