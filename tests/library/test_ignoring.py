"""Marks in folders and --exclude leave out what they name, and nothing else."""

from __future__ import annotations

from pathlib import Path
from unicodedata import normalize

import pytest

from cinegenre.errors import UserError
from cinegenre.library.passed import Passed, Why
from cinegenre.library.walk import walk

from .fake import nfo, put

FILES = ("A (1)/a.mkv", "A (1)/a.nfo", "B/C (2)/c.avi", "B/C (2)/c.nfo", "B/D (3)/d.mkv",
         "B/D (3)/Bits/x.mkv", "Été/e.mkv")  # fmt: skip
FILMS = {"A (1)/a.nfo", "B/C (2)/c.nfo", "B/D (3)/d.nfo", "B/D (3)/Bits/x.nfo", "Été/e.nfo"}


@pytest.fixture
def library(tmp_path: Path) -> Path:
    for name in FILES:
        put(tmp_path / name, nfo() if name.endswith(".nfo") else b"")
    return tmp_path


def left(library: Path, *exclude: str) -> set[str]:
    items = walk(library, exclude)
    return FILMS - {item.create.relative_to(library).as_posix() for item in items}


IN_B = {"B/C (2)/c.nfo", "B/D (3)/d.nfo", "B/D (3)/Bits/x.nfo"}
MARKS: dict[str, tuple[str, str, set[str]]] = {
    "nomedia": ("B/.nomedia", "", IN_B),
    "nomedia with text": ("B/D (3)/.nomedia", "x", {"B/D (3)/d.nfo", "B/D (3)/Bits/x.nfo"}),
    "ignore": ("B/.ignore", "", IN_B),
    "ignore, blank": ("B/.ignore", " \n\n", IN_B),
    "ignore, in capitals": ("B/.Ignore", "", IN_B),
    "ignore, comments alone": ("B/.ignore", "# nothing\n", set()),
    "ignore with a folder": (".ignore", "Bits/\n", {"B/D (3)/Bits/x.nfo"}),
    "ignore with a path": (".ignore", "/B/*\n!/B/C (2)/\n", IN_B - {"B/C (2)/c.nfo"}),
    "ignore with names": ("B/.ignore", "\ufeffc.*\r\nd.mkv\r\n", {"B/C (2)/c.nfo",
                                                                  "B/D (3)/d.nfo"}),
    "plexignore, all": ("B/.plexignore", "*", IN_B),
    "plexignore, a name": (".plexignore", "# a\nD.MKV\n", {"B/D (3)/d.nfo"}),
    "plexignore, a folder's": (".plexignore", "B/D*/*\n", {"B/D (3)/d.nfo",
                                                           "B/D (3)/Bits/x.nfo"}),
    "plexignore, its own folder": ("B/.plexignore", "Bits/*\n", set()),
    "plexignore, a slash before": ("B/.plexignore", "/D (3)/Bits/*\n", {"B/D (3)/Bits/x.nfo"}),
    "plexignore, no negation": (".plexignore", "d.mkv\n!d.mkv\n\\\n", {"B/D (3)/d.nfo"}),
    "another Unicode form": (".plexignore", normalize("NFD", "Été/*"), {"Été/e.nfo"}),
}  # fmt: skip


@pytest.mark.parametrize("name", MARKS)
def test_marks(library: Path, name: str) -> None:
    path, text, gone = MARKS[name]
    put(library / path, text.encode())
    assert left(library) == gone


@pytest.mark.parametrize(("patterns", "gone"), [
    (["B"], IN_B), (["b/"], IN_B), (["B/**"], IN_B), (["*.mkv"], FILMS - {
        "A (1)/a.nfo", "B/C (2)/c.nfo"}), (["*.mkv", "*.nfo"], FILMS - {"B/C (2)/c.nfo"}),
    (["Bits", "A (1)"], {"B/D (3)/Bits/x.nfo", "A (1)/a.nfo"}), ([""], set()), (["Ete"], set()),
])  # fmt: skip
def test_exclude(library: Path, patterns: list[str], gone: set[str]) -> None:
    assert left(library, *patterns) == gone


@pytest.mark.parametrize("inner", ["B", "B/", "B/**"])
def test_exclude_may_begin_with_the_librarys_path(library: Path, inner: str) -> None:
    assert left(library, f"{library.as_posix()}/{inner}") == IN_B
    assert left(library, f"{library.as_posix()}x/{inner}") == set()


def test_what_is_left_out_is_counted(library: Path) -> None:
    put(library / "A (1)" / ".nomedia")
    passed = Passed()
    list(walk(library, ["Bits"], passed))
    assert passed.counts == {Why.IGNORED: 1, Why.EXCLUDED: 1}
    assert passed.first == {Why.IGNORED: "A (1)/.nomedia", Why.EXCLUDED: "B/D (3)/Bits"}


@pytest.mark.parametrize("pattern", ["!", "\\", "/", "//"])
def test_a_pattern_that_says_nothing_is_an_error(library: Path, pattern: str) -> None:
    with pytest.raises(UserError, match="is not a pattern"):
        left(library, pattern)


def test_the_library_itself_may_be_marked(library: Path) -> None:
    put(library / ".nomedia")
    passed = Passed()
    assert list(walk(library, (), passed)) == []
    assert "left out by a mark (.nomedia): take it out of .ignore" in str(passed.nothing(library))
