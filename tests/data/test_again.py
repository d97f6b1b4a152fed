"""A prepared set says how it was prepared, and what to type for labels that it lacks."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from cinegenre.data.again import prepare_command
from cinegenre.data.dataset import PreparedSet
from cinegenre.errors import UserError

from ..cli.test_cli import call


@pytest.fixture
def folder(source: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tiny films' own folder, where the commands are typed."""
    rows = "\n".join(f"tt{9_000_001 + i},Drama|Mystery" for i in range(60))
    (source / "mine.csv").write_text(f"imdb_id,genres\n{rows}\n", encoding="utf-8")
    monkeypatch.chdir(source)
    return source


@pytest.mark.parametrize(
    "options",
    [
        ["--proportions", "60:20:20", "--seed", "3"],
        ["--labels", "mine=mine.csv"],
        ["--splits", "by_hand.csv"],
    ],
)
def test_the_command_prepares_the_same_films(
    options: list[str], folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    split = "imdb_id,split\ntt9000001,test\ntt9000002,dev\n"
    Path("by_hand.csv").write_text(split, encoding="utf-8")
    words = ["data", "prepare", "the_movies_dataset", "movies_metadata.csv"]
    first, again = tmp_path / "first", tmp_path / "again"
    typed = [*words, "--posters", "posters", *options, "--out", str(first)]
    assert call(capsys, *typed)[0] == 0
    made = PreparedSet.open(first)
    command = shlex.split(prepare_command(made.manifest, str(again)))
    assert command[0] == "cinegenre"
    assert call(capsys, *command[1:])[0] == 0
    assert PreparedSet.open(again).fingerprint == made.fingerprint


def test_labels_that_are_not_there_are_prepared_by_the_command_that_the_error_names(
    data: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UserError) as error:
        PreparedSet.open(data).films("test", "mine")
    assert error.value.what == f"{data} has no label set 'mine'"
    said, _, command = error.value.cure.partition(": ")
    assert said == "prepare it again with that set's file"
    words = shlex.split(command)
    assert words[words.index("--labels") + 1] == "mine=mine.csv"
    words[words.index("--out") + 1] = str(tmp_path / "data")
    assert call(capsys, *words[1:])[0] == 0
    films = PreparedSet.open(tmp_path / "data").films("test", "mine")
    assert {film.genres for film in films} == {(), ("Drama", "Mystery")}


def test_imdbs_labels_come_from_imdbs_own_file(data: Path) -> None:
    with pytest.raises(UserError, match=r"--labels imdb=title\.basics\.tsv\.gz"):
        PreparedSet.open(data).films("test", "imdb")
