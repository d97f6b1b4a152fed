from __future__ import annotations

import csv
import errno
import itertools
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from lightning.pytorch.callbacks import Callback

from cinegenre import UserError
from cinegenre.data.dataset import PreparedSet
from cinegenre.files import write_json
from cinegenre.taxonomy import TMDB
from cinegenre.train.loop.run_folder import read_run, read_summary
from cinegenre.train.loop.task import GenreTask
from cinegenre.train.loop.train import train
from cinegenre.train.recipe import load_recipe

from ...conftest import SMALL


def recipe(*more: str):  # type: ignore[no-untyped-def]
    return load_recipe("cnn_lstm_slides", overrides=[*SMALL, *more])


def weights(run: Path) -> dict[str, torch.Tensor]:
    last = run / "checkpoints" / "last.ckpt"
    state: dict[str, torch.Tensor] = torch.load(last, weights_only=False)["state_dict"]
    return state


def same(one: Path, other: Path) -> bool:
    a, b = weights(one), weights(other)
    return a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a)


def figures(run: Path) -> list[list[str]]:
    """What history.csv says of each epoch, but for seconds."""
    with (run / "history.csv").open() as file:
        return [row[:8] for row in csv.reader(file)]


def test_a_run_says_all_of_itself(run: Path, data: Path) -> None:
    info = json.loads((run / "run.json").read_text())
    assert info["finished"] is True
    assert info["seed"] == 0
    assert info["versions"]["torch"].startswith("2.")
    manifest = json.loads((data / "dataset.json").read_text())
    assert info["data"]["fingerprint"] == manifest["fingerprint"]
    assert info["films"]["train"] > 100
    assert read_run(run) == recipe()
    with (run / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == info["epochs"]
    assert float(rows[-1]["loss"]) < float(rows[0]["loss"])
    best = max(float(row["val_macro_ap"]) for row in rows)
    assert best == pytest.approx(info["val_macro_ap"], abs=1e-5)
    assert best > 0.7  # the tiny films' words and colours tell their genres
    assert (run / "history.png").read_bytes().startswith(b"\x89PNG")


def test_same_seed_same_weights_other_seed_others(tmp_path: Path, prepared: PreparedSet) -> None:
    quick = ["train.epochs=2", "modalities=['text']"]
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        train(recipe(*quick, f"seed={seed}"), prepared, tmp_path / name)
    assert same(tmp_path / "a", tmp_path / "b")
    assert not same(tmp_path / "a", tmp_path / "c")


SCRIPT = """
import sys, time
from pathlib import Path
from cinegenre.data.dataset import PreparedSet
from cinegenre.train.loop.train import train
from cinegenre.train.recipe import load_recipe
from cinegenre.train.loop.task import GenreTask

data, out, step, *sets = sys.argv[1:]
real, seen = GenreTask.training_step, 0

def training_step(self, batch):
    global seen
    seen += 1
    if seen == int(step):
        print("stop here", flush=True)
        time.sleep(60)
    return real(self, batch)

GenreTask.training_step = training_step
train(load_recipe("cnn_lstm_slides", overrides=sets), PreparedSet.open(data), Path(out))
"""


def kill(prepared: PreparedSet, out: Path, step: int, sets: tuple[str, ...]) -> None:
    """Train in a process of its own, and kill it at its `step`th training step."""
    command = [sys.executable, "-c", SCRIPT, str(prepared.folder), str(out), str(step), *sets]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"stop here"
        process.kill()
        process.communicate()
        assert process.returncode != 0


def interrupt(prepared: PreparedSet, out: Path, step: int, sets: tuple[str, ...]) -> None:
    """Train here, with Ctrl-C at the `step`th training step."""
    real, seen = GenreTask.training_step, itertools.count(1)

    def training_step(task: GenreTask, batch: dict[str, torch.Tensor]) -> torch.Tensor:
        if next(seen) == step:
            signal.raise_signal(signal.SIGINT)
        return real(task, batch)

    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt, match="--resume"):
        patch.setattr(GenreTask, "training_step", training_step)
        train(load_recipe("cnn_lstm_slides", overrides=sets), prepared, out)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize(("stop", "factor", "average"), [(kill, 0, 0), (interrupt, 1.5, 0.9)])
def test_a_stopped_run_ends_in_the_weights_of_an_unbroken_one(
    stop: Callable[..., None],
    factor: float,
    average: float,
    tmp_path: Path,
    prepared: PreparedSet,
) -> None:
    """Dropout on, in mid-epoch, from the checkpoint after the batch before."""
    sets = (*SMALL, "model.dropout=0.3", "train.epochs=3", "encoders.text.layers=2",
            "encoders.text.dropout=0.3", "train.checkpoint_minutes=0.00001",
            f"data.oversample={factor}", f"train.average={average}")  # fmt: skip
    unbroken, broken = tmp_path / "unbroken", tmp_path / "broken"
    train(load_recipe("cnn_lstm_slides", overrides=sets), prepared, unbroken)
    stop(prepared, broken, 16, sets)
    assert (broken / "checkpoints" / "last.ckpt").exists()
    assert not json.loads((broken / "run.json").read_text()).get("finished")
    train(load_recipe("cnn_lstm_slides", overrides=sets), prepared, broken, resume=True)
    assert same(unbroken, broken)
    assert figures(unbroken) == figures(broken)


@pytest.mark.parametrize("hook", ["on_validation_start", "on_validation_batch_end",
                                  "on_validation_end", "on_train_epoch_end",
                                  "on_train_epoch_start"])  # fmt: skip
def test_a_run_stopped_about_the_end_of_an_epoch(
    hook: str, tmp_path: Path, prepared: PreparedSet
) -> None:
    """From the checkpoint of the moment, or the one before."""

    class Stop(Callback):
        epochs = 0

    def stop(self: Stop, *_: object) -> None:
        self.epochs += 1
        if self.epochs == 2:
            raise KeyboardInterrupt

    setattr(Stop, hook, stop)
    asked = recipe("modalities=['text']", "model.dropout=0.3", "train.epochs=3",
                   "train.batch_size=40", "train.checkpoint_minutes=0.00001")  # fmt: skip
    unbroken, broken = tmp_path / "unbroken", tmp_path / "broken"
    train(asked, prepared, unbroken)
    with pytest.raises(KeyboardInterrupt):
        train(asked, prepared, broken, watch=[Stop()])
    train(asked, prepared, broken, resume=True)
    assert figures(unbroken) == figures(broken)
    assert same(unbroken, broken)


def test_a_running_mean_of_the_weights_is_judged_and_kept(
    tmp_path: Path, prepared: PreparedSet
) -> None:
    """Of three steps with a decay of 0.5 a quarter each of the first two, half of the third."""
    sets = ("train.epochs=1", "modalities=['text']", "train.batch_size=60", "train.average=0.5")
    steps: list[dict[str, torch.Tensor]] = []

    class Watch(Callback):
        def on_train_batch_end(self, trainer: object, task: GenreTask, *_: object) -> None:
            steps.append({k: v.detach().clone() for k, v in task.state_dict().items()})

    train(recipe(*sets), prepared, tmp_path / "run", watch=[Watch()])
    assert len(steps) >= 3
    best = tmp_path / "run" / "checkpoints" / "best.ckpt"
    kept = torch.load(best, weights_only=True)["state_dict"]
    for name, found in kept.items():
        mean = steps[0][name]
        for step in steps[1:]:
            mean = 0.5 * mean + 0.5 * step[name]
        torch.testing.assert_close(found, mean)
    assert any(not torch.equal(kept[name], steps[-1][name]) for name in kept)


def test_oversampling_repeats_training_films_only(
    tmp_path: Path, run: Path, prepared: PreparedSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = {"training_step": 0, "validation_step": 0}

    def counting(name: str) -> None:
        step = getattr(GenreTask, name)

        def counted(task: GenreTask, batch: dict[str, torch.Tensor]) -> object:
            seen[name] += len(batch["truth"])
            return step(task, batch)

        monkeypatch.setattr(GenreTask, name, counted)

    for name in seen:
        counting(name)
    quick = ("train.epochs=1", "modalities=['text']")
    summary = train(recipe("data.oversample=1.5", *quick), prepared, tmp_path / "more")
    films = summary.films
    assert films == json.loads((run / "run.json").read_text())["films"]
    assert seen["training_step"] == summary.oversampled.films == round(1.5 * films["train"])
    assert seen["validation_step"] == films["validation"]
    table = summary.oversampled.frequencies
    said = json.loads((tmp_path / "more" / "run.json").read_text())["oversampled"]
    assert said == {"films": summary.oversampled.films, "frequencies": table}
    assert tuple(table) == TMDB
    common = max(table, key=lambda genre: table[genre]["before"])
    assert 0 < table[common]["after"] < table[common]["before"]


def test_without_oversampling_nothing_changes(
    tmp_path: Path, run: Path, prepared: PreparedSet
) -> None:
    assert "oversampled" not in json.loads((run / "run.json").read_text())
    quick = ("train.epochs=1", "modalities=['text']")
    for name, factor in (("off", 0), ("one", 1)):
        summary = train(recipe(f"data.oversample={factor}", *quick), prepared, tmp_path / name)
        assert summary.oversampled is None
        assert "oversampled" not in json.loads((tmp_path / name / "run.json").read_text())
    train(recipe(*quick), prepared, tmp_path / "unsaid")
    assert same(tmp_path / "off", tmp_path / "unsaid")
    assert same(tmp_path / "one", tmp_path / "unsaid")


def test_what_stands_in_the_way_is_an_error(
    tmp_path: Path, run: Path, prepared: PreparedSet
) -> None:
    with pytest.raises(UserError, match="holds a run already"):
        train(recipe(), prepared, run)
    with pytest.raises(UserError, match="another recipe"):
        train(recipe("train.epochs=9"), prepared, run, resume=True)
    with pytest.raises(UserError, match="no run to resume"):
        train(recipe(), prepared, tmp_path / "none", resume=True)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("mine")
    with pytest.raises(UserError, match="is not empty and holds no run"):
        train(recipe(), prepared, tmp_path / "full")
    with pytest.raises(UserError, match="no film of split 'train' is left"):
        train(recipe("data.languages=['xx']"), prepared, tmp_path / "out")
    lost = Path(shutil.copytree(run, tmp_path / "lost"))
    (lost / "run.json").write_text('["something else"]')
    with pytest.raises(UserError, match=r"run\.json was not written by a training: train it again"):
        train(recipe(), prepared, lost, resume=True)
    (lost / "run.json").unlink()
    with pytest.raises(UserError, match=r"has lost its run\.json: train it anew"):
        train(recipe(), prepared, lost, resume=True)


def test_a_run_killed_before_its_first_step_begins_anew(
    tmp_path: Path, prepared: PreparedSet
) -> None:
    quick = recipe("train.epochs=1", "modalities=['text']")
    write_json(tmp_path / "run" / "config.json", quick.as_dict())
    assert train(quick, prepared, tmp_path / "run", resume=True).epochs == 1


def test_what_is_read_of_a_run_is_what_was_written(run: Path) -> None:
    summary = read_summary(run)
    assert summary.as_dict() == json.loads((run / "run.json").read_text())
    assert list(summary.as_dict()) == list(json.loads((run / "run.json").read_text()))


def test_the_rate_that_was_found_outlasts_every_interruption(
    tmp_path: Path, prepared: PreparedSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stop(Callback):
        def on_train_epoch_end(self, *_: object) -> None:
            raise KeyboardInterrupt

    asked = recipe("train.range_test=true", "train.epochs=2", "modalities=['text']")
    out = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        train(asked, prepared, out, watch=[Stop()])
    found = json.loads((out / "run.json").read_text())["learning_rate"]
    assert found != asked.train.learning_rate

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("cinegenre.train.loop.train.learned", stopped)
        train(asked, prepared, out, resume=True)
    assert train(asked, prepared, out, resume=True).learning_rate == found


@pytest.mark.parametrize("resume", [False, True])
def test_a_run_that_was_killed_before_it_trained_begins_anew(
    tmp_path: Path, run: Path, data: Path, resume: bool
) -> None:
    for name in ("config.json", "tokenizer-text.json"):
        shutil.copyfile(run / name, tmp_path / name)
    (tmp_path / ".run.1.partial.json").write_text("{")
    opened = PreparedSet.open(data)
    assert train(recipe("train.epochs=1"), opened, tmp_path, resume=resume).epochs == 1
    assert read_run(tmp_path) == recipe("train.epochs=1")


def test_another_programs_configuration_is_left(tmp_path: Path, data: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(UserError):
        train(recipe(), PreparedSet.open(data), tmp_path)
    assert (tmp_path / "config.json").read_text() == '{"model_type": "bert"}'


def test_a_full_disk_is_one_line_and_leaves_no_half_checkpoint(
    tmp_path: Path, prepared: PreparedSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if path.suffix == ".ckpt":
            write(path, b"half")
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(UserError, match=r"no space left while writing .*\.ckpt"):
        train(recipe("train.epochs=1"), prepared, tmp_path / "run")
    assert list((tmp_path / "run" / "checkpoints").iterdir()) == []


def test_tensorboard_logs(tmp_path: Path, prepared: PreparedSet) -> None:
    train(recipe("train.epochs=1", "train.logger=tensorboard"), prepared, tmp_path / "run")
    assert list((tmp_path / "run" / "logs").rglob("events.out.tfevents*"))
