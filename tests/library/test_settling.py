"""What is to be looked at for a change, and when it has settled."""

from __future__ import annotations

from pathlib import Path

import pytest

from cinegenre.library.scope import ALL, NOTHING, Scope
from cinegenre.library.settling import Settling
from cinegenre.library.walk import walk

from .fake import nfo, put


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def library(tmp_path: Path) -> Path:
    library = tmp_path.resolve() / "films"
    put(library / "a" / "Alien (1979)" / "movie.nfo", nfo())
    put(library / "a" / "Alien (1979)" / "Extras" / "x.mkv")
    put(library / "a" / "Disc (1999)" / "VIDEO_TS" / "video_ts.vob")
    put(library / "b" / "Show" / "tvshow.nfo", nfo(root="tvshow"))
    put(library / "b" / "Show" / "Season 1" / "S01E01.mkv")
    put(library / "flat.mkv")
    return library


@pytest.mark.parametrize(("path", "folders"), [
    ("a/Alien (1979)/movie.nfo", {"a/Alien (1979)": False}),
    ("a/Alien (1979)/gone.jpg", {"a/Alien (1979)": False}),
    ("a/Alien (1979)", {"a/Alien (1979)": True}),
    ("a/gone", {"a": False}),
    ("a/.nomedia", {"a": True}),
    ("a/Disc (1999)/VIDEO_TS/video_ts.vob", {"a/Disc (1999)": False}),
    ("a/Disc (1999)/VIDEO_TS", {"a/Disc (1999)": False}),
    ("a/Parts (1999)/CD1/x.avi", {"a/Parts (1999)": False, "a/Parts (1999)/CD1": False}),
    ("a/Parts (1999)/CD1/VIDEO_TS/x.vob", {"a/Parts (1999)": False, "a/Parts (1999)/CD1": False}),
    ("CD1", {"": False, "CD1": True}),
    ("flat.mkv", {"": False}),
    ("", {"": True}),
    ("../elsewhere/film.mkv", {"": True}),
])  # fmt: skip
def test_what_a_change_means(library: Path, path: str, folders: dict[str, bool]) -> None:
    clock = Clock()
    put(library / "CD1" / "x.avi")
    settling = Settling(library, 5, clock)
    changed = library / path if path[:1] != "." else library.parent / path[3:]
    settling.add([str(changed)])
    assert settling.settled() is None
    clock.now += 5
    assert settling.settled() == Scope(folders)
    assert settling.settled() is None


def test_what_keeps_changing_has_not_settled(library: Path) -> None:
    clock, home = Clock(), library / "a" / "Alien (1979)"
    settling = Settling(library, 5, clock)
    settling.add([str(home / "film.mkv")])
    settling.add([str(library / "flat.mkv")])
    for size in range(3):
        clock.now += 4
        put(home / "film.mkv", bytes(size))
        settling.add([str(home / "film.mkv")])  # the system tells
    assert settling.settled() == Scope({"": False})
    for size in range(3, 6):
        clock.now += 6
        put(home / "film.mkv", bytes(size))  # it does not
        assert settling.settled() is None
    clock.now += 4
    assert settling.settled() is None
    clock.now += 1
    assert settling.settled() == Scope({"a/Alien (1979)": False})


def test_a_folder_that_is_being_filled(library: Path) -> None:
    clock, home = Clock(), library / "New (2000)"
    home.mkdir()
    settling = Settling(library, 5, clock)
    settling.add([str(home)])
    clock.now += 5
    put(home / "inner" / "film.mkv")
    assert settling.settled() is None
    settling.add([str(home / "poster.jpg")])  # still all of it
    clock.now += 5
    assert settling.settled() == Scope({"New (2000)": True})


@pytest.mark.parametrize(("scope", "found"), [
    (ALL, {"Alien", "Disc", "Show", "flat"}),
    (NOTHING, set()),
    (Scope({"": False}), {"flat"}),
    (Scope({"a": False}), set()),
    (Scope({"a": True}), {"Alien", "Disc"}),
    (Scope({"a/Disc (1999)": False, "b": True}), {"Disc", "Show"}),
    (Scope({"b/Show/Season 1": True}), set()),
    (Scope({"a/Alien (1979)/Extras": True}), set()),
    (Scope({"nowhere": True}), set()),
])  # fmt: skip
def test_a_walk_through_a_part(library: Path, scope: Scope, found: set[str]) -> None:
    assert {item.title for item in walk(library, scope=scope)} == found


def test_a_mark_above_holds_in_a_part(library: Path) -> None:
    scope = Scope({"a/Alien (1979)": False})
    put(library / "a" / ".ignore", b"Alien*\n")
    assert list(walk(library, scope=scope)) == []
    assert list(walk(library, ["a/"], scope=Scope({"a": True}))) == []
