"""Which videos of a folder are one film: parts and versions, but not the films of a series."""

from __future__ import annotations

from pathlib import Path
from unicodedata import normalize

import pytest

from cinegenre.library.filenames import fold
from cinegenre.library.grouping import grouped
from cinegenre.library.walk import Item, walk

from .fake import nfo, put

ONE: dict[str, tuple[str, ...]] = {
    "Iron Man": ("Iron Man", "Iron Man-720p", "Iron Man-test", "Iron Man[test]", "Iron Man {x}"),
    "Iron Men": ("Iron Men - 3d.hsbs", "Iron Men_1080p", "Iron Men.bluray.x264", "Iron Men 4K"),
    "Phantom (1925)": ("Phantom (1925) - 1925 version", "Phantom (1925) - 1929 version"),
    "X-Men (2016)": ("X-Men (2016) [1080p] Blu-ray.x264", "X-Men (2016) [2160p] Blu-ray.x265"),
    "Nutty (1988)": ("Nutty (1988)", "Nutty (1988) Theatrical"),
    "Film [tmdbid-1] (2001)": ("Film [tmdbid-1] (2001) - A", "Film [tmdbid-1] (2001) - B"),
}
"""Versions of one film, by their folder."""
PARTS = (
    ("Bad Boys (2006)", "Bad Boys (2006) part1", "Bad Boys (2006) part2"),
    ("300 2006", "300 2006.pt1", "300 2006.pt2"),
    ("A", "A (Disc 01)", "A (Disc 02)"),
    ("A", "A [cd1]", "A [cd2]"),
    ("N (2011)[720p]", "N (2011)[720p]part1", "N (2011)[720p]part2"),
    ("B.xvid", "B.cd1.xvid", "B.cd2.xvid"),
    ("A", "A - cd 1", "A - CD 2"),
    ("A", "A-disk-a", "A-disk-b"),
    ("A", "A", "A-cd1", "A-cd2"),
)
"""The name of a film and of its parts."""
SEVERAL: dict[str, tuple[str, ...]] = {
    "Alien": ("Alien", "Aliens", "Alien 3 (1992)"),
    "Toy Story": ("Toy Story", "Toy Story 2", "Toy Story 3"),
    "M": ("M", "Movie 1", "Movie 2"),
    "Iron Man": ("Iron Man (2007)", "Iron Man (2008)"),
    "Iron": ("Iron - B (2006)", "Iron - C (2007)"),
    "American_Pie": ("American_Pie__a", "American_Pie_2__a", "American_Pie_3__Sub"),
    "Harry": ("Harry Part 1 (2010)", "Harry Part 2 (2011)"),
    "Dune": ("Dune", "Dune Part 2"),
    "Che": ("Che Part 1 1080p", "Che Part 2 1080p"),
    "Films (2001)": ("Films (2001)b", "Films (2001)c"),
}


@pytest.mark.parametrize("folder", ONE)
def test_versions_are_one_film(folder: str) -> None:
    [film] = grouped([f"{stem}.mkv" for stem in ONE[folder]], Path(folder))
    assert (film.name, set(film.stems), film.versions) == (folder, set(ONE[folder]), True)


@pytest.mark.parametrize("names", PARTS)
def test_parts_are_one_film(names: tuple[str, ...]) -> None:
    name, *stems = names
    [film] = grouped([f"{stem}.avi" for stem in stems], Path("Films"))
    assert (film.name, film.stems, film.versions) == (name, tuple(stems), False)


@pytest.mark.parametrize("folder", SEVERAL)
def test_the_films_of_a_series_are_several(folder: str) -> None:
    films = grouped([f"{stem}.mkv" for stem in SEVERAL[folder]], Path(folder))
    assert [(film.name, film.names) for film in films] == [
        (stem, (stem,)) for stem in SEVERAL[folder]
    ]


def test_a_part_alone() -> None:
    [title] = grouped(["Dune Part 2.mkv", "Dune Part 2.mp4"], Path("x"))
    assert title.names == ("Dune Part 2",)
    [part] = grouped(["Film-cd1.avi"], Path("x"))
    assert (part.name, part.names) == ("Film", ("Film-cd1", "Film"))


def test_one_name_in_two_unicode_forms_is_one() -> None:
    mac, other = normalize("NFD", "Été (1999)"), normalize("NFC", "ÉTÉ (1999)")
    assert fold(mac) == fold(other)
    [film] = grouped([f"{mac}-cd1.avi", f"{other}-CD2.avi"], Path("x"))
    assert film.name == mac
    [film] = grouped([f"{mac} - 4K.mkv", f"{mac} - HD.mkv"], Path(other))
    assert film.name == other


def found(library: Path) -> list[tuple[str, str, int | None]]:
    def path(item: Item) -> str:
        return (item.nfo or item.create).relative_to(library).as_posix()

    return [(path(item), item.title, item.year) for item in walk(library)]


@pytest.mark.parametrize(("files", "films"), [
    (("A (1)/A (1) - 4K.mkv", "A (1)/A (1) - HD.mkv"), [("A (1)/movie.nfo", "A (1)", None)]),
    (("A (1999)/x-cd1.avi", "A (1999)/x-cd2.avi"), [("A (1999)/x-cd1.nfo", "A", 1999)]),
    (("A (1999)/CD1/a.avi", "A (1999)/cd 2/b.avi"), [("A (1999)/movie.nfo", "A", 1999)]),
    (("A (1999)/CD1/a.avi", "A (1999)/movie.nfo"), [("A (1999)/movie.nfo", "A", 1999)]),
    (("A (1999)/CD1/a.nfo", "A (1999)/CD1/a.avi"), [("A (1999)/CD1/a.nfo", "A", 1999)]),
    (("A (1999)/Disc 1/VIDEO_TS/x.vob", "A (1999)/Disc 2/BDMV/x.m2ts"),
     [("A (1999)/movie.nfo", "A", 1999)]),
    (("A/A (Disc 01)/VIDEO_TS/VIDEO_TS.nfo", "A/A (Disc 02)/VIDEO_TS/x.vob"),
     [("A/A (Disc 01)/VIDEO_TS/VIDEO_TS.nfo", "A", None)]),
    (("Box/Disc 1/A (1991).avi", "Box/Disc 1/B (1992).avi"),
     [("Box/Disc 1/A (1991).nfo", "A", 1991), ("Box/Disc 1/B (1992).nfo", "B", 1992)]),
    (("A (1999)/1080p/Alien.mkv", "A (1999)/4K/Alien.mkv"),
     [("A (1999)/1080p/Alien.nfo", "A", 1999), ("A (1999)/4K/Alien.nfo", "A", 1999)]),
    (("4K/Alien.mkv", "Films/1080p/Brazil.mkv"),
     [("4K/Alien.nfo", "Alien", None), ("Films/1080p/Brazil.nfo", "Brazil", None)]),
    (("A (1999)/BD/BDMV/x.m2ts",), [("A (1999)/BD/movie.nfo", "A", 1999)]),
    (("A (1999)/VIDEO_TS.IFO", "A (1999)/VTS_01_1.VOB", "A (1999)/VTS_01_2.VOB"),
     [("A (1999)/movie.nfo", "A", 1999)]),
    (("A (1999)/video_ts.ifo", "A (1999)/x.vob", "A (1999)/VIDEO_TS.nfo"),
     [("A (1999)/VIDEO_TS.nfo", "A", 1999)]),
    (("A (1999)/index.bdmv", "A (1999)/index.nfo"), [("A (1999)/index.nfo", "A", 1999)]),
    (("Kill/Part 1/k.mkv", "Kill/Part 2/k.mkv"),
     [("Kill/Part 1/k.nfo", "Part 1", None), ("Kill/Part 2/k.nfo", "Part 2", None)]),
])  # fmt: skip
def test_where_the_nfo_of_a_film_in_pieces_is(
    tmp_path: Path, files: tuple[str, ...], films: list[tuple[str, str, int | None]]
) -> None:
    for name in files:
        put(tmp_path / name, nfo() if name.endswith(".nfo") else b"")
    assert found(tmp_path) == films


def test_a_disc_among_films_hides_none(tmp_path: Path) -> None:
    for name in ("VIDEO_TS/x.vob", "A (1991).mkv", "B (1992).mkv"):
        put(tmp_path / "Films" / name)
    library = tmp_path / "Films"
    names = ["VIDEO_TS/VIDEO_TS.nfo", "A (1991).nfo", "B (1992).nfo"]
    assert [path for path, _, _ in found(library)] == names
    put(library / names[0], nfo())
    assert [path for path, _, _ in found(library)] == names
