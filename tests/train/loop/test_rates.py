"""Which parameters learn when and how fast."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import lightning as L
import pytest
import torch
from torch import Tensor, nn

from cinegenre.data.dataset import PreparedSet
from cinegenre.errors import UserError
from cinegenre.train.loop.rates import parameter_groups
from cinegenre.train.loop.train import train
from cinegenre.train.model.encoders import Encoder
from cinegenre.train.model.model import GenreModel
from cinegenre.train.recipe import ModelConfig, Recipe, TrainConfig, load_recipe
from cinegenre.train.schedule import slanted_triangular

from ...conftest import SMALL


class Layers(Encoder):
    """Three layers, the first of them kept as it is."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(2, 2) for _ in range(3))
        self.layers[0].requires_grad_(False)
        self.out_dim = 2

    def depths(self) -> list[list[nn.Parameter]]:
        return [list(layer.parameters()) for layer in self.layers]

    def forward(self, inputs: Tensor) -> Tensor:
        return self.layers[2](self.layers[1](self.layers[0](inputs)))


class Plain(Encoder):
    """One layer, whose parameters are one depth."""

    def __init__(self) -> None:
        super().__init__()
        self.layer, self.out_dim = nn.Linear(4, 2), 2

    def forward(self, inputs: Tensor) -> Tensor:
        return self.layer(inputs)


def groups(**train: Any) -> dict[str, tuple[float, int]]:
    both = GenreModel({"text": Layers(), "poster": Plain()}, 3, ModelConfig())
    return {g.name: (g.rate, g.starts) for g in parameter_groups(both, TrainConfig(**train))}


def test_all_alike_unless_asked() -> None:
    assert groups() == {
        "head": (1, 0), "text 3": (1, 0), "text 2": (1, 0), "poster 1": (1, 0)
    }  # fmt: skip


def test_rates_fall_by_depth_and_layers_wake_from_the_last() -> None:
    found = groups(encoder_rate=0.5, layer_decay=0.1, unfreeze_every=2)
    assert found == {
        "head": (1, 0),
        "text 3": (0.5, 2),
        "text 2": (pytest.approx(0.05), 4),
        "poster 1": (0.5, 2),
    }


class Watch(L.Callback):
    """Notes each epoch's learning parts, and the head's rate at every step."""

    def __init__(self) -> None:
        self.learning: list[set[str]] = []
        self.rates: list[float] = []

    def on_train_batch_start(self, trainer: Any, task: Any, batch: Any, batch_idx: int) -> None:
        self.rates.append(trainer.optimizers[0].param_groups[0]["lr"])

    def on_train_epoch_end(self, trainer: Any, task: Any) -> None:
        self.learning.append({g.name for g in task.groups if g.parameters[0].requires_grad})


def recipe(*more: str) -> Recipe:
    return load_recipe("cnn_lstm_slides", overrides=[*SMALL, "train.epochs=3", *more])


def test_encoders_wait_for_the_head_and_the_rate_is_slanted(
    prepared: PreparedSet, tmp_path: Path
) -> None:
    watch = Watch()
    asked = ("train.unfreeze_every=2", "train.schedule='slanted_triangular'", "train.patience=9")
    train(recipe(*asked), prepared, tmp_path / "run", watch=[watch])
    assert watch.learning == [{"head"}, {"head"}, {"head", "text 1", "poster 1"}]
    steps = len(watch.rates)
    assert watch.rates == pytest.approx([1e-2 * slanted_triangular(i, steps) for i in range(steps)])


def test_a_waiting_encoder_stays_as_it_was(prepared: PreparedSet, tmp_path: Path) -> None:
    """And a run with the same seed that does not wait moves it."""
    waiting, moving = tmp_path / "waiting", tmp_path / "moving"
    train(recipe("train.unfreeze_every=9"), prepared, waiting)
    train(recipe("train.epochs=1"), prepared, moving)
    first, second = (
        torch.load(run / "checkpoints" / "best.ckpt", weights_only=True)["state_dict"]
        for run in (waiting, moving)
    )
    name = "model.encoders.text.lstm.weight_hh_l0"
    assert not torch.equal(first[name], second[name])
    torch.manual_seed(0)
    fresh = torch.load(waiting / "checkpoints" / "last.ckpt", weights_only=False)["state_dict"]
    assert torch.equal(first[name], fresh[name])


def test_betas_and_clipping_reach_the_optimiser(prepared: PreparedSet, tmp_path: Path) -> None:
    class Look(L.Callback):
        seen: Any = None

        def on_train_start(self, trainer: Any, task: Any) -> None:
            self.seen = (trainer.optimizers[0].defaults["betas"], trainer.gradient_clip_val)

    look = Look()
    asked = ("train.betas=[0.7,0.9]", "train.clip=0.5", "train.epochs=1")
    train(recipe(*asked), prepared, tmp_path / "run", watch=[look])
    assert look.seen == ((0.7, 0.9), 0.5)
    with pytest.raises(UserError, match=r"train\.betas has 1 numbers"):
        recipe("train.betas=[0.9]")


def test_a_resumed_run_keeps_its_waiting_encoders(prepared: PreparedSet, tmp_path: Path) -> None:
    class Stop(L.Callback):
        def on_train_epoch_end(self, trainer: Any, task: Any) -> None:
            if trainer.current_epoch == 1:
                raise KeyboardInterrupt

    asked = recipe("train.unfreeze_every=1", "train.schedule='slanted_triangular'")
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    train(asked, prepared, whole)
    with pytest.raises(KeyboardInterrupt):
        train(asked, prepared, broken, watch=[Stop()])
    train(asked, prepared, broken, resume=True)
    columns = [
        [(row["loss"], row["val_macro_ap"]) for row in csv.DictReader(run.open())]
        for run in (whole / "history.csv", broken / "history.csv")
    ]
    assert columns[0] == columns[1]


def test_a_finished_run_is_left_as_it_is(prepared: PreparedSet, tmp_path: Path) -> None:
    """Resumed after an early stop, and without its last checkpoint, it would train on or anew."""
    out = tmp_path / "run"
    chosen = recipe("train.epochs=9", "train.patience=0", "train.learning_rate=1e-9")
    first = train(chosen, prepared, out)
    assert first.epochs < 9
    weights = (out / "checkpoints" / "best.ckpt").read_bytes()
    (out / "checkpoints" / "last.ckpt").unlink()
    assert train(chosen, prepared, out, resume=True) == first
    assert (out / "checkpoints" / "best.ckpt").read_bytes() == weights


def test_an_encoder_with_a_rate_of_its_own() -> None:
    found = groups(encoder_rate=0.1, encoder_rates={"poster": 0.5})
    assert {name: rate for name, (rate, _) in found.items()} == {
        "head": 1, "text 3": 0.1, "text 2": 0.1, "poster 1": 0.5
    }  # fmt: skip
    with pytest.raises(UserError, match=r"unknown modality in train\.encoder_rates"):
        load_recipe("cnn_lstm_slides", overrides=["train.encoder_rates={sound=1.0}"])
    with pytest.raises(UserError, match=r"train\.encoder_rates\.text is 0\.0: it must be above 0"):
        load_recipe("cnn_lstm_slides", overrides=["train.encoder_rates={text=0.0}"])
