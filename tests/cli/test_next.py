"""The command that a command says comes next can be pasted, whatever its folder is called."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from cinegenre.cli import tables

from ..tiny.planted import planted_bundle
from .test_cli import call

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="its shell quotes otherwise")


def after(out: str) -> list[str]:
    """The words of the command after "next:", as a shell reads them."""
    return shlex.split(out.replace("\n", " ").rpartition("next: ")[2])


def test_after_a_training(capsys: pytest.CaptureFixture[str]) -> None:
    summary = SimpleNamespace(title="", recipe="x", films={"train": 3}, epochs=1, best_epoch=0,
                              seconds_training=1.0, val_macro_ap=0.5)  # fmt: skip
    tables.run(summary, Path("my runs/it's"), as_json=False)  # type: ignore[arg-type]
    assert after(capsys.readouterr().out) == [
        "cinegenre", "export", str(Path("my runs/it's")), "--out", "BUNDLE",
    ]  # fmt: skip


def test_after_a_fit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    films, out = tmp_path / "films.csv", tmp_path / "my model"
    model = planted_bundle(tmp_path / "bundle", posters=0)
    rows = (
        f"{i},{('ghost', 'laughter')[i % 2]} {i},{('Scary', 'Silly')[i % 2]}" for i in range(60)
    )
    films.write_text("id,title,genres\n" + "\n".join(rows))
    code, said, _ = call(capsys, "fit", films, "--model", model, "--out", out)
    assert code == 0
    assert after(said) == ["cinegenre", "predict", "FILMS", "--model", str(out)]
