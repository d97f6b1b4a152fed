"""`cinegenre tag` with the model that comes with the package."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cinegenre.taxonomy import TMDB

from ..cli.test_cli import call, failed
from .fake import contents, films, nfo, put

PLOT = "A ghost haunts the old house and kills everyone who comes near; nobody gets out alive."


@pytest.fixture
def library(tmp_path: Path) -> Path:
    films(tmp_path / "films", 2)
    put(tmp_path / "films" / "Old (1950)" / "movie.nfo", nfo("Krimi", title="Old\u202e"))
    put(tmp_path / "films" / "Bad" / "movie.nfo", b"<movie><title>")
    return tmp_path / "films"


def test_shown_written_and_taken_back(
    capsys: pytest.CaptureFixture[str], library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    # One name for all genres, so that the test asks nothing of the model's taste.
    names = put(library.parent / "map.yaml", "\n".join(f"{name}: Any" for name in TMDB).encode())
    for home in library.glob("Film*"):
        put(home / "movie.nfo", nfo(title="The Ghost", more=f"  <plot>{PLOT}</plot>\n"))
    before = contents(library)
    words = ("tag", library, "--map", names)
    code, out, err = call(capsys, *words)
    assert code == 0
    assert "The Ghost (1999)" in out and "Any 0." in out and "Old" not in out
    assert "Bad/movie.nfo: the .nfo is broken XML (no end of <movie>)" in out
    assert "2 films would be changed: add --write" in err
    assert contents(library) == before
    code, out, err = call(capsys, *words, "--write", "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["status"] for row in rows] == ["error", "written", "written", "left"]
    assert rows[1]["genres"] == [] and rows[1]["proposed"] == ["Any"] == list(rows[1]["scores"])
    assert b"<genre>Any</genre>" in contents(library)["Film 000 (1999)/movie.nfo"]
    code, out, _ = call(capsys, "tag", "--undo", library)
    assert (code, out.startswith("2 files restored")) == (0, True)
    assert contents(library) == before
    assert "no run to undo" in failed(capsys, "tag", "--undo", library)


def test_bad_input(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = ("tag", tmp_path)
    assert "no film in" in failed(capsys, *words)
    assert "--add and --replace are given" in failed(capsys, *words, "--add", "--replace")
    assert "language 'xx'" in failed(capsys, *words, "--language", "xx")
    assert "no folder" in failed(capsys, "tag", tmp_path / "none")
    assert "no library or journal" in failed(capsys, "tag", "--undo", tmp_path / "none")
