"""`cinegenre tag` with the model that comes with the package."""

from __future__ import annotations

import json
import os
import subprocess
import sys
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
    assert "Bad/movie.nfo: the .nfo is broken XML (no end of <movie>, line 1)" in out
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


NO_MODEL = """
import sys
from cinegenre.cli import main
try:
    main()
except SystemExit as done:
    assert not done.code
print(sorted({"onnxruntime", "numpy", "tokenizers", "PIL"} & set(sys.modules)))
"""


def test_names_are_put_in_order_without_a_model(
    capsys: pytest.CaptureFixture[str], library: Path
) -> None:
    put(library / "SF (1960)" / "movie.nfo", nfo("SCI FI", "Ciencia ficción", "Noir", title="S"))
    put(library / "Clip" / "clip.nfo", nfo("Pop", root="musicvideo"))
    put(library / "Clip" / "clip.mkv")
    before = contents(library)
    words = ["tag", str(library), "--clean"]
    done = subprocess.run([sys.executable, "-c", NO_MODEL, *words, "--write"], check=True,
                          capture_output=True, encoding="utf-8",
                          env=os.environ | {"COLUMNS": "200"})  # fmt: skip
    assert done.stdout.splitlines()[-1] == "[]"
    assert "Science Fiction, Noir" in done.stdout and "proposed, with" not in done.stdout
    assert "2 films written" in done.stderr
    assert "2 films left alone: has no genres: --missing-only gives it some" in done.stderr
    assert "is a music video" in done.stderr and "1 genre of a name not known" in done.stderr
    assert b"<genre>Crime</genre>" in contents(library)["Old (1950)/movie.nfo"]
    assert call(capsys, "tag", "--undo", library)[0] == 0
    assert contents(library) == before
    _, out, err = call(capsys, *words, "--json", "--exclude", "Bad", "--exclude", "Film*")
    rows = {json.loads(line)["title"]: json.loads(line) for line in out.splitlines()}
    assert rows["S"]["proposed"] == ["Science Fiction", "Noir"]
    assert rows["S"]["unknown"] == ["Noir"] and rows["S"]["scores"] == {}
    assert "passed over: 3 folders or videos left out by --exclude" in err


def test_a_map_for_names_in_the_library(capsys: pytest.CaptureFixture[str], library: Path) -> None:
    path = put(library.parent / "map.yaml", b"genre_mapper:\n  Krimi: Noir\n  Horor: Scary\n")
    _, out, err = call(capsys, "tag", library, "--clean", "--map", path, "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["proposed"] for row in rows if row["status"] == "change"] == [["Noir"]]
    assert "--map names 'Horor', which no film has: 'Horror'?" in err


def test_nothing_found_says_what_was_passed_over(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    put(tmp_path / "Film-trailer.mkv")
    put(tmp_path / "S01E01.nfo", nfo(root="episodedetails"))
    for words in ("--clean",), ("--clean", "--json"):
        code, _, err = call(capsys, "tag", tmp_path, *words)
        said = err.splitlines()[-1]
        assert code == 2 and said.startswith("error: no film in ")
        assert "must hold .nfo files or videos" not in said
        assert "1 trailer or other extra (Film-trailer.mkv)" in said
        assert "1 .nfo of no film (S01E01.nfo)" in said
    (tmp_path / "S01E01.nfo").unlink()
    assert "rename those that are films" in failed(capsys, "tag", tmp_path)


def test_bad_input(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = ("tag", tmp_path)
    assert "no film in" in failed(capsys, *words)
    assert "--add and --replace are given" in failed(capsys, *words, "--add", "--replace")
    assert "--clean and --replace are given" in failed(capsys, *words, "--clean", "--replace")
    assert "without --clean" in failed(capsys, *words, "--drop-unknown")
    assert "'!' is not a pattern" in failed(capsys, *words, "--exclude", "!")
    assert "language 'xx'" in failed(capsys, *words, "--language", "xx")
    assert "no folder" in failed(capsys, "tag", tmp_path / "none")
    assert "no library or journal" in failed(capsys, "tag", "--undo", tmp_path / "none")
