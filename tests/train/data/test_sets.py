"""Training under every set of a film's modalities at once."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from cinegenre.data.dataset import PreparedSet
from cinegenre.train.loop.task import GenreTask
from cinegenre.train.loop.train import train
from cinegenre.train.model.encoders import Encoder
from cinegenre.train.model.model import GenreModel
from cinegenre.train.recipe import ModelConfig, load_recipe

from ...conftest import SMALL


class Plain(Encoder):
    """Gives on what it gets, and counts."""

    out_dim = 3

    def __init__(self) -> None:
        super().__init__()
        self.runs = 0

    def forward(self, inputs: Tensor) -> Tensor:
        self.runs += 1
        return inputs


def model() -> GenreModel:
    torch.manual_seed(0)
    config = ModelConfig(fusion="gated", every_set=True)
    return GenreModel({name: Plain() for name in "abc"}, 2, config)


def batch() -> tuple[dict[str, Tensor], Tensor]:
    torch.manual_seed(1)
    present = torch.tensor([[1, 1, 1], [1, 0, 0], [0, 1, 1]]).bool()
    return {name: torch.randn(3, 3) for name in "abc"}, present


def test_each_set_is_scored_as_if_the_rest_were_missing() -> None:
    whole, (inputs, present) = model(), batch()
    found = list(whole.sets(inputs, present))
    assert all(encoder.runs == 1 for encoder in whole.encoders.values())
    assert len(found) == 7
    rows, logits = found[0]
    assert rows.tolist() == [0, 1, 2] and torch.equal(logits, whole(inputs, present))
    kept = [(1, 1, 1), (1, 1, 0), (1, 0, 1), (1, 0, 0), (0, 1, 1), (0, 1, 0), (0, 0, 1)]
    for (rows, logits), names in zip(found, kept, strict=True):
        part = present & torch.tensor(names).bool()
        assert rows.tolist() == part.any(dim=1).nonzero().squeeze(1).tolist()
        assert torch.allclose(logits, whole(inputs, part)[rows])


def test_a_set_that_no_film_has_is_left_out() -> None:
    inputs, _ = batch()
    alone = torch.tensor([[1, 0, 0]] * 3).bool()
    assert len(list(model().sets(inputs, alone))) == 4


def test_the_loss_is_the_mean_over_sets() -> None:
    recipe = load_recipe("cnn_lstm_slides", overrides=["model.every_set=true"])
    task, (inputs, present) = GenreTask(model(), recipe), batch()
    truth = torch.tensor([[1.0, 0], [0, 1], [1, 1]])
    each = [
        functional.binary_cross_entropy_with_logits(logits, truth[rows])
        for rows, logits in task.model.sets(inputs, present)
    ]
    loss = task.training_step(inputs | {"present": present, "truth": truth})
    assert loss.item() == pytest.approx(torch.stack(each).mean().item())
    assert task.epoch.state()[0] == 3


def test_a_run_trained_so(prepared: PreparedSet, tmp_path: Path) -> None:
    recipe = load_recipe("cnn_lstm_slides", overrides=[*SMALL, "model.every_set=true"])
    summary = train(recipe, prepared, tmp_path / "run")
    assert summary.val_macro_ap > 0.5
