"""`cinegenre tag SERVER` on the command line."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from cinegenre.library.servers import SERVERS

from ...cli.test_cli import call, failed
from ..fake import FakeTagger
from .made import faked

KINDS = sorted(SERVERS)


@pytest.fixture(autouse=True)
def quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_STATE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("cinegenre.cli.tag_run._tagger", lambda _: FakeTagger())
    monkeypatch.setattr("time.sleep", lambda _: None)


@pytest.mark.parametrize("kind", KINDS)
def test_shown_written_and_taken_back(
    kind: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with faked(kind) as fake:
        monkeypatch.setenv(SERVERS[kind].key.variable, fake.key)
        server = f"{kind}+{fake.base}"
        changed = 2 if SERVERS[kind].locks else 3
        code, out, err = call(capsys, "tag", server, "--language", "de")
        assert code == 0
        assert "The Ghost (1999)" in out
        assert "Science Fiction 0.90, Horror 0.80, Action 0.60" in out
        assert f"{changed} films would be changed: add --write to do it" in err
        assert "1 film left alone: has genres" in err
        code, out, err = call(capsys, "tag", server, "--write", "--json")
        rows = [json.loads(line) for line in out.splitlines()]
        assert [row["status"] for row in rows].count("written") == changed
        assert rows[0]["path"] == "/mnt/films/The Ghost (1999)/film.mkv"
        assert f"take it back: cinegenre tag --undo {server}" in err
        code, out, _ = call(capsys, "tag", "--undo", server)
        assert (code, out.startswith(f"{changed} films restored")) == (0, True)
        assert fake.key not in out + err + caplog.text


@pytest.mark.parametrize(
    "words", [("--create",), ("--backup", "b"), ("--exclude", "x"), ("--refresh", "kodi+http://h"),
              ("--server-path", "a=b")]
)  # fmt: skip
def test_what_a_server_has_no_use_for(capsys: pytest.CaptureFixture[str], words: Any) -> None:
    said = failed(capsys, "tag", "kodi+http://127.0.0.1:9", *words)
    assert f"{words[0]} is given with a server: leave out {words[0]}" in said


def test_bad_addresses(capsys: pytest.CaptureFixture[str]) -> None:
    said = failed(capsys, "tag", "kodi+http://me:s3cr3t@127.0.0.1:9")
    assert "has a password or a key in it" in said
    assert "s3cr3t" not in said
    assert "did you mean 'plex'" in failed(capsys, "tag", "plx+http://127.0.0.1:9")
    assert "what kind of server" in failed(capsys, "tag", "http://127.0.0.1:9")
    assert "does not answer" in failed(capsys, "tag", "kodi+http://127.0.0.1:9")
    assert "no key for jellyfin+" in failed(capsys, "tag", "jellyfin+http://127.0.0.1:9")
    assert "does not answer" in failed(capsys, "tag", "--undo", "kodi+http://127.0.0.1:9")


def test_a_server_without_films(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with faked("plex", []) as fake:
        monkeypatch.setenv("PLEX_TOKEN", fake.key)
        code, _, err = call(capsys, "tag", f"plex+{fake.base}")
        assert (code, "no film at plex+" in err) == (2, True)
        fake.faults = [404]
        assert "no Plex answers at plex+" in failed(capsys, "tag", f"plex+{fake.base}")
