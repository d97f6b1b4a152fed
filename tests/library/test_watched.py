"""A library that is looked at again and again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, cast

import pytest

from cinegenre.library import Options, Policy, Row, Writer, undo, writer
from cinegenre.library.scope import ALL, Scope
from cinegenre.library.watched import Memory, WatchedLibrary
from cinegenre.tagger import Tagger

from .fake import SAID, FakeTagger, contents, nfo, put

GENRES = tuple(SAID)


class Looking:
    """Looks at one library, with one memory."""

    def __init__(self, library: Path, **options: Any) -> None:
        self.library = library
        self.memory = Memory()
        self.options = Options(**options)
        self.tagger = FakeTagger()
        self.journals = 0

    def __call__(self, scope: Scope = ALL, *, dry: bool = False) -> list[tuple[str, str]]:
        """The rows as path and status, with why."""
        return [(row.path, f"{row.status} {row.why}".strip()) for row in self.rows(scope, dry)]

    def rows(self, scope: Scope = ALL, dry: bool = False) -> list[Row]:
        with ExitStack() as stack:

            def opens() -> Writer:
                self.journals += 1
                return stack.enter_context(writer(self.library))

            films = WatchedLibrary(self.library, create=self.options.create, scope=scope,
                                   memory=self.memory, opens=None if dry else opens)  # fmt: skip
            return list(films.rows(cast(Tagger, self.tagger), self.options))


@pytest.fixture
def film(tmp_path: Path) -> Path:
    put(tmp_path / "Alien (1979)" / "film.mkv")
    return put(tmp_path / "Alien (1979)" / "movie.nfo", nfo())


PATH = "Alien (1979)/movie.nfo"


def test_each_film_once(tmp_path: Path, film: Path) -> None:
    look = Looking(tmp_path)
    assert look() == [(PATH, "written")]
    written = contents(tmp_path)
    assert (look(), look.journals) == ([], 1)
    put(tmp_path / "New" / "movie.nfo", nfo("Drama", title="New"))
    put(tmp_path / "Other" / "movie.nfo", nfo(title="Other"))
    assert look(Scope({"New": False})) == [("New/movie.nfo", "left has genres")]
    assert (look(Scope({"New": True})), look.journals) == ([], 1)
    assert look() == [("Other/movie.nfo", "written")]
    assert {name: contents(tmp_path)[name] for name in written} == written
    assert len(look.tagger.films) == 2


def test_shown_once_where_nothing_is_written(tmp_path: Path, film: Path) -> None:
    look = Looking(tmp_path)
    before = contents(tmp_path)
    assert look(dry=True) == [(PATH, "change")]
    assert look(dry=True) == []
    assert (contents(tmp_path), (tmp_path / ".cinegenre").exists()) == (before, False)


def test_a_film_that_was_not_whole(tmp_path: Path, film: Path) -> None:
    look = Looking(tmp_path)
    put(film, nfo()[:20])
    [(_, said)] = look()
    assert said.startswith("error")
    assert look(Scope({"Alien (1979)": False})) == []
    [(_, said)] = look(ALL)  # now and then all is tried again
    assert said.startswith("error")
    put(film, nfo())
    assert look(Scope({"Alien (1979)": False})) == [(PATH, "written")]


def test_a_poster_that_comes_later(tmp_path: Path, film: Path) -> None:
    before = contents(tmp_path)
    look = Looking(tmp_path)
    assert look() == [(PATH, "written")]
    look.tagger.said = {"Drama": 0.9}
    put(film.with_name("poster.jpg"), b"x")
    [row] = look.rows()
    assert (row.status, row.genres, row.proposed) == ("written", (), ("Drama",))
    assert b"<genre>Drama</genre>\n</movie>" in film.read_bytes()
    assert b"Horror" not in film.read_bytes()
    assert [one.poster is None for one in look.tagger.films] == [True, False]
    put(film.with_name("poster.jpg"), b"another")
    assert look() == [(PATH, "left has genres")]
    undo(tmp_path)
    assert b"Horror" in film.read_bytes()
    undo(tmp_path)
    film.with_name("poster.jpg").unlink()
    assert contents(tmp_path) == before


def test_a_poster_that_changes_nothing(tmp_path: Path, film: Path) -> None:
    look = Looking(tmp_path)
    look()
    written = contents(tmp_path)
    put(film.with_name("poster.jpg"))
    assert look() == [(PATH, "left has them all: its poster changes nothing")]
    assert look() == []
    assert contents(tmp_path) == written | {"Alien (1979)/poster.jpg": b""}


def test_a_poster_of_a_film_that_someone_changed(tmp_path: Path, film: Path) -> None:
    look = Looking(tmp_path)
    look()
    mine = nfo("Horror", title="Mine")
    put(film, mine)
    put(film.with_name("poster.jpg"))
    assert look() == [(PATH, "left has genres")]
    assert film.read_bytes() == mine


@pytest.mark.parametrize("policy", Policy)
def test_a_poster_under_each_policy(tmp_path: Path, film: Path, policy: Policy) -> None:
    put(film, nfo("War") if policy is not Policy.MISSING_ONLY else nfo())
    now = () if policy is Policy.MISSING_ONLY else ("War",)
    look = Looking(tmp_path, policy=policy)
    [row] = look.rows()
    assert (row.status, row.genres) == ("written", now)
    look.tagger.said = {"Drama": 0.9}
    put(film.with_name("poster.jpg"))
    [row] = look.rows()
    assert (row.status, row.genres, row.proposed) == ("written", now, ("Drama",))
    genres = ("War", "Drama") if policy is Policy.ADD else ("Drama",)
    assert film.read_bytes() == nfo(*genres)


def test_an_nfo_that_was_created(tmp_path: Path) -> None:
    look = Looking(tmp_path, create=True)
    home = tmp_path / "Alien (1979)"
    put(home / "film.mkv")
    name = "Alien (1979)/film.nfo"
    assert look() == [(name, "written")]
    first = (home / "film.nfo").read_bytes()
    assert look() == []
    look.tagger.said = {"Drama": 0.9}
    put(home / "poster.jpg")
    assert look() == [(name, "written")]
    assert b"<genre>Drama</genre>" in (home / "film.nfo").read_bytes()
    assert b"Horror" not in (home / "film.nfo").read_bytes()
    undo(tmp_path)
    assert (home / "film.nfo").read_bytes() == first
    undo(tmp_path)
    assert not (home / "film.nfo").exists()
    assert look() == [(name, "left was taken back")]


def test_what_was_taken_back_stays_so(tmp_path: Path, film: Path) -> None:
    look = Looking(tmp_path)
    before = contents(tmp_path)
    look()
    undo(tmp_path)
    assert look() == [(PATH, "left was taken back")]
    assert (look(), contents(tmp_path)) == ([], before)
    put(film, nfo(title="Another film"))
    assert look() == [(PATH, "written")]


def _renamed(home: Path) -> None:
    home.rename(home.with_name("Aliens (1986)"))


def _removed(home: Path) -> None:
    for path in home.iterdir():
        path.unlink()
    home.rmdir()


@pytest.mark.parametrize(("change", "after"), [
    (_renamed, [("Aliens (1986)/movie.nfo", "left has genres")]),
    (_removed, []),
])  # fmt: skip
def test_memory_keeps_what_is_there(
    tmp_path: Path, film: Path, change: Callable[[Path], None], after: list[tuple[str, str]]
) -> None:
    look = Looking(tmp_path)
    look()
    change(film.parent)
    assert look() == after
    memory = look.memory
    assert set(memory.looks) == {path for path, _ in after}
    assert (memory.before, memory.early, memory.failed) == ({}, {}, set())


def test_names_in_order_as_they_come(tmp_path: Path, film: Path) -> None:
    put(film, nfo("SCI FI"))
    look = Looking(tmp_path, clean=True)
    look.tagger = cast(FakeTagger, None)
    assert look() == [(PATH, "written")]
    put(film.with_name("poster.jpg"))
    assert look() == [(PATH, "left its names are in order")]
