"""Which film of a server an .nfo here is of."""

from __future__ import annotations

from pathlib import Path

import pytest

from cinegenre.errors import UserError
from cinegenre.library.servers.base import Film
from cinegenre.library.servers.places import Mapping, Places

ROOT = Path("/films")


def film(id: str, *paths: str, kind: str = "movie") -> Film:
    return Film(id=id, kind=kind, title=id, paths=paths)


def places(*films: Film, mapping: str = "/mnt/films=/films") -> Places:
    return Places(films, Mapping.parse([mapping]), [ROOT])


def found(there: Places, nfo: str) -> set[str]:
    return {film.id for film in there.of(nfo)}


@pytest.mark.parametrize(
    ("path", "nfo"),
    [
        ("/mnt/films/A (1999)/film.mkv", "A (1999)/movie.nfo"),
        ("/mnt/films/A (1999)/film.mkv", "A (1999)/film.nfo"),
        ("/mnt/films/A (1999)/film.mkv", "A (1999)/A (1999).nfo"),
        ("/mnt/films/A/film-cd1.avi", "A/film.nfo"),
        ("/mnt/films/A/VIDEO_TS/VIDEO_TS.IFO", "A/VIDEO_TS/VIDEO_TS.nfo"),
        ("/mnt/films/A/VIDEO_TS/VIDEO_TS.IFO", "A/movie.nfo"),
        ("/mnt/films/A/BDMV/index.bdmv", "A/movie.nfo"),
        ("/mnt/films/A", "A/movie.nfo"),
        ("/mnt/films/A/VIDEO_TS.IFO", "A/VIDEO_TS.nfo"),
        ("/mnt/films/A/VIDEO_TS.IFO", "A/movie.nfo"),
        ("/mnt/films/A/index.bdmv", "A/movie.nfo"),
        ("/mnt/films/A/CD1/a.avi", "A/movie.nfo"),
        ("/mnt/films/A/A disc 1/VIDEO_TS/VIDEO_TS.IFO", "A/movie.nfo"),
        ("/mnt/films/A/CD1/a.avi", "A/CD1/a.nfo"),
        ("/films/A/film.mkv", "A/film.nfo"),
        ("/mnt/films/Ame\u0301lie/a.mkv", "Am\u00e9lie/movie.nfo"),
    ],
)
def test_found(path: str, nfo: str) -> None:
    assert found(places(film("1", path), film("2", "/mnt/films/B/b.mkv")), nfo) == {"1"}


@pytest.mark.parametrize("there", ["C:\\Films", "c:/films/", "\\\\nas\\films", "smb://nas/films"])
def test_other_paths(there: str) -> None:
    sign = "\\" if "\\" in there else "/"
    path = f"{there.rstrip('/')}{sign}A{sign}a.mkv"
    assert found(places(film("1", path), mapping=f"{there}=/films"), "A/movie.nfo") == {"1"}


@pytest.mark.parametrize(("mapping", "path"), [
    ("d:\\films=/films", "D:\\Films\\A B\\a.mkv"),
    ("\\\\nas\\films=/films", "//NAS/films/A B/a.mkv"),
    ("smb://nas/films=/films", "smb://user:SECRET@NAS/Films/A B/a.mkv"),
    ("nfs://nas/films=/films", "nfs://nas/films/A B/a.mkv"),
    ("davs://nas/films=/films", "davs://user:SECRET@nas/films/A%20B/a.mkv"),
    ("/=/films", "/A B/a.mkv"),
    ("/mnt/films/=/films/", "/mnt/films/A B/a.mkv"),
])  # fmt: skip
def test_two_ways_to_write_a_path(mapping: str, path: str) -> None:
    there = places(film("1", path), film("2", "/elsewhere/B/b.mkv"), mapping=mapping)
    assert found(there, "A B/movie.nfo") == {"1"}
    assert "SECRET" not in str(there.example)


def test_paths_of_linux_differ_by_case() -> None:
    assert found(places(film("1", "/MNT/films/A/a.mkv")), "A/movie.nfo") == set()


def test_many_films_in_one_folder() -> None:
    there = places(film("1", "/mnt/films/Alien (1979).mkv"), film("2", "/mnt/films/Alien 3.mkv"),
                   film("3", "/mnt/films/Brazil - cd1.avi", "/mnt/films/Brazil - cd2.avi"),
                   film("4", "/mnt/films/Tron.mkv", "/mnt/films/Tron - 4k.mkv"))  # fmt: skip
    assert found(there, "Alien (1979).nfo") == {"1"}
    assert found(there, "Alien 3.nfo") == {"2"}
    assert found(there, "Alien.nfo") == {"1", "2"}
    assert found(there, "Brazil.nfo") == {"3"}
    assert found(there, "Tron.nfo") == {"4"}
    assert found(there, "Zardoz.nfo") == set()


def test_shows_and_films_are_apart() -> None:
    there = places(film("1", "/mnt/films/Deep Field/", kind="tvshow"),
                   film("2", "/mnt/films/Deep Field/making of.mkv"))  # fmt: skip
    assert found(there, "Deep Field/tvshow.nfo") == {"1"}
    assert found(there, "Deep Field/movie.nfo") == {"2"}


def test_a_film_that_a_server_has_twice() -> None:
    there = places(film("1", "/mnt/films/A/a.mkv"), film("2", "/mnt/films/A/a.mkv"))
    assert found(there, "A/movie.nfo") == {"1", "2"}


def test_the_longest_of_the_servers_folders_counts() -> None:
    mapping = Mapping.parse(["/mnt=/other", "/mnt/films=/films"])
    assert mapping.here("/mnt/films/A/a.mkv") == "/films/A/a.mkv"
    assert mapping.here("/mnt/A") == "/other/A"
    assert mapping.here("/mntx/A") == "/mntx/A"


def test_a_server_that_knows_nothing_here() -> None:
    there = places(film("1", "/data/A/a.mkv"))
    assert not there.knows_any()
    assert there.example == "/data/A/a.mkv"
    assert places(film("1", "/mnt/films/A/a.mkv")).knows_any()


@pytest.mark.parametrize("text", ["", "/mnt", "=/films", "/mnt="])
def test_pairs_that_are_none(text: str) -> None:
    with pytest.raises(UserError, match="is not a pair"):
        Mapping.parse([text])
