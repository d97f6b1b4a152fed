from __future__ import annotations

import csv
import json
import shlex
from pathlib import Path

import pytest

from ..conftest import SMALL
from .test_cli import call, failed

SETS = [part for override in (*SMALL, "modalities=['text']") for part in ("--set", override)]


def test_sweep_shows_a_table_and_the_next_command(
    capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path
) -> None:
    command = ["sweep", "cnn_lstm_slides", "--data", data, "--out", tmp_path, *SETS,
               "--set", "train.epochs=1", "--try", "train.learning_rate=0.001,0.05"]  # fmt: skip
    code, out, err = call(capsys, *command)
    assert code == 0
    assert "2 finished" in out
    assert "next: cinegenre train cnn_lstm_slides --data" in out
    assert "trial 1 of 2" in err
    with (tmp_path / "sweep.csv").open() as file:
        rows = list(csv.DictReader(file))
    best = max(rows, key=lambda row: float(row["value"]))
    assert f"--set train.learning_rate={best['train.learning_rate']}" in out.splitlines()[-1]
    code, out, _ = call(capsys, *command, "--json")  # all is done
    assert json.loads(out)["trials"] == {"finished": 2}
    # The command that it prints trains the same model.
    words = json.loads(out)["command"]
    again = [str(tmp_path / "again") if w == "RUN" else w for w in shlex.split(words)[1:]]
    code, out, _ = call(capsys, *again, "--json")
    assert json.loads(out)["val_macro_ap"] == pytest.approx(float(best["value"]), rel=1e-6)


def test_bad_sweeps_are_one_line(
    capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path
) -> None:
    command = ["sweep", "cnn_lstm_slides", "--data", data, "--out", tmp_path / "x"]
    assert "without --try" in failed(capsys, *command)
    assert "did you mean 'epochs'" in failed(capsys, *command, "--try", "train.epoch=1,2")
    assert "no prepared data set" in failed(
        capsys, *command[:3], tmp_path, *command[4:], "--try", "train.epochs=1,2"
    )


def test_rate_prints_what_to_set(
    capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path
) -> None:
    code, out, _ = call(
        capsys, "rate", "cnn_lstm_slides", "--data", data, "--out", tmp_path, *SETS, "--json"
    )
    assert code == 0
    assert 1e-5 < json.loads(out)["learning_rate"] < 1
    assert {path.name for path in tmp_path.iterdir()} == {"range_test.csv", "range_test.png"}


@pytest.mark.parametrize("command", ["sweep", "rate"])
def test_help_has_an_example(capsys: pytest.CaptureFixture[str], command: str) -> None:
    code, out, _ = call(capsys, command, "--help")
    assert code == 0
    assert "Example" in out
