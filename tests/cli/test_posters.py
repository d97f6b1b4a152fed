"""`cinegenre data posters` from the command line, against a server of our own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cinegenre.data.fetch import http

from ..data import tmdb
from ..data.tmdb import V3, V4, Server
from .test_cli import call, failed


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(http, "_FIRST", 0.01)
    for name in ("TMDB_TOKEN", "TMDB_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with tmdb.running() as server:
        yield server


@pytest.fixture
def words(server: Server, tmp_path: Path) -> tuple[object, ...]:
    table = tmp_path / "films.csv"
    table.write_text("tmdb_id,title\n1,[b]One\n2,Two\n150,None\n")
    return ("data", "posters", table, "--out", tmp_path / "out", "--base-url", server.base)


def test_it_says_what_it_read_and_fetched_and_whose_it_is(
    capsys: pytest.CaptureFixture[str], words: tuple[object, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMDB_TOKEN", V4)
    code, out, err = call(capsys, *words)
    assert code == 0
    assert "TMDB id from tmdb_id" in out
    assert "2  fetched, w342" in out
    assert "1  missing: TMDB has no poster" in out
    assert "This product uses the TMDB API but is not endorsed or certified by TMDB." in out
    assert "fetching posters: 3" in err
    assert V4 not in out + err
    attribution = Path(str(words[4])) / "ATTRIBUTION.txt"
    assert "not endorsed or certified by TMDB" in attribution.read_text(encoding="utf-8")


def test_json_and_a_key_file(
    capsys: pytest.CaptureFixture[str], words: tuple[object, ...], tmp_path: Path
) -> None:
    (tmp_path / "tmdb.key").write_text(V3 + "\n")
    code, out, _ = call(capsys, *words, "--key-file", tmp_path / "tmdb.key", "--json")
    told = json.loads(out)
    assert code == 0
    assert (told["fetched"], told["missing"]) == (2, {"TMDB has no poster": 1})


def test_bad_input_is_one_line(
    capsys: pytest.CaptureFixture[str],
    words: tuple[object, ...],
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "no TMDB key is given" in failed(capsys, *words)
    monkeypatch.setenv("TMDB_API_KEY", "f" * 32)
    code, out, err = call(capsys, *words)
    assert (code, out) == (2, "")
    assert "TMDB refuses the key from TMDB_API_KEY (401)" in err
    assert "f" * 32 not in err
    assert len(server.asked) == 1
    monkeypatch.setenv("TMDB_API_KEY", V3)
    assert "unknown size 'w300'" in failed(capsys, *words, "--size", "w300")
    assert "--rate" in failed(capsys, *words, "--rate", "1000")


def test_nothing_but_failures_is_exit_code_2(
    capsys: pytest.CaptureFixture[str],
    words: tuple[object, ...],
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TMDB_API_KEY", V3)
    for number in (1, 2):
        server.turns[f"/3/movie/{number}"] = [tmdb.status(500)]
    code, out, _ = call(capsys, *words, "--tries", "1")
    assert code == 2
    assert "2  failed: HTTP 500; run again" in out


def test_help_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "data", "posters", "--help")
    assert code == 0
    assert "Example" in out
