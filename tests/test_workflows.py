"""GitHub's workflows are well formed, do what the README says, and may do no more than needed."""

from __future__ import annotations

import re
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
TEST = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8"))
RELEASE = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8"))


def lint(path: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sysconfig.get_path("scripts")) / "jactionlint"
    options = ("--strict-exit", "--no-color", "--shellcheck=", "--pyflakes=")
    return subprocess.run(
        [program, *options, path], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_the_linter_finds_nothing(path: Path) -> None:
    """Unknown keys, wrong expressions and inputs, actions not pinned, loose permissions."""
    done = lint(path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("matrix.python }}", "matrix.pyton }}"),
        ("runs-on:", "run-on:"),
        ("cache: pip", "cach: pip"),
        ("@de0fac2e4500dabe0009e67214ff5f5447ce83dd", "@v6"),
        ("permissions:\n  contents: read", "permissions: write-all"),
    ],
)
def test_the_linter_finds_what_is_wrong(tmp_path: Path, right: str, wrong: str) -> None:
    text = (ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8")
    assert right in text
    path = tmp_path / "test.yml"
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    assert lint(path).returncode == 1


def runs(job: dict[str, Any]) -> str:
    return "\n".join(step.get("run", "") for step in job["steps"])


def test_every_system_and_python_runs_the_readmes_commands() -> None:
    whole, core = (TEST["jobs"][name]["strategy"]["matrix"] for name in ("test", "core"))
    for matrix in (whole, core):
        assert {name.partition("-")[0] for name in matrix["os"]} == {"ubuntu", "macos", "windows"}
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    [_, setup, *_] = TEST["jobs"]["core"]["steps"]
    tried = [*whole["python"], setup["with"]["python-version"]]
    assert tried == re.findall(r"Python :: (3\.\d+)", project)
    typed = runs(TEST["jobs"]["test"])
    for command in ("make run", "make test", r".venv\Scripts\pip install -c constraints.txt -e ."):
        assert command in typed and command in README


def test_a_release_is_built_once_and_published_without_a_password() -> None:
    assert RELEASE["permissions"] == {}
    build, pypi, github = (RELEASE["jobs"][name] for name in ("build", "pypi", "github"))
    assert build["permissions"] == {"contents": "read"}
    assert (pypi["permissions"], pypi["environment"]) == ({"id-token": "write"}, "pypi")
    assert (pypi["needs"], github["needs"]) == ("build", "pypi")
    assert ".ci/release" in runs(build)
    assert not runs(pypi).strip()
    for path in WORKFLOWS:
        assert "secrets." not in path.read_text(encoding="utf-8")
