from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from ..cli.test_cli import call, failed
from .made import results, some, write_csv, write_jsonl


def test_help_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "score", "--help")
    assert code == 0
    assert "Examples" in out
    assert "--engine" in out


def test_json_and_the_table_say_the_same(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = write_jsonl(tmp_path, some(8, posters=1))
    path.write_text(path.read_text(encoding="utf-8") + '{"id": "none"}\n', encoding="utf-8")
    words = ("score", path, "--out", tmp_path / "out", "--format", "jsonl", "--review", 2)
    code, out, err = call(capsys, *words, "--json")
    found = json.loads(out)
    assert (code, found["films"], found["scored"], found["errors"]) == (0, 9, 8, 1)
    assert "scoring: 9" in err
    code, out, _ = call(capsys, *words)
    assert code == 0
    assert "nothing that the model reads" in out
    assert "0 films in this run" in out
    assert "review.html" in out


def test_the_core_alone_scores_to_csv(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("arro3", "arro3.core", "arro3.io", "httpx", "tenacity", "ray"):
        monkeypatch.setitem(sys.modules, name, None)
    path = write_csv(tmp_path, some(3, posters=1))
    code, _, _ = call(capsys, "score", path, "--out", tmp_path / "a", "--format", "csv")
    assert code == 0
    assert len(results(tmp_path / "a")) == 3
    assert "[data]" in failed(capsys, "score", path, "--out", tmp_path / "b")
    words = ("score", path, "--out", tmp_path / "b", "--format", "csv", "--fetch")
    assert "[data]" in failed(capsys, *words)


def test_columns_of_other_names(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "filme.csv"
    path.write_text("nr,Titel\n7,The Ghost\n", encoding="utf-8")
    out = tmp_path / "out"
    words = ("score", path, "--out", out, "--format", "csv")
    code, _, _ = call(capsys, *words, "--column", "title=Titel", "--column", "id=nr")
    assert code == 0
    [row] = results(out)
    assert (row["id"], row["inputs"]) == ("7", "title")
    assert "is not FIELD=COLUMN" in failed(capsys, *words, "--column", "title")
