"""What is found in a library, and what its names say."""

from __future__ import annotations

import os
import sys
import unicodedata
from pathlib import Path

import pytest

from cinegenre.errors import UserError
from cinegenre.library.passed import Passed, Why
from cinegenre.library.walk import Item, walk

from .fake import nfo, put


def found(library: Path) -> dict[str, Item]:
    items = list(walk(library))
    named = {(item.nfo or item.create).relative_to(library).as_posix(): item for item in items}
    assert len(named) == len(items)
    return named


def name(path: Path | None) -> str | None:
    return path and path.name


def links() -> bool:
    return sys.platform != "win32"


def test_a_folder_a_film(tmp_path: Path) -> None:
    home = tmp_path / "a" / "Alien (1979)"
    put(home / "Alien.1979.1080p.mkv")
    put(home / "alien.1979.1080p-trailer.mkv")
    put(home / "movie.nfo")
    put(home / "Alien.1979.1080p.nfo")
    put(home / "release-group.nfo")
    put(home / "Folder.JPG")
    put(home / "cover.png")
    put(home / "trailers" / "one.mkv")
    put(home / "._Alien.1979.1080p.mkv")
    items = found(tmp_path)
    both = ["a/Alien (1979)/Alien.1979.1080p.nfo", "a/Alien (1979)/movie.nfo"]
    other = "a/Alien (1979)/release-group.nfo"
    assert list(items) == [*both, other]
    for path in both:
        assert (items[path].title, items[path].year) == ("Alien", 1979)
        assert name(items[path].poster) == "Folder.JPG"
    assert not items[other].named


def test_flat(tmp_path: Path) -> None:
    for file in ("A (1990).mkv", "A (1990).nfo", "A (1990)-poster.webp", "B.avi", "B.jpg",
                 "folder.jpg", "C-cd1.avi", "C-cd2.avi", "C.nfo", "S01E02.mkv"):  # fmt: skip
        put(tmp_path / file)
    items = found(tmp_path)
    assert [(path, item.nfo is None, name(item.poster)) for path, item in items.items()] == [
        ("A (1990).nfo", False, "A (1990)-poster.webp"),
        ("B.nfo", True, "B.jpg"),
        ("C.nfo", False, None),
    ]


def test_discs_versions_and_shows(tmp_path: Path) -> None:
    put(tmp_path / "D (1)" / "VIDEO_TS" / "VIDEO_TS.nfo")
    put(tmp_path / "D (1)" / "VIDEO_TS" / "VTS_01_1.VOB")
    put(tmp_path / "E" / "E - 4K.mkv")
    put(tmp_path / "E" / "E - 1080p.mkv")
    put(tmp_path / "E" / "E.nfo")
    put(tmp_path / "Show" / "tvshow.nfo")
    put(tmp_path / "Show" / "poster.png")
    put(tmp_path / "Show" / "Season 1" / "S01E01.mkv")
    put(tmp_path / "Show" / "Season 1" / "S01E01.nfo")
    put(tmp_path / "Bare show" / "Bare 1x01.mkv")
    items = found(tmp_path)
    assert list(items) == ["D (1)/VIDEO_TS/VIDEO_TS.nfo", "E/E.nfo", "Show/tvshow.nfo"]
    assert items["Show/tvshow.nfo"].kind == "tvshow"
    assert name(items["Show/tvshow.nfo"].poster) == "poster.png"


def test_one_films_folder_may_be_the_library(tmp_path: Path) -> None:
    home = tmp_path / "Alien (1979)"
    put(home / "x.mkv")
    put(home / "movie.nfo")
    [item] = walk(home)
    assert (item.title, item.year, name(item.nfo)) == ("Alien", 1979, "movie.nfo")


@pytest.mark.skipif(not links(), reason="links need a right on Windows")
def test_links_out_of_the_library_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    put(outside / "Film (1999)" / "movie.nfo", nfo())
    put(outside / "poster.jpg")
    put(outside / "v.mkv")
    library = tmp_path / "films"
    put(library / "A" / "a.mkv")
    (library / "A" / "movie.nfo").symlink_to(outside / "Film (1999)" / "movie.nfo")
    (library / "A" / "poster.jpg").symlink_to(outside / "poster.jpg")
    (library / "B").symlink_to(outside / "Film (1999)")
    (library / "C").mkdir()
    (library / "C" / "v.mkv").symlink_to(outside / "v.mkv")
    (library / "loop").symlink_to(library)
    (library / "nowhere").symlink_to(library / "gone")
    items = found(library)
    assert {path: item.nfo for path, item in items.items()} == {"A/a.nfo": None, "C/v.nfo": None}
    assert items["A/a.nfo"].poster is None
    passed = Passed()
    list(walk(library, (), passed))
    assert passed.counts == {Why.OUTSIDE: 2}
    assert "links out of the library (B, …): name the folder" in str(passed.nothing("L"))


def test_a_library_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        list(walk(tmp_path / "none"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="POSIX")
def test_pipes_are_passed_over(tmp_path: Path) -> None:
    put(tmp_path / "A" / "a.mkv")
    os.mkfifo(tmp_path / "A" / "a.nfo")
    os.mkfifo(tmp_path / "A" / "poster.jpg")
    [item] = walk(tmp_path)
    assert (item.nfo, item.poster) == (None, None)


def test_a_films_extras_and_a_category_of_the_same_name(tmp_path: Path) -> None:
    put(tmp_path / "Shorts" / "Bao (2018)" / "Bao.mkv")
    put(tmp_path / "Shorts" / "Kitbull.mkv")
    put(tmp_path / "Pixar" / "Shorts" / "Lou.mkv")
    put(tmp_path / "Luca (2021)" / "Luca.mkv")
    put(tmp_path / "Luca (2021)" / "Shorts" / "Ciao.mkv")
    put(tmp_path / "Luca (2021)" / "Extras" / "Making of.mkv")
    put(tmp_path / "Luca (2021)" / "Subs" / "x.mkv")
    put(tmp_path / "Up (2009)" / "movie.nfo")
    put(tmp_path / "Up (2009)" / "other" / "x.mkv")
    put(tmp_path / "Trailers" / "Some.mkv")
    passed = Passed()
    items = list(walk(tmp_path, (), passed))
    assert [item.title for item in items] == ["Luca", "Lou", "Kitbull", "Bao", "Up"]
    paths = [item.create.relative_to(tmp_path).as_posix() for item in items]
    assert paths == ["Luca (2021)/Luca.nfo", "Pixar/Shorts/Lou.nfo", "Shorts/Kitbull.nfo",
                     "Shorts/Bao (2018)/Bao.nfo", "Up (2009)/movie.nfo"]  # fmt: skip
    assert passed.counts == {Why.EXTRAS_FOLDER: 4}
    assert [item.title for item in walk(tmp_path / "Trailers")] == ["Some"]


@pytest.mark.parametrize("season", ["Season 01", "season 2", "Staffel 3", "Saison_4", "Сезон 5"])
def test_seasons_of_a_show_are_not_entered(tmp_path: Path, season: str) -> None:
    put(tmp_path / "Show" / season / "01 - Pilot.mkv")
    put(tmp_path / "Season of the Witch (1972)" / "a.mkv")
    put(tmp_path / "Season 1 (2001)" / "a.mkv")
    passed = Passed()
    titles = [item.title for item in walk(tmp_path, (), passed)]
    assert titles == ["Season 1", "Season of the Witch"]
    assert (passed.counts, passed.first[Why.SEASON]) == ({Why.SEASON: 1}, f"Show/{season}")


def test_names_are_one_whatever_their_case_and_unicode_form(tmp_path: Path) -> None:
    mac, other = unicodedata.normalize("NFD", "Été"), unicodedata.normalize("NFC", "Été")
    put(tmp_path / f"{other} (1999)" / f"{mac} (1999).mkv")
    put(tmp_path / f"{other} (1999)" / f"{other} (1999).NFO")
    put(tmp_path / f"{other} (1999)" / f"{other.upper()} (1999)-POSTER.JPG")
    put(tmp_path / "D (1)" / "Video_TS" / "video_ts.nfo")
    put(tmp_path / "Show" / "TVShow.nfo")
    put(tmp_path / "F (2)" / f"{mac}.mkv")
    put(tmp_path / "F (2)" / f"{mac.lower()}.nfo")
    put(tmp_path / "F (2)" / f"{other}.nfo")
    items = list(walk(tmp_path))
    assert [item.nfo is None for item in items] == [False] * 5
    film = next(item for item in items if item.nfo and item.nfo.suffix == ".NFO")
    assert name(film.poster) == f"{other.upper()} (1999)-POSTER.JPG"


def test_what_passes_is_counted(tmp_path: Path) -> None:
    put(tmp_path / "A" / "A-trailer.mkv")
    put(tmp_path / "A" / "B-trailer.mkv")
    put(tmp_path / "S01E01.mkv")
    passed = Passed()
    assert list(walk(tmp_path, (), passed)) == []
    assert str(passed) == "2 trailers and other extras (A/A-trailer.mkv, …), 1 episode (S01E01.mkv)"
    error = str(passed.nothing("L"))
    assert error == f"no film in L: passed over {passed}: rename those that are films"
    assert "must hold .nfo files or videos" in str(Passed().nothing("L"))


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may read all")
def test_a_folder_that_cannot_be_read_is_counted(tmp_path: Path) -> None:
    put(tmp_path / "A" / "a.mkv")
    (tmp_path / "A").chmod(0)
    passed = Passed()
    assert list(walk(tmp_path, (), passed)) == []
    (tmp_path / "A").chmod(0o700)
    assert passed.counts == {Why.UNREADABLE: 1}
