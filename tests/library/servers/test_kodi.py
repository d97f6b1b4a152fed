"""A real Kodi is shown what was written into files, and is a library by itself."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cinegenre.library.servers import SERVERS

from ...cli.test_cli import call
from ..fake import put
from .real_kodi import Kodi, binary, kodi, wait_for

pytestmark = [
    pytest.mark.kodi,
    pytest.mark.skipif(binary() is None, reason="no Kodi: apt-get install kodi xvfb"),
]
POSTERS = Path(__file__).parents[3] / "examples" / "posters"
PLOTS = {
    "movie": "A ghost haunts the old house and kills everyone who comes near; nobody survives.",
    "tvshow": "The crew of a spaceship wakes from cryosleep near a planet of hostile aliens.",
    "episodedetails": "They wake.",
}


def nfo(root: str, title: str, more: str = "") -> bytes:
    return f"<{root}><title>{title}</title><plot>{PLOTS[root]}</plot>{more}</{root}>".encode()


@pytest.fixture(scope="module")
def movies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library") / "Films & Co (ö)"
    for number in range(3):
        home = folder / f"The Ghost {number} (200{number})"
        put(home / "film.mkv", bytes(100))
        put(home / "movie.nfo", nfo("movie", f"The Ghost {number}"))
        shutil.copy(POSTERS / "orbit.jpg", home / "poster.jpg")
    put(folder / "Parted (1999)" / "parted-cd1.avi", bytes(100))
    put(folder / "Parted (1999)" / "parted-cd2.avi", bytes(100))
    put(folder / "Parted (1999)" / "parted.nfo", nfo("movie", "Parted"))
    return folder


@pytest.fixture(scope="module")
def shows(movies: Path) -> Path:
    home = movies.parent / "shows" / "Deep Field"
    put(home / "tvshow.nfo", nfo("tvshow", "Deep Field"))
    put(home / "Season 1" / "Deep Field S01E01.mkv", bytes(100))
    episode = "<season>1</season><episode>1</episode>"
    put(home / "Season 1" / "Deep Field S01E01.nfo", nfo("episodedetails", "One", episode))
    return home.parent


@pytest.fixture(scope="module")
def running(movies: Path, shows: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kodi]:
    with kodi(tmp_path_factory.mktemp("kodi"), movies=movies, tvshows=shows) as found:
        yield found


@pytest.fixture(autouse=True)
def known(running: Kodi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KODI_LOGIN", running.login)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.mark.parametrize("source", ["movies", "shows"])
def test_files_and_refresh(
    source: str, running: Kodi, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    folder: Path = request.getfixturevalue(source)
    before = running.genres()
    assert not any(before.values())
    code, _, err = call(capsys, "tag", folder, "--write", "--refresh", running.address)
    written = [
        re.findall("<genre>(.*?)</genre>", path.read_text("utf-8").replace("&amp;", "&"))
        for path in folder.glob("*/*.nfo")
    ]
    assert (code, f"{len(written)} film" in err) == (0, True), err
    assert f" shown by {running.address}" in err
    shown = [names for names in running.genres().values() if names]
    assert all(written)
    assert sorted(shown) == sorted(written)
    code, _, err = call(capsys, "tag", "--undo", folder, "--refresh", running.address)
    assert code == 0, err
    assert running.genres() == before


def test_kodi_as_a_library(running: Kodi, capsys: pytest.CaptureFixture[str]) -> None:
    before = running.genres()
    code, out, err = call(capsys, "tag", running.address)
    assert (code, "5 films would be changed" in err) == (0, True), out + err
    assert "poster" in out
    assert running.genres() == before
    code, _, err = call(capsys, "tag", running.address, "--write", "--language", "de")
    assert (code, "5 films written" in err) == (0, True), err
    assert all("Horror" in names or title == "Deep Field"
               for title, names in running.genres().items())  # fmt: skip
    assert all(running.genres().values())
    running.call("VideoLibrary.Clean", showdialogs=False)
    code, out, err = call(capsys, "tag", "--undo", running.address)
    assert (code, out.startswith("5 films restored")) == (0, True), out + err
    assert running.genres() == before


def test_what_a_real_kodi_refuses(
    running: Kodi, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KODI_LOGIN", "kodi:wr0ng")
    code, _, err = call(capsys, "tag", running.address)
    assert (code, "refuses the key from KODI_LOGIN (401)" in err) == (2, True)
    assert "wr0ng" not in err
    monkeypatch.delenv("KODI_LOGIN")
    code, _, err = call(capsys, "tag", running.address)
    assert (code, "wants a key (401)" in err) == (2, True)
    for kind in SERVERS:
        if kind != "kodi":
            other = running.address.replace("kodi", kind, 1)
            monkeypatch.setenv(SERVERS[kind].key.variable, "key")
            code, _, err = call(capsys, "tag", other)
            assert (code, len(err.splitlines())) == (2, 1)


def test_a_film_that_is_scanned_later(
    running: Kodi, movies: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = movies / "Late (2020)"
    put(home / "film.mkv", bytes(100))
    put(home / "movie.nfo", nfo("movie", "Late"))
    words = ("tag", movies, "--write", "--refresh", running.address)
    _, _, err = call(capsys, *words)
    assert "1 film not known" in err
    assert "Late (2020)/movie.nfo" in err
    running.call("VideoLibrary.Scan", showdialogs=False)
    wait_for(lambda: "Late" in running.genres())
    _, _, err = call(capsys, *words)
    assert "1 film shown by" in err
    assert running.genres()["Late"]
