"""`cinegenre reproduce` on a row that needs no training."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .test_cli import call

PAPER = """
name = "tiny"
title = "Tiny et al."
[data]
taxonomy = "tmdb"
[inputs.text]
kind = "words"
[encoders.text]
type = "lstm"
[rows.naive]
title = "always Drama"
always = "Drama"
[rows.trained]
[published.naive]
weighted_f1 = 0.209
"""


def test_a_row_as_a_table_and_as_json(
    capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path
) -> None:
    paper, out = tmp_path / "tiny.toml", tmp_path / "out"
    paper.write_text(PAPER, encoding="utf-8")
    words = ("reproduce", paper, "--data", data, "--out", out, "--only", "naive")
    code, said, _ = call(capsys, *words)
    assert code == 0
    for text in ("Tiny et al.", "always Drama", "weighted F1", "0.209", "not run yet: trained"):
        assert text in said
    assert (out / "report.html").is_file()
    _, shown, _ = call(capsys, *words, "--json")
    found = json.loads(shown)
    ours = found["rows"]["naive"]["published"]["ours"]["weighted_f1"]
    assert f"{ours:.3f}" in said
    assert found["pending"] == ["trained"]


def test_an_unknown_paper(capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path) -> None:
    code, _, said = call(capsys, "reproduce", "davee", "--data", data, "--out", tmp_path / "out")
    assert code == 2
    assert "did you mean 'dave'" in " ".join(said.split())
