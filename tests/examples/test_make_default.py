"""The commands that make the shipped model anew: all exist, in order, each done once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cinegenre.train.recipe import load_recipe
from examples import make_default

from ..cli.test_cli import call

ROOT = Path(make_default.__file__).parent


@pytest.fixture
def asked(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[list[str]], Any]:
    """The commands that were run, none of them for real, and a function that asks for the whole."""
    ran: list[list[str]] = []

    def run(words: list[str], **_: object) -> SimpleNamespace:
        ran.append(words[1:])
        out = Path(words[words.index("--out") + 1]) if "--out" in words else tmp_path
        out.mkdir(parents=True, exist_ok=True)
        for name in ("config.json", "dataset.json", "texts.txt", "report.html"):
            (out / name).touch()
        return SimpleNamespace(returncode=0)

    def ask(*more: str | Path) -> None:
        words = ["", "--data", data, "--other", "other.csv", "--out", tmp_path / "made", *more]
        monkeypatch.setattr(sys, "argv", list(map(str, words)))
        make_default.main()

    monkeypatch.setattr(subprocess, "run", run)
    return ran, ask


def test_every_command_and_option_exists(
    asked: tuple[list[list[str]], Any], capsys: pytest.CaptureFixture[str]
) -> None:
    ran, ask = asked
    ask("--set", "train.epochs=1", "--unlabelled", "more.csv", "--known", "known.csv")
    assert len(ran) == 12
    assert "--set=distill.scores=default_teacher_cpu" in next(w for w in ran if w[3] == "default")
    for words in ran:
        if words[0] != "-m":
            text = Path(words[0]).read_text("utf-8")
            options = words[1:]
        else:
            depth = 2 if words[2] == "data" else 1
            code, text, _ = call(capsys, *words[2 : 2 + depth], "--help")
            assert code == 0
            options = words[2 + depth :]
        for option in options:
            if option.startswith("--"):
                assert option.split("=")[0] in text, words


def test_recipes_take_the_keys_that_are_set(
    asked: tuple[list[list[str]], Any], tmp_path: Path
) -> None:
    ran, ask = asked
    weights = tmp_path / "weights"
    (weights / "mpnet").mkdir(parents=True)
    ask("--weights", weights, "--teacher", "default_teacher")
    trained = [words for words in ran if words[2] == "train"]
    assert [words[3] for words in trained] == ["default", "default_languages", "default_people"]
    for words in trained:
        keys = [word.removeprefix("--set=") for word in words if word.startswith("--set=")]
        recipe = load_recipe(words[3], overrides=keys)
        if words[3] == "default":
            assert recipe.encoders["text"]["model"] == str(weights / "minilm")
            teacher = load_recipe(recipe.distill.recipe)
            assert teacher.encoders["text"]["model"] == str(weights / "mpnet")
    ran.clear()
    ask("--weights", weights, "--teacher", "scores.npz", "--name", "again")
    # What is there is not made again; a training knows itself whether it has ended.
    assert [words[2] for words in ran] == ["train", "train", "train"]
    assert all("--resume" in words for words in ran)
    assert "--set=distill.scores=scores.npz" in ran[0]


def test_it_ends_where_a_command_fails(
    asked: tuple[list[list[str]], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ran, ask = asked
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=3))
    with pytest.raises(SystemExit) as ended:
        ask()
    assert ended.value.code == 3 and not ran


def test_a_folder_without_data_is_one_line(
    asked: tuple[list[list[str]], Any], tmp_path: Path
) -> None:
    ran, ask = asked
    with pytest.raises(SystemExit, match="error: no prepared data set at"):
        ask("--data", tmp_path)
    assert not ran


def test_shown_is_not_run(
    asked: tuple[list[list[str]], Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran, ask = asked
    ask("--show")
    assert not ran and not (tmp_path / "made").exists()
    assert "[1/12] python " in capsys.readouterr().out
