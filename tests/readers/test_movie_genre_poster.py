"""Kaggle's MovieGenre.csv and its dirt."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from cinegenre.errors import UserError
from cinegenre.movie import BadRow, Movie
from cinegenre.readers.movie_genre_poster import read

from ..tiny.films import write_posters

HEADER = "imdbId,Imdb Link,Title,IMDB Score,Genre,Poster\n"
TOY_STORY = (
    "114709,http://www.imdb.com/title/tt114709,Toy Story (1995),8.3,Animation|Adventure|Comedy,"
    '"https://example.org/MV5BMDU2ZWJl@._V1_UX182_CR0,0,182,268_AL_.jpg"\n'
)


def write(folder: Path, rows: str, encoding: str = "latin-1") -> Path:
    (folder / "MovieGenre.csv").write_text(HEADER + rows, encoding=encoding)
    return folder


def write_movie_genre(folder: Path, made: list[Movie]) -> list[Movie]:
    """Write `made` as MovieGenre.csv, and posters/ by number; the films as the reader has them."""
    numbered = [replace(film, id=str(film.id)[2:]) for film in made]
    written = write_posters(folder / "posters", numbered)
    with (folder / "MovieGenre.csv").open("w", encoding="latin-1", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(HEADER.strip().split(","))
        for film in written:
            title = f"{film.title} ({film.year})" if film.year else film.title
            rows.writerow((film.id, "", title, 7.0, "|".join(film.genres), "https://e.org/a.jpg"))
    return [
        Movie(
            id=f"tt{film.id}",
            title=film.title,
            genres=film.genres,
            year=film.year,
            poster=film.poster,
        )
        for film in written
    ]


def test_every_field(tmp_path: Path) -> None:
    film = Movie(
        id="tt0114709",
        title="Toy Story",
        genres=("Animation", "Adventure", "Comedy"),
        year=1995,
    )
    source = write(tmp_path, TOY_STORY)
    assert list(read(source)) == list(read(source / "MovieGenre.csv")) == [film]


def test_nothing_is_dropped(tmp_path: Path) -> None:
    film = Movie(id="tt0000007")
    assert list(read(write(tmp_path, "7,,,,,\n7,,,,,\n"))) == [film, film]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8", "utf-16"])
def test_latin_1_and_unicode(tmp_path: Path, encoding: str) -> None:
    (film,) = read(write(tmp_path, "112682,,La cité des enfants perdus (1995),,,\n", encoding))
    assert isinstance(film, Movie) and film.title == "La cité des enfants perdus"


@pytest.mark.parametrize(
    ("text", "title", "year"),
    [
        ("Toy Story (1995)", "Toy Story", 1995),
        ("Toy Story", "Toy Story", None),
        ("(500) Days of Summer (2009) ", "(500) Days of Summer", 2009),
        ("Friends (1994–2004)", "Friends", 1994),
        ("Lost (TV Series 2004– )", "Lost", 2004),
        ("2001: A Space Odyssey", "2001: A Space Odyssey", None),
        ("Blade Runner (Final Cut)", "Blade Runner (Final Cut)", None),
        ("Seven (Se7en) (1995)", "Seven (Se7en)", 1995),
        ("(1995)", "(1995)", None),
        ("", None, None),
    ],
)
def test_the_title_carries_the_year(
    tmp_path: Path, text: str, title: str | None, year: int | None
) -> None:
    (film,) = read(write(tmp_path, f"1,,{text},,Drama,\n", "utf-8"))
    assert film == Movie(id="tt0000001", title=title, year=year, genres=("Drama",))


@pytest.mark.parametrize(
    ("cell", "id_"),
    [
        ("114709", "tt0114709"),
        ("0114709", "tt0114709"),
        (" tt0114709", "tt0114709"),
        ("114709.0", "tt0114709"),
        ("12345678", "tt12345678"),
    ],
)
def test_ids(tmp_path: Path, cell: str, id_: str) -> None:
    (film,) = read(write(tmp_path, f"{cell},,A (1990),,,\n"))
    assert film.id == id_


@pytest.mark.parametrize(
    "name", ["114709.jpg", "0114709.jpg", "tt0114709.JPG", "tt114709.png", "114709.webp"]
)
def test_posters_by_number(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "posters"
    folder.mkdir()
    (folder / name).touch()
    rows = list(read(write(tmp_path, TOY_STORY + "7,,B (1990),,,\n"), posters=folder))
    assert [film.poster for film in rows if isinstance(film, Movie)] == [folder / name, None]


def test_bad_rows_cost_no_other_film(tmp_path: Path) -> None:
    rows = f'x,,A,,,\n,,B,,,\n1,2\n9,,C,,"[\'Dra",\n{"9" * 5000},,D,,,\n{TOY_STORY}'
    *bad, film = read(write(tmp_path, rows))
    assert isinstance(film, Movie) and film.id == "tt0114709"
    assert all(isinstance(row, BadRow) for row in bad)
    wheres = [f"MovieGenre.csv line {line}" for line in range(2, 7)]
    assert [row.where for row in bad if isinstance(row, BadRow)] == wheres
    errors = [row.error for row in bad if isinstance(row, BadRow)]
    assert errors[0] == 'imdbId is "x", no IMDb number'
    assert errors[3].startswith("Genre: ") and bad[3].id == "tt0000009"
    assert all(len(error) < 200 for error in errors)


def test_another_table_or_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no file .*MovieGenre.csv: name the file"):
        next(read(tmp_path))
    (tmp_path / "MovieGenre.csv").write_text("imdbId,kind\n1,a\n")
    with pytest.raises(UserError, match=r"no column 'Title', 'Genre': its columns are: imdbId"):
        next(read(tmp_path))
