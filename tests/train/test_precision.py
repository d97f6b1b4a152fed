"""What a machine cannot train a recipe in is one line, before any work; the rest it trains in."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from cinegenre.errors import UserError
from cinegenre.train import precision
from cinegenre.train.loop.prepared import precision_for
from cinegenre.train.model.encoders import ENCODERS
from cinegenre.train.precision import DTYPES, autocast, precision_of
from cinegenre.train.recipe import TrainConfig

from ..cli.test_cli import failed
from ..conftest import SMALL
from .kinds import Tables, recipe_of
from .loop.test_learns import BY_GRADIENTS, batch_of, chosen

TEACHER = """
name = "teacher"
data.taxonomy = "tmdb"
inputs.text.kind = "words"
encoders.text.type = "lstm"
train.precision = "{precision}"
"""
SETS = [part for override in SMALL for part in ("--set", override)]
ASKED = ["--set", "train.precision={precision}"]
WAYS = {
    "train": ["train", "cnn_lstm_slides", *SETS, *ASKED],
    "train a teacher": ["train", "cnn_lstm_slides", *SETS, "--set", "modalities=['poster']",
                        "--set", "distill.recipe={teacher}"],
    "rate": ["rate", "cnn_lstm_slides", *SETS, *ASKED],
    "sweep": ["sweep", "cnn_lstm_slides", *SETS, *ASKED, "--try", "seed=1,2"],
    "sweep it": ["sweep", "cnn_lstm_slides", *SETS, "--try", "train.precision=32-true,{precision}"],
    "reproduce": ["reproduce", "cnn_lstm_slides", *ASKED],
    "reproduce, not the first": ["reproduce", "irbaz", *ASKED],
}  # fmt: skip
"""The commands that train, asked for a precision, some by a teacher's recipe."""


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without a GPU and without 16-bit LSTMs, on which films cannot be read."""

    def begun(*_: Any, **__: Any) -> None:
        raise AssertionError("the work has begun")

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(precision, "_trains_lstm", lambda asked, where: asked == "32-true")
    monkeypatch.setattr("cinegenre.train.loop.prepared.load_split", begun)
    monkeypatch.setattr("cinegenre.reproduce.rows.select_films", begun)


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            "bf16-mixed",
            "train.precision is 'bf16-mixed', in which this machine cannot train an LSTM",
        ),
        ("16-mixed", "train.precision is '16-mixed', which needs an NVIDIA GPU"),
    ],
    ids=["bf16-mixed", "16-mixed"],
)
def test_every_way_to_ask_for_too_much_is_one_line(
    way: str, asked: str, said: str, capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path
) -> None:
    teacher, out = tmp_path / "teacher.toml", tmp_path / "out"
    teacher.write_text(TEACHER.format(precision=asked))
    words = [word.format(precision=asked, teacher=teacher) for word in WAYS[way]]
    error = failed(capsys, *words, "--data", data, "--out", out)
    assert (
        error == f"error: {said}: set train.precision=auto, which uses what the machine supports\n"
    )
    assert not out.exists()


@pytest.mark.parametrize("asked", DTYPES)
@pytest.mark.parametrize("kind", BY_GRADIENTS)
def test_what_is_let_through_trains(kind: str, asked: str, tables: Tables, tmp_path: Path) -> None:
    """On the machine at hand, whatever it is."""
    recipe = recipe_of({"x": kind}, tables, train=TrainConfig(precision=asked))
    task, batch = batch_of(recipe, chosen(*recipe.inputs["x"].reads), tmp_path)
    has_lstm = any(isinstance(part, nn.LSTM) for part in task.modules())
    assert ENCODERS[kind].has_lstm == has_lstm
    try:
        taken = precision_for(recipe)
    except UserError:
        assert asked == "16-mixed" or (asked == "bf16-mixed" and has_lstm)
        return
    assert taken == asked
    with autocast(taken, torch.device("cpu")):
        task.training_step(batch).backward()


MASKED = """
import torch
from torch import nn
from cinegenre.train.precision import autocast, precision_of
torch.cpu._is_avx512_bf16_supported = lambda: True  # what the processor says of itself
said = precision_of("auto")
with autocast(said, torch.device("cpu")):
    steps, _ = nn.LSTM(4, 4)(torch.ones(3, 2, 4))
steps.sum().backward()
"""


def test_auto_is_what_onednn_may_do_not_what_the_processor_could() -> None:
    """Its instructions can be kept from oneDNN; without them it has no such LSTM."""
    masked = {**os.environ, "ONEDNN_MAX_CPU_ISA": "AVX2", "CUDA_VISIBLE_DEVICES": ""}
    subprocess.run([sys.executable, "-c", MASKED], env=masked, check=True)


@pytest.mark.parametrize(
    ("gpu", "bf16", "said"),
    [(True, True, "bf16-mixed"), (True, False, "16-mixed"), (False, False, "32-true")],
)
def test_auto_takes_what_the_machine_has(
    gpu: bool, bf16: bool, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a GPU that has bfloat16 itself: torch counts one that emulates it too, unless told."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpu)
    monkeypatch.setattr(
        torch.cuda,
        "is_bf16_supported",
        lambda including_emulation=True: bf16 or including_emulation,
    )
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: bf16, raising=False)
    assert precision_of("auto") == said


def test_names_are_those_of_recipes() -> None:
    [field] = [each for each in fields(TrainConfig) if each.name == "precision"]
    assert set(field.metadata["of"]) == {"auto", *DTYPES}
    with pytest.raises(UserError, match="unknown precision 'fp8': known: 16-mixed, 32-true, auto"):
        precision_of("fp8")
