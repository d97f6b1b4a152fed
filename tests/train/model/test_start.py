"""Training that starts from the encoders of finished runs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch

from cinegenre.data.dataset import PreparedSet
from cinegenre.errors import UserError
from cinegenre.train.loop.train import train
from cinegenre.train.recipe import load_recipe

from ...conftest import SMALL


def state(run: Path) -> dict[str, torch.Tensor]:
    found: dict[str, torch.Tensor] = torch.load(
        run / "checkpoints" / "best.ckpt", weights_only=True
    )["state_dict"]
    return found


def started(run: Path, *more: str):  # type: ignore[no-untyped-def]
    sets = (*SMALL, "train.epochs=1", f"start.text={json.dumps(str(run))}", *more)
    return load_recipe("cnn_lstm_slides", overrides=sets)


def test_the_encoder_starts_with_the_runs_weights(
    run: Path, prepared: PreparedSet, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    # Encoders that wait are at the end as they were at the start.
    summary = train(started(run, "train.unfreeze_every=5", "seed=3"), prepared, out)
    assert summary.begun == {"text": {"run": str(run)}}
    earlier, now = state(run), state(out)
    text = [key for key in now if key.startswith("model.encoders.text.")]
    assert text and all(torch.equal(now[key], earlier[key]) for key in text)
    poster = [key for key in now if key.startswith("model.encoders.poster.") and "weight" in key]
    assert poster and not any(torch.equal(now[key], earlier[key]) for key in poster)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("encoders.text.units=8", "has another encoder 'text'"),
        ("inputs.text.vocabulary=50", "has other token numbers"),
        ("modalities=['poster']", r"unknown modality in \[start\] 'text'"),
    ],
)
def test_another_encoder_cannot_start_from_it(
    more: str, says: str, run: Path, prepared: PreparedSet, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=says):
        train(started(run, more), prepared, tmp_path / "out")


def test_a_run_that_was_stopped(run: Path, prepared: PreparedSet, tmp_path: Path) -> None:
    stopped = Path(shutil.copytree(run, tmp_path / "stopped"))
    info = json.loads((stopped / "run.json").read_text())
    (stopped / "run.json").write_text(json.dumps(info | {"finished": False}))
    with pytest.raises(UserError, match="holds no finished run: train it first"):
        train(started(stopped), prepared, tmp_path / "out")


def test_a_run_that_is_not_there(prepared: PreparedSet, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no finished run: train it first"):
        train(started(tmp_path / "nowhere"), prepared, tmp_path / "out")
