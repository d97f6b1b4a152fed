"""Frozen encoders: computed once, kept on disk, in the bundle but in no checkpoint."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from cinegenre.data.dataset import PreparedSet
from cinegenre.evaluate import measure
from cinegenre.export.export import export, load_model
from cinegenre.inputs import PosterInput
from cinegenre.taxonomy import TMDB
from cinegenre.train.data.films import load_split, make_inputs
from cinegenre.train.loop import frozen
from cinegenre.train.loop.train import train
from cinegenre.train.model.encoders import ENCODERS, Encoder, Encoders
from cinegenre.train.model.encoders.cnn import CNN, CNNOptions
from cinegenre.train.recipe import Recipe, load_recipe

from ...conftest import SMALL


class Fixed(CNN):
    """A small CNN with random weights of its own, which never learn."""

    frozen = True
    seed = 7
    runs = 0

    def __init__(self, reads: PosterInput, options: CNNOptions) -> None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            super().__init__(reads, options)
        self.requires_grad_(False)

    @property
    def fingerprint(self) -> str:
        return f"seed {self.seed}"

    def forward(self, inputs: Tensor) -> Tensor:
        if not torch.compiler.is_exporting():  # whose batch has no number
            Fixed.runs += len(inputs)
        return super().forward(inputs)


@pytest.fixture(autouse=True, scope="module")
def _known() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(ENCODERS, "fixed", Fixed)
        yield


@pytest.fixture(autouse=True)
def _anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Fixed, "runs", 0)
    monkeypatch.setattr(Fixed, "seed", 7)


def recipe(*more: str) -> Recipe:
    """Only one side's options fit a `fixed` encoder, so the table is given whole."""
    table = "encoders.poster={type='fixed',filters=[8],out=12}"
    sets = [s for s in SMALL if not s.startswith("encoders.poster")]
    return load_recipe("cnn_lstm_slides", overrides=[*sets, table, "train.epochs=3", *more])


@pytest.fixture(scope="module")
def fixed(prepared: PreparedSet, tmp_path_factory: pytest.TempPathFactory, _known: None) -> Path:
    out = tmp_path_factory.mktemp("fixed") / "run"
    train(recipe(), prepared, out)
    return out


def test_each_poster_is_encoded_once_for_all_epochs_and_runs(
    prepared: PreparedSet, tmp_path: Path
) -> None:
    posters = sum(
        film.poster is not None
        for split in ("train", "validation")
        for film in prepared.films(split)
    )
    Fixed.seed = 11  # of this test alone: the data set's cache is shared
    train(recipe(), prepared, tmp_path / "one")
    first = Fixed.runs
    assert 0 < first <= posters
    train(recipe("model.hidden=[8]"), prepared, tmp_path / "other")
    assert Fixed.runs == first
    Fixed.seed = 12
    train(recipe(), prepared, tmp_path / "third")
    assert Fixed.runs == 2 * first


@pytest.mark.parametrize("kind", ["text", "poster"])
def test_kept_features_are_the_encoders_outputs(
    kind: str, prepared: PreparedSet, tmp_path: Path
) -> None:
    chosen = recipe()
    films, _ = load_split(prepared, "validation", chosen)
    arrays = films.arrays(TMDB, make_inputs(chosen, prepared, films))

    class Mean(Encoder):
        frozen, fingerprint, out_dim = True, "mean", 1

        def forward(self, inputs: Tensor) -> Tensor:
            return inputs.float().flatten(1).sum(dim=1, keepdim=True)

    encoders = Encoders({kind: Mean()})
    kept = frozen.with_features(arrays, encoders, chosen, tmp_path, "32-true")
    rows = np.arange(len(arrays))
    found, raw = kept.columns[kind].batch(rows), arrays.columns[kind].batch(rows)
    assert np.array_equal(kept.present, arrays.present)
    assert found.dtype == np.float32
    expected = raw.astype(np.float32).reshape(len(rows), -1).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found, np.where(arrays.columns[kind].present[:, None], expected, 0))
    other = "poster" if kind == "text" else "text"
    assert kept.columns[other] is arrays.columns[other]


def test_the_checkpoint_has_none_of_it_and_the_bundle_all(
    fixed: Path, data: Path, prepared: PreparedSet, tmp_path: Path
) -> None:
    state: dict[str, Any] = torch.load(fixed / "checkpoints" / "best.ckpt", weights_only=True)
    assert not [key for key in state["state_dict"] if "encoders.poster" in key]
    model, inputs = load_model(recipe(), fixed)
    again = Fixed(inputs["poster"], CNNOptions(filters=(8,), out=12))  # type: ignore[arg-type]
    for key, weight in again.state_dict().items():
        assert torch.equal(weight, model.encoders["poster"].state_dict()[key])
    export(fixed, tmp_path / "bundle", data=prepared)  # which checks it against torch
    found = measure(tmp_path / "bundle", data)
    assert found.result.summary.headline["macro_ap"] > 0.2


def test_a_run_says_how_many_parameters_it_has_in_all(fixed: Path) -> None:
    poster = sum(
        p.numel()
        for p in Fixed(
            PosterInput(height=32, width=32), CNNOptions(filters=(8,), out=12)
        ).parameters()
    )
    assert json.loads((fixed / "run.json").read_text())["parameters"] > poster
