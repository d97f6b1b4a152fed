from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import cinegenre
from cinegenre import cli
from cinegenre.cli import options
from cinegenre.cli.commands import COMMANDS

from ..conftest import SMALL
from ..tiny import broken


def call(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Run the command line in this process: exit code, stdout, stderr."""
    capsys.readouterr()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["cinegenre", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
    out, err = capsys.readouterr()
    return int(stop.value.code or 0), out, err


def failed(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The one line that bad input gives, less what was made of a table before it."""
    code, _, err = call(capsys, *arguments)
    assert code == 2
    *told, line = err.splitlines(keepends=True)
    assert line.startswith("error: ")
    assert all(": took " in other for other in told)
    return line


@pytest.mark.parametrize("command", ["", *COMMANDS, "data prepare", "data describe"])
def test_every_command_has_help_with_an_example(
    capsys: pytest.CaptureFixture[str], command: str
) -> None:
    code, out, _ = call(capsys, *command.split(), "--help")
    assert code == 0
    if command != "data":
        assert "Example" in out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "--version")
    assert (code, out) == (0, f"cinegenre {cinegenre.__version__}\n")


def test_predict_one_film_as_json(capsys: pytest.CaptureFixture[str], bundle: Path) -> None:
    code, out, err = call(capsys, "predict", "--title", "The Ghost", "--model", bundle, "--json")
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert list(found) == ["genres", "scores", "inputs", "model"]
    assert found["inputs"] == ["title"]
    assert len(found["scores"]) == 19
    assert set(found["genres"]) <= set(found["scores"])


def test_predict_shows_bars(capsys: pytest.CaptureFixture[str], bundle: Path) -> None:
    code, out, _ = call(capsys, "predict", "--title", "The Ghost", "--model", bundle, "--top", 2)
    assert code == 0
    assert "█" in out
    assert "✓" in out
    assert "\x1b[" not in out  # no colours where nobody looks


def test_predict_reads_a_table_and_keeps_going(
    capsys: pytest.CaptureFixture[str], bundle: Path, tmp_path: Path
) -> None:
    (tmp_path / "bad.jpg").write_bytes(broken.truncated_jpeg())
    table = tmp_path / "films.jsonl"
    rows = [
        {"id": "1", "title": "The Ghost"},
        {"id": "2", "title": [1, 2]},
        {"id": "3"},
        {"id": "4", "title": "The Ship", "poster": "bad.jpg"},
    ]
    table.write_text("\n".join(map(json.dumps, rows)) + '\n{"id": "5", "titl')
    code, out, err = call(capsys, "predict", table, "--model", bundle, "--json")
    found = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [row.get("id") for row in found[:4]] == ["1", "2", "3", "4"]
    assert ["error" in row for row in found] == [False, True, True, False, True]
    assert "poster" in found[3]["note"]
    assert "3 of 5 films could not be scored" in err


def test_a_file_of_which_nothing_can_be_scored_is_a_failure(
    capsys: pytest.CaptureFixture[str], bundle: Path, tmp_path: Path
) -> None:
    table = tmp_path / "films.csv"
    table.write_text("id,title\n1,\n")
    code, _, err = call(capsys, "predict", table, "--model", bundle)
    assert code == 2
    assert "1 of 1 films could not be scored" in err


def test_bad_input_is_one_line_and_exit_2(
    capsys: pytest.CaptureFixture[str], bundle: Path, tmp_path: Path
) -> None:
    text = tmp_path / "poster.jpg"
    text.write_text("no picture")
    model = ("--model", bundle)
    assert "no input at all" in failed(capsys, "predict", *model)
    assert "reads title, overview, poster" in failed(capsys, "predict", "--company", "A24", *model)
    assert 'is text ("no picture")' in failed(capsys, "predict", "--poster", text, *model)
    assert "is text" in failed(capsys, "predict", "--title", "x", "--poster", text, *model)
    assert "does not exist" in failed(capsys, "predict", "--poster", tmp_path / "no.jpg", *model)
    assert "give one of the two" in failed(capsys, "predict", "films.csv", "--title", "x", *model)
    assert "no model bundle" in failed(
        capsys, "predict", "--title", "x", "--model", tmp_path / "no"
    )
    assert "no.csv" in failed(capsys, "predict", tmp_path / "no.csv", *model)
    assert "--titel" in failed(capsys, "predict", "--titel", "x")
    assert "predic" in failed(capsys, "predic")
    assert "unknown reader 'imdb'" in failed(
        capsys, "data", "prepare", "imdb", "x", "--out", tmp_path / "o"
    )
    assert "no prepared data set" in failed(capsys, "data", "describe", tmp_path)
    assert "did you mean 'epochs'" in failed(
        capsys, "train", "cnn_lstm_slides", "--data", tmp_path, "--out", tmp_path / "r",
        "--set", "train.epoch=3",
    )  # fmt: skip
    assert "three numbers" in failed(
        capsys, "data", "prepare", "table", "x.csv", "--out", tmp_path / "o", "--proportions", "9:1"
    )
    assert "is not NAME=TABLE" in failed(
        capsys, "data", "prepare", "table", "x.csv", "--out", tmp_path / "o", "--labels", "imdb"
    )


def test_a_missing_extra_names_the_command_that_installs_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(options, "find_spec", lambda name: None)
    said = failed(capsys, "train", "cnn_lstm_slides", "--data", tmp_path, "--out", tmp_path / "r")
    assert re.search(r"run: .* install .*\[train\]", said)
    assert "[data]" in failed(capsys, "data", "describe", tmp_path)


def test_the_whole_path(capsys: pytest.CaptureFixture[str], source: Path, tmp_path: Path) -> None:
    """Prepare, describe, train, export, evaluate, predict: every command on the tiny films."""
    data, run, bundle, report = (tmp_path / name for name in ("data", "run", "bundle", "report"))
    code, out, _ = call(
        capsys, "data", "prepare", "the_movies_dataset", source / "movies_metadata.csv",
        "--posters", source / "posters", "--out", data, "--proportions", "60:20:20",
    )  # fmt: skip
    assert code == 0
    assert "train" in out
    code, out, _ = call(capsys, "data", "describe", data, "--out", tmp_path / "plots", "--json")
    assert json.loads(out)["genres"]["Drama"]
    assert list((tmp_path / "plots").glob("*.png"))
    sets = [part for override in (*SMALL, "train.epochs=4") for part in ("--set", override)]
    code, out, _ = call(
        capsys, "train", "cnn_lstm_slides", "--data", data, "--out", run, *sets, "--json"
    )
    assert json.loads(out)["epochs"] == 4
    code, out, _ = call(capsys, "export", run, "--out", bundle, "--name", "tiny")
    assert code == 0
    assert "title + overview + poster" in out
    code, out, _ = call(
        capsys, "evaluate", bundle, "--data", data, "--out", report,
        "--recipe", "cnn_lstm_slides", "--row", "model_1",
    )  # fmt: skip
    assert code == 0
    assert "micro F1" in out
    metrics = json.loads((report / "metrics.json").read_text())
    assert metrics["published"]["figures"]["f1"] == 0.6931
    assert metrics["summary"]["films"] > 10
    assert len(metrics["modes"]) == 7
    assert (report / "report.html").read_text().lower().startswith("<!doctype html>")
    assert len(list((report / "plots").glob("*.png"))) == 4
    shutil.rmtree(data)  # a bundle needs no data
    code, out, _ = call(capsys, "predict", "--title", "The Ghost", "--model", bundle, "--json")
    assert json.loads(out)["model"] == "tiny 1"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_ctrl_c_in_training_says_how_to_go_on(data: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cinegenre", "train", "cnn_lstm_slides", "--data", str(data)]
    command += ["--out", str(tmp_path / "run"), "--set", "train.patience=500"]
    command += [part for override in (*SMALL, "train.epochs=500") for part in ("--set", override)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("epoch 0")
        assert process.stderr.readline().startswith("epoch 1")
        process.send_signal(signal.SIGINT)
        last = process.stderr.read().splitlines()[-2:]
    assert last == ["add --resume to go on from the last checkpoint", "error: interrupted"]
    assert process.returncode == 130
    assert (tmp_path / "run" / "checkpoints" / "last.ckpt").exists()


def test_reading_part_of_the_output_is_no_error(bundle: Path, tmp_path: Path) -> None:
    table = tmp_path / "films.csv"
    table.write_text("title\n" + "The Ghost Ship\n" * 3000)
    command = [
        sys.executable,
        "-m",
        "cinegenre",
        "predict",
        str(table),
        "--json",
        "--model",
        str(bundle),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        told = process.stderr.read().decode().splitlines()
        assert len(told) == 1 and told[0].startswith(f"{table.name}: took ")
