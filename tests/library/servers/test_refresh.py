"""Files are written, and each kind of server made to show it; from the command line, too."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from cinegenre.errors import UserError
from cinegenre.library import tag, undo, writer
from cinegenre.library.servers import SERVERS, refresh
from cinegenre.library.servers.http import Down
from cinegenre.library.servers.places import Mapping
from cinegenre.library.servers.refresh import Refresher, Told, refresher
from cinegenre.tagger import Tagger

from ...cli.test_cli import call, failed
from ..fake import FakeTagger, films, nfo, put
from .fake_server import FakeFilm, FakeServer
from .made import checked, faked

KINDS = sorted(SERVERS)
TOLD = ["Science Fiction", "Horror", "Action"]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return films(tmp_path / "films", 4)


@contextmanager
def showing(kind: str, library: Path, root: str = "/mnt/films") -> Iterator[FakeServer]:
    """A fake server that has scanned a library, which it calls by another name."""
    there = [
        FakeFilm(str(number), path.parent.name, f"{root}/{path.parent.name}/film.mkv", nfo=path)
        for number, path in enumerate(sorted(library.glob("*/movie.nfo")), 1)
    ]
    with faked(kind, there) as fake:
        yield fake


def write(library: Path) -> None:
    with writer(library) as writing:
        assert list(tag(library, cast(Tagger, FakeTagger()), writer=writing))


class Clock:
    """Time that passes only while one sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def __call__(self) -> float:
        return self.now


def ours(kind: str, fake: FakeServer, library: Path, mapping: str | None = None) -> Refresher:
    made = refresher(checked(kind, fake), library,
                     Mapping.parse([mapping or f"/mnt/films={library}"]))  # fmt: skip
    clock = Clock()
    return Refresher(made.server, made.pending, made.mapping, made.roots, clock.sleep, clock)


def told(made: Refresher) -> dict[str, str]:
    return {each.path: each.status for each in made.run(list(made.pending.changed()))}


def name(number: int) -> str:
    return f"Film {number:03} (1999)/movie.nfo"


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_written_is_shown(kind: str, library: Path) -> None:
    with showing(kind, library) as fake:
        assert list(ours(kind, fake, library).pending.changed()) == []
        write(library)
        assert told(ours(kind, fake, library)) == {name(n): "shown" for n in range(4)}
        assert [film.genres for film in fake.films.values()] == [TOLD] * 4
        # Once shown, no more is asked.
        assert list(ours(kind, fake, library).pending.changed()) == []
        undo(library)
        assert told(ours(kind, fake, library)) == {name(n): "shown" for n in range(4)}
        assert not any(film.genres for film in fake.films.values())


@pytest.mark.parametrize("kind", KINDS)
def test_what_it_shows_already_is_not_asked_for(kind: str, library: Path) -> None:
    write(library)
    with showing(kind, library) as fake:
        for film in fake.films.values():
            film.genres = ["science fiction", "Action", "HORROR"]
        assert set(told(ours(kind, fake, library)).values()) == {"shown"}
        asked = [each for each in fake.requests if "efresh" in f"{each.path}{each.body}"]
        assert not asked


@pytest.mark.parametrize("kind", KINDS)
def test_films_that_it_does_not_know_locks_or_fails_at(kind: str, library: Path) -> None:
    write(library)
    with showing(kind, library) as fake:
        del fake.films["1"]
        fake.films["2"].locked = True
        fake.broken = {"3"}
        said = told(ours(kind, fake, library))
        left = "left" if SERVERS[kind].locks else "late"
        assert said == {name(0): "unknown", name(1): left, name(2): "failed", name(3): "shown"}
        assert [each.path for each in ours(kind, fake, library).pending.changed()] == [
            name(number) for number in range(3)
        ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_that_never_shows_it(
    kind: str, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresh, "CHUNK", 2)
    write(library)
    with showing(kind, library) as fake:
        fake.deaf = True
        made = ours(kind, fake, library)
        said = list(made.run(list(made.pending.changed())))
        assert [each.why for each in said] == [
            *["shows none still"] * 2,
            *["not asked for: none of those before was shown"] * 2,
        ]
        assert refresh.PATIENCE < cast(Clock, made.clock).now < 2 * refresh.PATIENCE
        fake.deaf = False
        assert set(told(ours(kind, fake, library)).values()) == {"shown"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_that_dies_in_the_middle(
    kind: str, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresh, "CHUNK", 1)
    write(library)
    with showing(kind, library) as fake:
        said: list[Told] = []
        made = ours(kind, fake, library)
        with pytest.raises(Down, match="does not answer"):
            for each in made.run(list(made.pending.changed())):
                said.append(each)
                if len(said) == 2:
                    fake.faults = ["reset"] * 1000
        fake.faults = []
        assert told(ours(kind, fake, library)) == {name(2): "shown", name(3): "shown"}


def test_a_run_that_was_killed_is_shown_too(library: Path) -> None:
    with pytest.raises(KeyboardInterrupt), writer(library) as writing:
        for number, _ in enumerate(tag(library, cast(Tagger, FakeTagger()), writer=writing)):
            if number == 1:
                raise KeyboardInterrupt
    with showing("plex", library) as fake:
        assert told(ours("plex", fake, library)) == {name(0): "shown", name(1): "shown"}


def test_a_server_elsewhere(library: Path) -> None:
    write(library)
    with showing("kodi", library) as fake:
        with pytest.raises(UserError, match=r"has nothing in .*, but /mnt/films/Film 000"):
            told(ours("kodi", fake, library, "/other=/films"))
        fake.films = {}
        with pytest.raises(UserError, match="has no films: scan its library"):
            told(ours("kodi", fake, library))


def test_a_library_behind_a_link(library: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    try:
        link.symlink_to(library)
    except OSError:
        pytest.skip("no links here")
    write(link)
    for root in (link, library):
        with showing("kodi", library, str(root)) as fake:
            made = ours("kodi", fake, link, "/none=/none")
            made.pending.file.unlink(missing_ok=True)
            assert set(told(made).values()) == {"shown"}


def test_files_that_others_changed_or_removed(library: Path) -> None:
    write(library)
    with showing("kodi", library) as fake:
        put(library / name(0), nfo("Drama"))
        put(library / name(1), b"<movie>")
        (library / name(2)).unlink()
        assert told(ours("kodi", fake, library)) == {name(0): "shown", name(3): "shown"}
        assert fake.films["5"].genres == ["Drama"]


Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def typed(
    library: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Typed:
    """`cinegenre tag` with a model that tells the same of every film."""
    monkeypatch.setattr("cinegenre.cli.tag_run._tagger", lambda _: FakeTagger())

    def run(*words: Any) -> tuple[int, str, str]:
        return call(capsys, "tag", library, *words)

    return run


@pytest.mark.parametrize("kind", KINDS)
def test_on_the_command_line(
    kind: str, library: Path, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    with showing(kind, library) as fake:
        server = f"{kind}+{fake.base}"
        monkeypatch.setenv(SERVERS[kind].key.variable, fake.key)
        del fake.films["1"]
        words = ("--refresh", server, "--server-path", f"/mnt/films={library}")
        code, _, err = typed("--write", *words)
        assert code == 0
        assert f"3 films shown by {server}" in err
        assert f"1 film not known (scan its library, then run again) to {server}" in err
        assert "Film 000 (1999)/movie.nfo" in err
        code, out, err = typed("--undo", "--json", *words)
        assert [json.loads(line) for line in out.splitlines()[1:]] == [
            {"server": server, "path": name(number), "status": status}
            for number, status in ((0, "unknown"), (1, "shown"), (2, "shown"), (3, "shown"))
        ]
        assert fake.key not in err


def test_one_server_of_two_is_down(
    library: Path, typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    with showing("kodi", library, str(library)) as up, showing("plex", library) as down:
        servers = f"plex+{down.base}", f"kodi+{up.base}"
        keys = put(tmp_path / "keys", f"plex {down.key}\nkodi {up.key}\n".encode())
        answer = down.answer

        def dies(request: Any) -> Any:
            said = answer(request)
            down.faults = ["reset"] * 1000
            return said

        down.answer = dies  # type: ignore[method-assign]
        code, _, err = typed("--write", "--key-file", keys, "--refresh", servers[0],
                             "--refresh", servers[1])  # fmt: skip
        assert code == 2
        assert f"4 films shown by {servers[1]}" in err
        assert f"{servers[0]} does not answer" in err
        assert "run again to go on with --refresh" in err


def test_a_wrong_key_is_found_before_anything_is_written(
    library: Path, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    with showing("plex", library) as fake:
        monkeypatch.setenv("PLEX_TOKEN", "wrong")
        code, _, err = typed("--write", "--refresh", f"plex+{fake.base}")
    assert (code, "refuses the key from PLEX_TOKEN (401)" in err) == (2, True)
    assert not (library / ".cinegenre").exists()


def test_bad_words(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def fails(*words: Any) -> str:
        return failed(capsys, "tag", library, *words)

    assert "--refresh is given without --write" in fails("--refresh", "kodi+http://h")
    assert "--key-file is given without --refresh" in fails("--key-file", "k")
    assert "did you mean 'kodi'" in fails("--write", "--refresh", "kody+http://h")
    assert "is not a pair" in fails("--write", "--refresh", "kodi+http://h", "--server-path", "x")
