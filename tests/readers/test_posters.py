"""Where the poster of a table's film is."""

from __future__ import annotations

from pathlib import Path

import pytest

from cinegenre.movie import Movie
from cinegenre.readers.posters import poster_of

from .test_table import films, jsonl, one


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "films.csv"


def test_posters(path: Path, tmp_path: Path) -> None:
    absolute = tmp_path / "elsewhere" / "p.jpg"
    cells = [
        "a.jpg",
        "sub/b.png",
        str(absolute),
        "",
        "https://example.org/a.jpg",
        "data:image/png,",
    ]
    rows = films(path, "id,poster\n" + "".join(f"{n},{cell}\n" for n, cell in enumerate(cells)))
    expected = [tmp_path / "a.jpg", tmp_path / "sub" / "b.png", absolute, None, cells[4]]
    assert [row.poster for row in rows if isinstance(row, Movie)][:5] == expected


def test_posters_in_another_folder(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "p"
    folder.mkdir()
    (folder / "7.png").touch()
    assert one(path, "id,poster\n7,a.jpg\n", posters=folder).poster == folder / "a.jpg"
    # Without a column, by id.
    assert one(path, "id,title\n7,a\n", posters=folder).poster == folder / "7.png"
    assert one(path, "id,title\n8,a\n", posters=folder).poster is None
    assert one(path, "id,title\n7,a\n").poster is None


def test_case_makes_no_difference_where_one_file_is_meant(path: Path, tmp_path: Path) -> None:
    """A share's names come in whatever case, and Linux tells FINE.JPG from fine.jpg."""
    folder = tmp_path / "p"
    folder.mkdir()
    for name in ("FINE.JPG", "TT0114709.jpg", "Two.jpg", "tWO.png", "own.jpg", "CAFÉ.jpg"):
        (folder / name).touch()
    found = {
        "fine": "FINE.JPG", "tt0114709": "TT0114709.jpg", "Two": "Two.jpg", "two": None,
        "own": "own.jpg", "cafe\u0301": "CAFÉ.jpg", "other": None,
    }  # fmt: skip
    for id_, name in found.items():
        film = one(path, f"id,title\n{id_},a\n", posters=folder)
        assert film.poster == (name and folder / name), id_
    named = {"fine.jpg": "FINE.JPG", "FINE.JPG": "FINE.JPG", "fine.png": "fine.png",
             "TWO.JPG": "TWO.JPG", "a/fine.jpg": "a/fine.jpg", "own.jpg": "own.jpg"}  # fmt: skip
    for cell, name in named.items():
        film = one(path, f"title,poster\na,{cell}\n", posters=folder)
        assert film.poster == folder / name, cell
    (folder / "fine.jpg").touch()  # both, in the same folder
    if len(list(folder.iterdir())) == 7:
        for cell in ("fine.jpg", "FINE.JPG"):
            film = one(path, f"title,poster\na,{cell}\n", posters=folder)
            assert film.poster == folder / cell


def test_tmdbs_poster_paths_are_no_files_of_ours(path: Path, tmp_path: Path) -> None:
    text = "id,poster_path\n7,/rhIRbceoE9lR4veEXuwCC2wARtG.jpg\n"
    assert one(path, text).poster is None
    beside = tmp_path / "rhIRbceoE9lR4veEXuwCC2wARtG.jpg"
    beside.touch()
    assert one(path, text).poster == beside


def test_posters_as_other_programs_name_them(path: Path, tmp_path: Path) -> None:
    picture = tmp_path / "sub" / "a.jpg"
    picture.parent.mkdir()
    picture.touch()
    web = "https://image.tmdb.org/t/p/w500/a.jpg"
    cases: list[tuple[object, object]] = [
        (["sub/a.jpg", "b.jpg"], picture),
        ([], None),
        ([{"coverType": "fanart", "url": "b.jpg"}, {"coverType": "poster", "url": web}], web),
        ({"url": "sub/a.jpg"}, picture),
        ({"src": web}, web),
        ({}, None),
        (5, tmp_path / "5"),
        ("sub\\a.jpg", picture),
        (".\\sub\\a.jpg", tmp_path / "sub" / "a.jpg"),
        ("//image.tmdb.org/t/p/w500/a.jpg", web),
        ("www.example.org/a.jpg", "https://www.example.org/a.jpg"),
        ("www.jpg", tmp_path / "www.jpg"),
    ]
    for cell, expected in cases:
        film = jsonl(path, title="X", poster=cell)
        assert isinstance(film, Movie), cell
        assert film.poster == expected, cell


def test_an_address_that_kodi_wraps(tmp_path: Path) -> None:
    told = "image://https%3a%2f%2fimage.tmdb.org%2ft%2fp%2foriginal%2fu.jpg/"
    assert poster_of(told, tmp_path) == "https://image.tmdb.org/t/p/original/u.jpg"


@pytest.mark.parametrize(
    "cell",
    [
        "['https://x.org/a.jpg', 'https://x.org/b.jpg']",
        '{"url": "https://x.org/a.jpg"}',
        "[{'coverType': 'fanart'}, {'coverType': 'poster', 'url': 'https://x.org/a.jpg'}]",
        '<img src="https://x.org/a.jpg">',
        '=IMAGE("https://x.org/a.jpg")',
        "![A](https://x.org/a.jpg)",
        "a.jpg (https://x.org/a.jpg)",
        "https://x.org/a.jpg (a.jpg)",
        "https://x.org/a.jpg|https://x.org/b.jpg",
    ],
)
def test_an_address_inside_a_text(cell: str, tmp_path: Path) -> None:
    """Not passed over without a word."""
    assert poster_of(cell, tmp_path) == "https://x.org/a.jpg"


@pytest.mark.parametrize(
    "address", ["https://x.org/a(1).jpg", "https://x.org/?url=https://y.org/a.jpg"]
)
def test_an_address_is_kept_whole(address: str, tmp_path: Path) -> None:
    assert poster_of(address, tmp_path) == address
