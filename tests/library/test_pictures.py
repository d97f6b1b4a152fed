"""A folder of posters as films."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cinegenre import UserError
from cinegenre.library.pictures import Pictures
from cinegenre.pictures import ENDINGS


def made(folder: Path, *names: str) -> Pictures:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"jpeg")
    return Pictures.of(folder)


NAMES = {
    "Alien (1979).jpg": ("Alien", 1979),
    "Alien (1979) [1080p].jpg": ("Alien", 1979),
    "Blade.Runner.2049.2017.1080p.png": ("Blade Runner 2049", 2017),
    "the_big_short-poster.webp": ("the big short", None),
    "Heat.1995-cover.JPG": ("Heat", 1995),
    "Heat (1995)/poster.jpg": ("Heat", 1995),
    "Heat (1995)/Folder.jpg": ("Heat", 1995),
    "Heat (1995)/Heat (1995)-poster.jpg": ("Heat", 1995),
    "1917.jpg": ("1917", None),
    "Amélie.jpg": ("Amélie", None),
    "Portraitofaladyonfire.jpg": ("Portraitofaladyonfire", None),
    "The Poster.jpg": ("The Poster", None),
    "The Logo.jpg": ("The Logo", None),
    "Heat - poster.jpg": ("Heat", None),
    "tt0114709.jpg": (None, None),
    "rhIRbceoE9lR4veEXuwCC2wARtG.jpg": (None, None),
    "9f86d081884c7d659a2feaa0c55ad015.jpg": (None, None),
    "550e8400-e29b-41d4-a716-446655440000.jpg": (None, None),
    "poster.jpg": (None, None),
    "_.jpg": (None, None),
}


@pytest.mark.parametrize("name", NAMES)
def test_what_a_name_says(name: str, tmp_path: Path) -> None:
    films = {film.id: film for film in made(tmp_path, name, "Another.jpg").films()}
    film = films[name]
    assert (film.title, film.year) == NAMES[name]
    assert film.poster == tmp_path / name


@pytest.mark.parametrize("suffix", ENDINGS)
def test_every_ending_counts(suffix: str, tmp_path: Path) -> None:
    found = made(tmp_path, f"A{suffix}", f"B{suffix.upper()}", "C.nfo", "D.mkv", ".E.jpg")
    assert [film.title for film in found.films()] == ["A", "B"]


def test_numbers_among_numbers_are_ids(tmp_path: Path) -> None:
    films = list(made(tmp_path, "862.jpg", "1917.jpg").films())
    assert [(film.id, film.title) for film in films] == [("1917.jpg", None), ("862.jpg", None)]


def test_one_poster_is_called_by_its_folder(tmp_path: Path) -> None:
    [film] = made(tmp_path / "Heat (1995)", "poster.jpg").films()
    assert (film.title, film.year) == ("Heat", 1995)


def test_what_is_no_poster_is_left_out_and_said(tmp_path: Path) -> None:
    found = made(
        tmp_path,
        "Heat (1995)/poster.jpg",
        "Heat (1995)/fanart.jpg",
        "Heat (1995)/Heat (1995)-clearlogo.png",
        "Heat (1995)/extrafanart/a.jpg",
        "Heat (1995)/trailers/b.jpg",
        "@eaDir/c.jpg",
        ".hidden/d.jpg",
        "The Logo of Doom.jpg",
    )
    titles = [film.title for film in found.films()]
    assert titles == ["Heat", "The Logo of Doom"]
    assert found.told() == (
        f"{tmp_path}: posters: 2, with a title in their name: 2; "
        "fan art, logos and their like, left out: 2"
    )


def test_a_folder_without_posters_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no poster in .*\.jpg.*name a folder of posters, or a"):
        made(tmp_path, "a.nfo", "fanart.jpg")
    with pytest.raises(UserError, match="cannot list"):
        Pictures.of(tmp_path / "none")


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_to_a_folder_above_is_not_entered(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path)
    assert len(made(tmp_path, "A.jpg").files) == 1
