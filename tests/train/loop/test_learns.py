"""Whatever has a name in a registry learns 32 films by heart, and an absent input spoils nothing.

The films' words, studios and posters tell their genres. Steps are those of `GenreTask`, on all 32
films at once.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.metrics import f1_score
from torch import Tensor

from cinegenre.inputs import PosterInput
from cinegenre.movie import Movie
from cinegenre.train.data.arrays import load_films
from cinegenre.train.loop.task import GenreTask
from cinegenre.train.model.encoders import ENCODERS
from cinegenre.train.model.fusion import FUSIONS
from cinegenre.train.model.losses import LOSSES
from cinegenre.train.model.model import build_model
from cinegenre.train.precision import autocast, precision_of
from cinegenre.train.recipe import ModelConfig, Recipe, TrainConfig

from ...tiny.films import GENRES, films
from ..kinds import Tables, inputs_of, recipe_of

BY_GRADIENTS = [kind for kind, encoder in ENCODERS.items() if not encoder.learns_apart]
THREE = {"words": "lstm", "poster": "cnn", "studios": "names"}


def chosen(*needed: str) -> list[Movie]:
    """The first 32 tiny films that have these inputs."""
    return [film for film in films(60) if set(needed) <= set(film.inputs)][:32]


def batch_of(
    recipe: Recipe, movies: list[Movie], cache: Path
) -> tuple[GenreTask, dict[str, Tensor]]:
    """The recipe's model, not trained yet, and the films as one batch."""
    inputs = inputs_of(recipe, movies)
    posters = [reads for reads in inputs.values() if isinstance(reads, PosterInput)]
    arrays = load_films(movies, posters, cache).arrays(GENRES, inputs)
    batch = {k: torch.from_numpy(v) for k, v in arrays.batch(np.arange(len(movies))).items()}
    torch.manual_seed(0)
    return GenreTask(build_model(recipe, inputs, len(GENRES)), recipe), batch


def learned(task: GenreTask, batch: dict[str, Tensor], precision: str = "32-true") -> float:
    """The loss after at most 200 steps as a share of that before, once genres are decided right.

    Losses are counted from the least that is possible. A genre is decided at 0.5; of a softmax at
    1/6, half of what each of three genres has at best.
    """
    optimiser = task.configure_optimizers()
    before = _loss(task.eval(), batch)
    for step in range(200):
        if step % 20 == 0 and _loss(task.eval(), batch) < 0.03 * before:
            break
        task.train()
        optimiser.zero_grad()
        with autocast(precision, torch.device("cpu")):
            loss = task.training_step(batch)
        loss.backward()
        optimiser.step()
    task.eval()
    with torch.no_grad():
        logits = task.model(batch, batch["present"])
    softmax = task.activation == "softmax"
    decided = logits.softmax(dim=1) > 1 / 6 if softmax else logits > 0
    assert f1_score(batch["truth"].numpy(), decided.numpy(), average="micro") >= 0.95
    return _loss(task, batch) / before


def _loss(task: GenreTask, batch: dict[str, Tensor]) -> float:
    with torch.no_grad():
        loss = task.loss(task.model(batch, batch["present"]), batch["truth"])
    genres = batch["truth"].sum(dim=1)
    least = (genres * genres.log()).mean() if task.activation == "softmax" else 0
    return float(loss - least)


@pytest.mark.parametrize("kind", BY_GRADIENTS)
def test_every_encoder_learns(kind: str, tables: Tables, tmp_path: Path) -> None:
    """In what recipes train in on this machine; the fusions below do in float32."""
    # A pretrained one's weights are no noise; this one is of its real size, and its end saturates.
    small = 3e-4 if kind == "universal_sentence" else 5e-3
    rate = small if "model" in tables[kind] else 1e-2
    recipe = recipe_of({"x": kind}, tables, train=TrainConfig(learning_rate=rate))
    movies = chosen(*recipe.inputs["x"].reads)
    assert learned(*batch_of(recipe, movies, tmp_path), precision_of("auto")) < 0.1


@pytest.mark.parametrize("fusion", FUSIONS)
def test_every_fusion_learns(fusion: str, tables: Tables, tmp_path: Path) -> None:
    """Films of which some lack one or two of the three inputs."""
    model, train = ModelConfig(fusion=fusion, fusion_width=24), TrainConfig(learning_rate=2e-2)
    task, batch = batch_of(recipe_of(THREE, tables, model=model, train=train), chosen(), tmp_path)
    assert len(batch["present"].unique(dim=0)) > 3
    assert learned(task, batch) < 0.1


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_learns(loss: str, tables: Tables, tmp_path: Path) -> None:
    model, train = ModelConfig(loss=loss), TrainConfig(learning_rate=1e-2)
    recipe = recipe_of({"studios": "names"}, tables, model=model, train=train)
    assert learned(*batch_of(recipe, chosen("companies"), tmp_path)) < 0.05
