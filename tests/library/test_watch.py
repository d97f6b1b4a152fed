"""`cinegenre tag --watch` as a process of its own, over real files."""

from __future__ import annotations

import json
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cinegenre.errors import UserError
from cinegenre.library import arrivals
from cinegenre.library.arrivals import Arrivals, Stop
from cinegenre.library.scope import ALL, Scope
from cinegenre.taxonomy import TMDB

from ..cli.test_cli import call, failed
from .fake import contents, nfo, put

PATIENCE = 60.0
WINDOWS = sys.platform == "win32"


class Watching:
    """A process that watches, and its lines."""

    def __init__(self, library: Path, *words: object) -> None:
        command = [sys.executable, "-m", "cinegenre", "tag", library, "--watch", *words]
        self.process = subprocess.Popen(
            [str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            encoding="utf-8", creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )  # fmt: skip
        self.lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))

    def next(self) -> str:
        """The next line."""
        return self.lines.get(timeout=PATIENCE)

    def until(self, text: str) -> list[str]:
        """The lines to the first one with this text in it."""
        found: list[str] = []
        while not found or text not in found[-1]:
            try:
                found.append(self.next())
            except queue.Empty:
                raise AssertionError(f"no {text!r} after {found}") from None
        return found

    def end(self, number: int | None = None) -> int:
        """The exit code after a signal: that which asks a process to end, or another."""
        asks = getattr(signal, "CTRL_BREAK_EVENT", signal.SIGTERM)
        self.process.send_signal(asks if number is None else number)
        return self.process.wait(PATIENCE)


@contextmanager
def watching(library: Path, *words: object, settle: float = 0.4) -> Iterator[Watching]:
    found = Watching(library, "--settle", settle, *words)
    try:
        yield found
    finally:
        found.process.kill()
        found.process.wait()


@pytest.fixture
def library(tmp_path: Path) -> Path:
    put(tmp_path / "films" / "Old (1950)" / "movie.nfo", nfo("Krimi", title="Old"))
    return tmp_path / "films"


def arrive(library: Path, name: str) -> Path:
    """A film with a name to put in order, as one arrives: in a folder that is moved in."""
    put(library.parent / name / "movie.nfo", nfo("SCI FI", title=name))
    return (library.parent / name).rename(library / name)


NAMES = ("--clean", "--write")


@pytest.mark.parametrize("how", [(), ("--poll", 1)], ids=["notices", "polled"])
def test_films_are_done_as_they_arrive(library: Path, how: tuple[object, ...]) -> None:
    with watching(library, *NAMES, *how) as run:
        first = run.until(f"watching {library}")
        assert first[0] == "written: Old (1950): Crime (Old (1950)/movie.nfo)"
        assert "1 film written" in first[1:]
        home = arrive(library, "New (2001)")
        assert run.next() == "written: New (2001): Science Fiction (New (2001)/movie.nfo)"
        put(library / "In place" / "movie.nfo", nfo("Dramma", title="In place"))
        assert run.next() == "written: In place: Drama (In place/movie.nfo)"
        written = contents(library)
        home.rename(library / "Renamed (2001)")  # it is in order, as are those that we wrote
        time.sleep(1.5)
        arrive(library, "Last")
        assert run.next() == "written: Last: Science Fiction (Last/movie.nfo)"
        now = contents(library)
        assert now["Renamed (2001)/movie.nfo"] == written["New (2001)/movie.nfo"]
        assert b"Science Fiction" in now["Renamed (2001)/movie.nfo"]
        assert (run.end(), run.lines.qsize()) == (0, 0)


def test_a_file_that_is_being_copied(library: Path) -> None:
    data = nfo("SCI FI", title="Growing")
    with watching(library, *NAMES, settle=1) as run:
        run.until("watching")
        home = library / "Growing"
        home.mkdir()
        with (home / "movie.nfo").open("wb") as file:
            for byte in data:
                file.write(bytes([byte]))
                file.flush()
                time.sleep(3 / len(data))
        assert run.next() == "written: Growing: Science Fiction (Growing/movie.nfo)"
        # A video counts when it has its own name.
        put(home.with_name("Loading") / "film.mkv.part")
        put(home.with_name("Loading") / "film.nfo.part", nfo("SCI FI", title="Loading"))
        time.sleep(1.5)
        for path in home.with_name("Loading").iterdir():
            path.rename(path.with_suffix(""))
        assert run.next() == "written: Loading: Science Fiction (Loading/film.nfo)"


def test_a_share_that_goes_and_comes_back(library: Path) -> None:
    away = library.with_name("away")
    with watching(library, *NAMES) as run:
        run.until("watching")
        library.rename(away)
        assert run.until("has gone")[-1] == f"{library} has gone: waiting for it to come back"
        library.mkdir()  # what a share is mounted at
        time.sleep(1.5)
        assert list(library.iterdir()) == []
        library.rmdir()
        put(away / "Meanwhile" / "movie.nfo", nfo("SCI FI", title="Meanwhile"))
        away.rename(library)
        assert run.next() == f"{library} is there"
        assert run.next() == "written: Meanwhile: Science Fiction (Meanwhile/movie.nfo)"
        arrive(library, "After")
        assert run.next() == "written: After: Science Fiction (After/movie.nfo)"
        assert run.end() == 0


def test_a_library_without_a_film_yet(tmp_path: Path) -> None:
    library = tmp_path / "films"
    library.mkdir()
    with watching(library, *NAMES, "--json") as run:
        assert run.next() == f"nothing is in {library}: waiting for films"
        arrive(library, "First")
        run.until(f"{library} is there")
        row = json.loads(run.until("{")[-1])
        assert (row["status"], row["path"], row["proposed"]) == (
            "written", "First/movie.nfo", ["Science Fiction"])  # fmt: skip


def test_predicted_and_told_anew_with_its_poster(library: Path) -> None:
    # One name for all genres, so that the test asks nothing of the model's taste.
    names = put(library.parent / "map.yaml", "\n".join(f"{name}: Any" for name in TMDB).encode())
    plot = "  <plot>A ghost haunts the old house and kills everyone who comes near.</plot>\n"
    with watching(library, "--write", "--map", names) as run:
        run.until("watching")
        home = library.parent / "Ghost"
        put(home / "movie.nfo", nfo(title="The Ghost", more=plot))
        home = home.rename(library / "Ghost")
        said = run.next()
        assert said.startswith("written: The Ghost: Any 0.")
        assert said.endswith("(from title, overview; Ghost/movie.nfo)")
        poster = Path(__file__).parents[2] / "examples" / "posters" / "orbit.jpg"
        shutil.copy(poster, home / "poster.jpg")
        assert run.next().endswith("(Ghost/movie.nfo: has them all: its poster changes nothing)")
        assert run.end() == 0
    assert (library / "Ghost" / "movie.nfo").read_bytes().count(b"<genre>") == 1


def test_another_run_may_write_meanwhile(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with watching(library, *NAMES) as run:
        run.until("watching")
        before = contents(library)
        code, out, _ = call(capsys, "tag", "--undo", library)
        assert (code, "1 file restored" in out) == (0, True)
        assert run.next() == "left alone: Old (1950) (Old (1950)/movie.nfo: was taken back)"
        assert b"Krimi" in (library / "Old (1950)" / "movie.nfo").read_bytes()
        assert call(capsys, "tag", library, *NAMES)[0] == 0
        arrive(library, "New")
        assert run.until("New")[-1] == "written: New: Science Fiction (New/movie.nfo)"
        assert before.items() <= contents(library).items()


@pytest.mark.skipif(WINDOWS, reason="Windows cannot send Ctrl-C to one process alone")
def test_ctrl_c(library: Path) -> None:
    with watching(library, "--clean") as run:
        run.until("watching")
        assert run.end(signal.SIGINT) == 130
        assert run.lines.get(timeout=PATIENCE) == "error: interrupted"
    assert not (library / ".cinegenre").exists()


def test_bad_input(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "no folder" in failed(capsys, "tag", tmp_path / "none", "--watch")
    for words, said in {
        ("--settle", 3): "--settle is given without --watch: add --watch",
        ("--poll", 3): "--poll is given without --watch: add --watch",
        ("--watch", "--undo"): "--watch and --undo are given",
        ("--watch", "--refresh", "kodi+http://127.0.0.1:9"): "--refresh is given without --write",
        ("--watch", "--poll", 0): "0",
        ("--watch", "--settle", -1): "-1",
    }.items():
        assert said in failed(capsys, "tag", tmp_path, *words)
    said = failed(capsys, "tag", "kodi+http://127.0.0.1:9", "--watch")
    assert "--watch is given with a server" in said


class Taken:
    """What arrivals gave, one after the other."""

    def __init__(self, library: Path, said: list[str]) -> None:
        self.stop = Stop()
        self.arrivals = Arrivals(library, self.stop, said.append, quiet=0.2)
        self.scopes = self.arrivals.scopes()

    def next(self) -> Scope:
        return next(self.scopes)


def test_all_is_looked_at_now_and_then(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "ALL_AGAIN", 0.5)
    taken = Taken(library, [])
    assert [taken.next(), taken.next()] == [ALL, ALL]


def test_what_failed_is_given_again(library: Path) -> None:
    taken = Taken(library, [])
    assert taken.next() == ALL
    taken.arrivals.again(Scope({"a": False}), 0.1)
    taken.arrivals.again(Scope({"b": True}), 0.3)
    taken.arrivals.again(Scope({"b": True}), 0.1)
    found = {**taken.next().folders}
    while len(found) < 2:
        found |= taken.next().folders
    assert found == {"a": False, "b": True}
    taken.stop.wanted = True
    assert list(taken.scopes) == []


@pytest.mark.parametrize("error", [
    OSError(28, "No space left on device"),
    OSError("OS file watch limit reached."),
], ids=str)  # fmt: skip
def test_a_system_that_cannot_watch(
    library: Path, error: OSError, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> Iterator[set[tuple[int, str]]]:
        raise error
        yield set()

    monkeypatch.setattr("watchfiles.watch", broken)
    with pytest.raises(UserError, match=r"cannot be watched .*: give --poll 60"):
        Taken(library, []).next()
