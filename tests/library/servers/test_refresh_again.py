"""A watched library's servers: told of films as they are written, asked again for the rest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cinegenre.cli.tag_refresh import Again
from cinegenre.errors import UserError
from cinegenre.library.servers.pending import Pending
from cinegenre.library.servers.places import Mapping
from cinegenre.library.servers.refresh import refresher

from ..fake import films, nfo, put
from ..test_watch import watching
from .fake_server import FakeFilm, FakeServer
from .made import checked
from .test_refresh import KINDS, TOLD, name, showing, write


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return films(tmp_path / "films", 2)


def asked_again(
    kind: str, fake: FakeServer, library: Path, sleep: Callable[[float], None] = lambda _: None
) -> Again:
    mapping = Mapping.parse([f"/mnt/films={library}"])
    return Again([refresher(checked(kind, fake), library, mapping)], sleep)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_known_yet_is_asked_for_again(
    kind: str, library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with showing(kind, library) as fake:
        write(library)
        servers = asked_again(kind, fake, library)
        assert servers.wants
        servers.run([], as_json=False)
        assert "2 films shown by" in capsys.readouterr().err
        assert not servers.wants
        put(library / "New" / "movie.nfo", nfo())
        write(library)
        servers.run(["New/movie.nfo"], as_json=False)
        assert "1 film not known" in capsys.readouterr().err
        assert servers.wants
        servers.run([], as_json=False)  # said once
        assert capsys.readouterr().err == ""
        new = FakeFilm("9", "New", "/mnt/films/New/film.mkv", nfo=library / "New" / "movie.nfo")
        fake.films["9"] = new
        servers.run([], as_json=True)
        out, err = capsys.readouterr()
        assert '"path": "New/movie.nfo", "status": "shown"' in out
        assert (err.count("1 film shown by"), new.genres) == (1, TOLD)
        assert not servers.wants


def test_only_what_is_new_is_looked_at(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with showing("kodi", library) as fake:
        write(library)
        servers = asked_again("kodi", fake, library)
        servers.run([], as_json=False)
        # All that was ever written takes long to read.
        monkeypatch.delattr(Pending, "_records")
        put(library / name(0), nfo("Western"))
        servers.run([name(0)], as_json=False)
        assert sorted(film.genres for film in fake.films.values()) == [TOLD, ["Western"]]


def test_a_server_that_fails_is_asked_again(library: Path) -> None:
    with showing("jellyfin", library) as fake:
        write(library)
        servers = asked_again("jellyfin", fake, library)
        shown, fake.films = fake.films, {}
        with pytest.raises(UserError, match="has no films"):
            servers.run([], as_json=False)
        assert servers.wants
        fake.films = shown
        servers.run([], as_json=False)
        assert not servers.wants
        assert [film.genres for film in fake.films.values()] == [TOLD] * 2


def test_the_wait_for_a_server_can_be_ended(library: Path) -> None:
    class Ended(Exception):
        pass

    def sleep(seconds: float) -> None:
        raise Ended

    with showing("kodi", library) as fake:
        write(library)
        with pytest.raises(Ended):
            asked_again("kodi", fake, library, sleep).run([], as_json=False)


def test_watched_and_refreshed(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in library.glob("*/movie.nfo"):
        put(path, nfo("SCI FI"))
    with showing("kodi", library) as fake:
        monkeypatch.setenv("KODI_LOGIN", fake.key)
        words = ("--clean", "--write", "--refresh", f"kodi+{fake.base}", "--server-path",
                 f"/mnt/films={library}")  # fmt: skip
        with watching(library, *words) as run:
            assert any("2 films shown by" in line for line in run.until("watching"))
            put(library / name(0), nfo("Dramma"))
            assert run.next().startswith("written: Alien (1999): Drama")
            assert run.next().startswith("1 film shown by")
            assert run.end() == 0
        assert ["Drama"] in [film.genres for film in fake.films.values()]
