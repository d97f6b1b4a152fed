"""Where the poster of a table's film is."""

from __future__ import annotations

from pathlib import Path

import pytest

from cinegenre.movie import Movie

from .test_table import films, one


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


def test_tmdbs_poster_paths_are_no_files_of_ours(path: Path, tmp_path: Path) -> None:
    text = "id,poster_path\n7,/rhIRbceoE9lR4veEXuwCC2wARtG.jpg\n"
    assert one(path, text).poster is None
    beside = tmp_path / "rhIRbceoE9lR4veEXuwCC2wARtG.jpg"
    beside.touch()
    assert one(path, text).poster == beside
