"""`--before`: an older revision's tree, and one line where it is not to be had."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.common import NotGiven, timed
from benchmarks.older import older

from .test_command import run

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", *who, *words], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def commit(folder: Path, version: str) -> str:
    package = folder / "src" / "cinegenre"
    model = package / "models" / "default"
    model.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").write_text(f"VERSION = {version!r}\n")
    (model / "config.json").write_text(f'{{"name": "tiny", "version": "{version}"}}')
    git(folder, "add", ".")
    git(folder, "commit", "-m", version)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    git(tmp_path, "init")
    return tmp_path


@needs_git
def test_processes_take_the_older_tree(project: Path) -> None:
    first = commit(project, "1")
    commit(project, "2")
    with older(first[:9], project) as before:
        assert before is not None
        assert before.label == f"{first[:9]} (tiny 1)"
        said = timed([sys.executable, "-c", "import cinegenre; print(cinegenre.VERSION)"],
                     before.source).output  # fmt: skip
        assert said == "1"
    assert not before.source.exists()
    assert (project / "src" / "cinegenre" / "__init__.py").read_text() == "VERSION = '2'\n"


@needs_git
@pytest.mark.parametrize("revision", ["1fdafbb", "--output=x", ""])
def test_a_revision_that_is_not_there_is_one_line_with_a_cure(project: Path, revision: str) -> None:
    commit(project, "1")
    with pytest.raises(NotGiven, match="git fetch --unshallow") as error, older(revision, project):
        pass
    assert str(error.value).startswith(f"--before {revision}: ")
    assert "\n" not in str(error.value)


@needs_git
def test_a_revision_without_a_model_says_so(project: Path) -> None:
    (project / "README.md").write_text("nothing yet")
    git(project, "add", ".")
    git(project, "commit", "-m", "first")
    with pytest.raises(NotGiven, match="it has no src"), older("HEAD", project):
        pass
    (project / "src").mkdir()
    (project / "src" / "a.py").write_text("")
    git(project, "add", ".")
    git(project, "commit", "-m", "second")
    with pytest.raises(NotGiven, match="it ships no model"), older("HEAD", project):
        pass


def test_without_git_or_without_a_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with older(None, tmp_path) as before:
        assert before is None
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NotGiven, match="is no git checkout"), older("HEAD", tmp_path):
        pass


@needs_git
def test_the_command_names_it(tmp_path: Path) -> None:
    done = run("startup", "--before", "0123456789")
    assert done.returncode == 1
    assert "startup: --before 0123456789: " in done.stdout
    assert "Traceback" not in done.stderr
