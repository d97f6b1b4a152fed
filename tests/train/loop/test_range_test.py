from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from cinegenre.data.dataset import PreparedSet
from cinegenre.errors import UserError
from cinegenre.train.loop.prepared import prepare
from cinegenre.train.loop.range_test import find_rate, range_test, smooth, steepest
from cinegenre.train.loop.task import GenreTask
from cinegenre.train.model.encoders import Encoder
from cinegenre.train.model.model import GenreModel
from cinegenre.train.recipe import ModelConfig, Recipe, load_recipe

from ...conftest import SMALL


def recipe(*more: str) -> Recipe:
    return load_recipe("cnn_lstm_slides", overrides=[*SMALL, *more])


class Linear(Encoder):
    """An encoder of four numbers, with everything that a test must not leave a trace in."""

    out_dim = 4

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Dropout(0.5))

    def forward(self, inputs: Tensor) -> Tensor:
        encoded: Tensor = self.layers(inputs)
        return encoded


def small(*more: str) -> GenreTask:
    torch.manual_seed(0)
    return GenreTask(GenreModel({"x": Linear()}, 3, ModelConfig()), recipe(*more))


class Batches:
    """Four batches, counting how often they are read from the start."""

    def __init__(self) -> None:
        self.passes = 0
        random = torch.Generator().manual_seed(0)
        self.inputs = torch.randn(4, 32, 4, generator=random)

    def __iter__(self) -> Iterator[dict[str, Tensor]]:
        self.passes += 1
        for inputs in self.inputs:
            truth = (inputs[:, :3] > 0).float()
            yield {"x": inputs, "truth": truth, "present": torch.ones(32, 1, dtype=torch.bool)}


def test_nothing_is_left_of_it() -> None:
    task = small("train.weight_decay=0.01")
    task.eval()
    before = {name: part.clone() for name, part in task.state_dict().items()}
    random = torch.get_rng_state()
    range_test(task, Batches(), steps=30)
    after = task.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert torch.equal(random, torch.get_rng_state())
    assert not task.training
    assert all(part.grad is None for part in task.parameters())
    assert task.epoch.figures() == {}


def test_rates_rise_by_one_factor_and_a_short_loader_starts_over() -> None:
    batches = Batches()
    found = range_test(small(), batches, low=1e-5, high=1e-2, steps=31)
    assert len(found.rates) == 31
    np.testing.assert_allclose(found.rates[[0, 10, 20, 30]], [1e-5, 1e-4, 1e-3, 1e-2])
    assert batches.passes == 8  # 31 batches of 4 a pass


def test_each_step_is_a_step_of_training_at_its_rate() -> None:
    """The same losses from torch's own optimiser and schedule."""
    found = range_test(small(), Batches(), low=1e-4, high=1e-1, steps=20)
    task = small()
    adam = torch.optim.Adam(task.parameters(), lr=1e-4)
    schedule = torch.optim.lr_scheduler.ExponentialLR(adam, 1000 ** (1 / 19))
    losses: list[float] = []
    task.train()
    while len(losses) < 20:
        for batch in list(Batches())[: 20 - len(losses)]:
            adam.zero_grad()
            loss = nn.functional.binary_cross_entropy_with_logits(
                task.model(batch, batch["present"]), batch["truth"]
            )
            loss.backward()
            adam.step()
            schedule.step()
            losses.append(loss.item())
    np.testing.assert_allclose(found.losses, losses, rtol=1e-4)


def test_groups_keep_their_ratios(monkeypatch: pytest.MonkeyPatch) -> None:
    task = small("train.encoder_rate=0.1", "train.schedule='slanted_triangular'")
    seen: list[list[float]] = []
    step = torch.optim.Adam.step

    def watched(self: torch.optim.Adam, closure: None = None) -> None:
        seen.append([group["lr"] for group in self.param_groups])
        step(self, closure)

    monkeypatch.setattr(torch.optim.Adam, "step", watched)
    found = range_test(task, Batches(), steps=20)
    rates = np.array(seen)
    assert rates.shape == (20, len(task.groups))
    np.testing.assert_allclose(rates.max(axis=1), found.rates)
    np.testing.assert_allclose(rates.min(axis=1), found.rates / 10)


def test_it_stops_where_the_loss_diverges() -> None:
    found = range_test(small(), Batches(), low=1e-3, high=1e4, steps=100)
    assert 20 < len(found.rates) < 100
    assert found.smoothed.max() <= 4 * found.smoothed.min()


def test_bfloat16_is_what_training_has() -> None:
    exact = range_test(small(), Batches(), steps=20).losses
    mixed = range_test(small(), Batches(), steps=20, precision="bf16-mixed").losses
    assert 0 < np.abs(exact - mixed).max() < 0.05


def test_the_running_mean_is_lightnings() -> None:
    losses = np.random.default_rng(0).random(50)
    weights = 0.98 ** np.arange(49, -1, -1)
    for end in (1, 2, 50):
        expected = np.average(losses[:end], weights=weights[50 - end :])
        assert smooth(losses)[end - 1] == pytest.approx(expected)


def test_the_suggestion_is_where_the_curve_falls_most() -> None:
    rates = np.geomspace(1e-6, 1, 100)
    curve = 1 / (1 + np.exp(2 * (np.log(rates) - np.log(3e-3))))
    assert steepest(rates, curve, 100) == pytest.approx(3e-3, rel=0.15)
    curve[2], curve[-2] = 9, -9  # the start is noise, the end diverges
    assert steepest(rates, curve, 100) == pytest.approx(3e-3, rel=0.15)
    with pytest.raises(UserError, match="never fell"):
        steepest(rates, np.arange(100.0), 100)
    with pytest.raises(UserError, match="diverged after 12 of 100"):
        steepest(rates[:12], curve[:12], 100)


def test_a_rate_for_a_recipe_is_one_that_learns(prepared: PreparedSet, tmp_path: Path) -> None:
    chosen = recipe("modalities=['text']")
    ready = prepare(chosen, prepared, "32-true")
    rate = find_rate(ready.task(chosen), ready.loader("train", chosen), tmp_path, "32-true")
    assert 1e-4 < rate < 0.5
    with (tmp_path / "range_test.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert float(rows[0]["learning_rate"]) == 1e-7
    assert 50 < len(rows) <= 100
    assert any(float(row["learning_rate"]) == pytest.approx(rate, rel=1e-5) for row in rows)
    assert (tmp_path / "range_test.png").read_bytes().startswith(b"\x89PNG")
