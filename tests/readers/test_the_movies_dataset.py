"""The Movies Dataset's files and their dirt."""

from __future__ import annotations

import csv
import gzip
import os
from pathlib import Path
from typing import Any

import pytest

from cinegenre.errors import UserError
from cinegenre.movie import BadRow, Movie
from cinegenre.readers.cells import NULL_WORD
from cinegenre.readers.log import ReadLog
from cinegenre.readers.the_movies_dataset import read
from cinegenre.readers.values import WHOLE

from ..tiny.films import HEADER, films, write_the_movies_dataset

TOY_STORY: dict[str, Any] = {
    "adult": "False",
    "belongs_to_collection": "{'id': 10194, 'name': \"Toy Story's\", 'poster_path': None}",
    "genres": "[{'id': 16, 'name': 'Animation'}, {'id': 878, 'name': 'Science Fiction'}]",
    "id": "862",
    "imdb_id": "tt0114709",
    "original_language": "en",
    "original_title": "Toy Story (original)",
    "overview": "Led by Woody,\nAndy's toys live happily.",
    "production_companies": "[{'name': 'Pixar', 'id': 3}, {'name': \"Schmidt's, Inc.\", 'id': 4}]",
    "release_date": "1995-10-30",
    "title": "Toy Story",
}


def write(folder: Path, *rows: dict[str, Any]) -> Path:
    path = folder / "movies_metadata.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADER, restval="")
        writer.writeheader()
        writer.writerows(TOY_STORY | row for row in rows)
    return path


def one(folder: Path, **cells: Any) -> Movie:
    (film,) = read(write(folder, cells))
    assert isinstance(film, Movie)
    return film


def bad(folder: Path, **cells: Any) -> BadRow:
    (row,) = read(write(folder, cells))
    assert isinstance(row, BadRow)
    return row


def test_every_field(tmp_path: Path) -> None:
    assert one(tmp_path) == Movie(
        id="tt0114709",
        title="Toy Story",
        overview="Led by Woody,\nAndy's toys live happily.",
        companies=("Pixar", "Schmidt's, Inc."),
        genres=("Animation", "Science Fiction"),
        year=1995,
        language="en",
        collection="Toy Story's",
    )


def test_without_anything_but_an_id(tmp_path: Path) -> None:
    empty = dict.fromkeys(TOY_STORY, "") | {"id": "862"}
    assert one(tmp_path, **empty) == Movie(id="862")


def test_nothing_is_cleaned_or_dropped(tmp_path: Path) -> None:
    cells = {"overview": "No overview found.", "genres": "[]", "title": " Toy "}
    first, second = read(write(tmp_path, cells, cells))
    assert first == second
    assert isinstance(first, Movie)
    assert (first.overview, first.genres, first.title) == ("No overview found.", (), " Toy ")


def test_an_empty_title_is_the_original_one(tmp_path: Path) -> None:
    assert one(tmp_path, title="").title == "Toy Story (original)"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("genres", "[{'id': 16, 'name': 'Anim"),
        ("genres", "Animation"),
        ("genres", "Animation"),
        ("genres", "{'id': 16, 'name': 'Animation'"),
        ("genres", "[{'id': 5}]"),
        ("genres", "[{'x': 16}]"),
        ("production_companies", "[{'name': 5}]"),
        ("production_companies", "False"),
        ("production_companies", "[{'name': open('x')}]"),
        ("belongs_to_collection", "0.065736"),
        ("belongs_to_collection", "{'name': None}"),
        ("belongs_to_collection", "['a']"),
        ("id", "1997-08-20"),
        ("id", ""),
        ("id", "²"),
    ],
)
def test_a_cell_that_is_none_names_column_and_value(
    tmp_path: Path, column: str, value: str
) -> None:
    row = bad(tmp_path, **{column: value})
    assert row.where == "movies_metadata.csv line 2"
    assert row.error.startswith(f"{column} is ")
    assert value[:10] in row.error
    assert row.id == "tt0114709"


@pytest.mark.parametrize(
    "cell",
    [
        "[{'id': 16, 'name': 'Animation'}]",
        '[{"id": 16, "name": "Animation"}]',
        "{'id': 16, 'name': 'Animation'}",
        "['Animation']",
        "[{'id': 16}]",
        "[16]",
    ],
)
def test_genres_as_other_programs_save_them(tmp_path: Path, cell: str) -> None:
    assert one(tmp_path, genres=cell).genres == ("Animation",)


def test_words_for_nothing_and_a_decimal_id(tmp_path: Path) -> None:
    cells = dict.fromkeys(TOY_STORY, "nan") | {"id": "862.0", "genres": "null", "imdb_id": "\\N"}
    assert one(tmp_path, **cells) == Movie(id="862")
    log = ReadLog()
    list(read(write(tmp_path, cells), log=log))
    assert log.mended[WHOLE] == 1 and log.mended[NULL_WORD] >= 5


def test_a_row_that_a_line_break_cut_in_two(tmp_path: Path) -> None:
    path = write(tmp_path, {}, {})
    header, *rows = path.read_text(encoding="utf-8").split("\nFalse")
    cut = ",".join(["x"] * 10) + "\n" + ",".join(["y"] * 15)
    path.write_text("\nFalse".join([header, rows[0]]) + f"\n{cut}\nFalse{rows[1]}", "utf-8")
    first, half, rest, last = read(path)
    assert isinstance(first, Movie) and first == last
    assert isinstance(half, BadRow) and half.where == "movies_metadata.csv line 4"
    assert isinstance(rest, BadRow) and rest.where == "movies_metadata.csv line 5"
    assert "10 cells, the header has 24" in half.error
    assert "15 cells, the header has 24" in rest.error


def test_cut_off_anywhere_it_never_crashes(tmp_path: Path) -> None:
    write_the_movies_dataset(tmp_path, films(3))
    path = tmp_path / "movies_metadata.csv"
    whole = path.read_bytes()
    complete = list(read(path))
    for end in range(whole.index(b"\n") + 1, len(whole), 7):
        path.write_bytes(whole[:end])
        rows = list(read(path))
        assert rows[:-1] == complete[: max(0, len(rows) - 1)]
        assert all(isinstance(row, BadRow) or row in complete for row in rows[-1:])


def test_gzip_and_folder(tmp_path: Path) -> None:
    written = write_the_movies_dataset(tmp_path, films(12))
    path = tmp_path / "movies_metadata.csv"
    (tmp_path / "movies_metadata.csv.gz").write_bytes(gzip.compress(path.read_bytes()))
    (tmp_path / "credits.csv.gz").write_bytes(
        gzip.compress((tmp_path / "credits.csv").read_bytes())
    )
    path.unlink()
    (tmp_path / "credits.csv").unlink()
    for source in (tmp_path, tmp_path / "movies_metadata.csv.gz"):
        assert list(read(source, posters=tmp_path / "posters")) == written


def test_another_table_or_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "movies_metadata.csv").write_text("title,overview\na,b\n")
    with pytest.raises(UserError, match="no column 'belongs_to_collection', 'genres'"):
        next(read(tmp_path))
    with pytest.raises(UserError, match=r"no movies_metadata.csv in .*: name the file"):
        (tmp_path / "empty").mkdir()
        next(read(tmp_path / "empty"))


def test_posters_by_imdb_id_then_by_tmdb_id(tmp_path: Path) -> None:
    folder = tmp_path / "posters"
    folder.mkdir()
    for name in ("862.jpg", "tt2.WEBP", "tt3.jpeg", "tt3.png", "864.PNG", "tt4.txt", "notes"):
        (folder / name).touch()
    (folder / "tt4.jpg").mkdir()
    rows = [{"imdb_id": f"tt{n}", "id": str(861 + n)} for n in range(1, 5)]
    found = list(read(write(tmp_path, *rows), posters=folder))
    assert [film.poster for film in found if isinstance(film, Movie)] == [
        folder / "862.jpg",
        folder / "tt2.WEBP",
        folder / "tt3.jpeg",
        None,
    ]


def test_the_posters_folder_is_listed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_the_movies_dataset(tmp_path, films(20))
    calls: list[object] = []
    listing = os.scandir

    def scandir(folder: Path) -> Any:
        calls.append(folder)
        return listing(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    assert len(list(read(tmp_path, posters=tmp_path / "posters"))) == 20
    assert calls == [tmp_path / "posters"]
