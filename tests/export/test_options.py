"""Every option of `cinegenre export` changes the bundle."""

from __future__ import annotations

import inspect
import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cinegenre.cli.model import app
from cinegenre.cli.model import export as command
from cinegenre.export.export import export

GIVEN: dict[str, tuple[str, ...]] = {
    "name": ("Night",),
    "version": ("7",),
    "torch_weights": (),
    "weights": ("float16",),
}
"""A value for each option, other than its default; a new option needs one here."""

APART = {"data": "a data set that has moved has a test of its own", "as_json": "for people"}
"""Options that change nothing in the bundle, and why."""

OPTIONS = [name for name in inspect.signature(command).parameters if name not in ("run", "out")]


def _exported(run: Path, folder: Path, *options: str) -> dict[str, bytes]:
    """The files of the bundle that the command writes, by name."""
    out = folder / "bundle"
    done = CliRunner().invoke(app, ["export", str(run), "--out", str(out), *options])
    if done.exception is not None:
        raise done.exception
    return {path.name: path.read_bytes() for path in out.iterdir()}


@pytest.fixture(scope="module")
def plain(run: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a bundle exported without any option."""
    return _exported(run, tmp_path_factory.mktemp("plain"))


def test_the_command_has_the_options_of_the_function() -> None:
    assert {"run", "out", *OPTIONS} - {"as_json"} == set(inspect.signature(export).parameters)


def test_without_options_the_bundle_is_the_same(
    run: Path, plain: dict[str, bytes], tmp_path: Path
) -> None:
    """Else a difference below would show nothing."""
    assert _exported(run, tmp_path) == plain


@pytest.mark.parametrize("option", [name for name in OPTIONS if name not in APART])
def test_an_option_reaches_the_bundle(
    option: str, run: Path, plain: dict[str, bytes], tmp_path: Path
) -> None:
    assert option in GIVEN, f"give a value for --{option} in GIVEN"
    flag = f"--{option.replace('_', '-')}"
    assert _exported(run, tmp_path, flag, *GIVEN[option]) != plain


def test_a_data_set_that_has_moved(run: Path, data: Path, tmp_path: Path) -> None:
    moved = Path(shutil.copytree(run, tmp_path / "run"))
    info = json.loads((moved / "run.json").read_text())
    info["data"]["folder"] = str(tmp_path / "nowhere")
    (moved / "run.json").write_text(json.dumps(info))
    with pytest.raises(Exception, match="nowhere"):
        _exported(moved, tmp_path)
    assert _exported(moved, tmp_path, "--data", str(data))
