from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from cinegenre.errors import UserError
from cinegenre.movie import BadRow, Movie
from cinegenre.readers import posters
from cinegenre.readers.footer import rows_in
from cinegenre.score.source import Cursor, Source

from .made import WRITERS, some, write_csv, write_jsonl, write_parquet, write_tar


def content(film: Movie | BadRow) -> tuple[object, ...]:
    assert isinstance(film, Movie)
    poster = film.poster.read_bytes() if isinstance(film.poster, Path) else film.poster
    return film.id, film.title, film.overview, film.companies, film.genres, film.year, poster


@pytest.mark.parametrize("kind", WRITERS)
def test_every_kind_gives_the_same_films_counted_and_from_any_place(
    kind: str, tmp_path: Path
) -> None:
    made = some(31)
    source = Source.find(WRITERS[kind](tmp_path, made)).counted()
    wanted = [content(film) for film in made]
    assert source.rows == len(made)
    cursor = Cursor(source)
    assert [content(film) for film in cursor.rows(0, 31)] == wanted
    for start, stop in ((20, 31), (9, 22), (22, 23), (25, 31), (0, 1)):  # forward and back
        assert [content(film) for film in cursor.rows(start, stop)] == wanted[start:stop]


def test_a_prepared_set_is_a_source(data: Path) -> None:
    source = Source.find(data).counted()
    films = list(Cursor(source).rows(0, source.rows))
    assert len(films) == source.rows > 200
    assert all(isinstance(film, Movie) and film.genres for film in films)
    assert any(isinstance(film, Movie) and isinstance(film.poster, bytes) for film in films)


def test_a_parquet_files_footer_says_its_rows(tmp_path: Path) -> None:
    assert rows_in(write_parquet(tmp_path, some(300, posters=0))) == 300
    other = tmp_path / "other.parquet"
    other.write_bytes(b"PAR1" + b"\xff" * 40 + b"\x20\0\0\0PAR1")
    assert rows_in(other) == 0
    assert rows_in(tmp_path / "none") == 0


def test_a_damaged_tar_gives_its_films_and_says_where_it_ends(tmp_path: Path) -> None:
    path = write_tar(tmp_path, some(10), "films.tar.gz")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    source = Source.find(path).counted()
    rows = list(Cursor(source).rows(0, source.rows))
    assert [row.id for row in rows if isinstance(row, Movie)] == [
        film.id for film in some(10)[: len(rows) - 1]
    ]
    assert isinstance(rows[-1], BadRow)
    assert "cut off or damaged" in rows[-1].error


def test_a_file_that_ends_too_soon_still_gives_every_planned_row(tmp_path: Path) -> None:
    path = write_csv(tmp_path, some(6))
    source = Source.find(path).counted()
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:4]), encoding="utf-8")
    rows = list(Cursor(source).rows(0, 6))
    assert [isinstance(row, BadRow) for row in rows] == [False] * 3 + [True] * 3


def test_bad_lines_count_as_rows(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path, some(4))
    path.write_text(path.read_text() + '\n\n{"title": "x\n[1]\n{"title": true}\n', encoding="utf-8")
    packed = tmp_path / "packed.jsonl.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    for one in (path, packed):
        source = Source.find(one).counted()
        rows = list(Cursor(source).rows(0, source.rows))
        assert [isinstance(row, BadRow) for row in rows] == [False] * 4 + [True] * 3


def test_what_cannot_be_a_source_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no source"):
        Source.find(tmp_path / "none")
    with pytest.raises(UserError, match="holds nothing to score"):
        Source.find(tmp_path)
    (tmp_path / "a.md").write_text("x")
    with pytest.raises(UserError, match=r"a\.md is neither a table nor a tar"):
        Source.find(tmp_path / "a.md")
    empty = tmp_path / "empty.csv"
    empty.write_text("id,title\n")
    with pytest.raises(UserError, match="holds no film"):
        Source.find(empty).counted()
    empty.write_text("a,b\n1,2\n")
    with pytest.raises(UserError, match="none of our columns"):
        Source.find(empty).counted()
    write_parquet(tmp_path, some(3))
    with pytest.raises(UserError, match=r"several kinds \(\.csv, \.parquet\)"):
        Source.find(tmp_path)


def test_hidden_files_are_no_part_of_a_folder(tmp_path: Path) -> None:
    write_parquet(tmp_path, some(3))
    write_parquet(tmp_path / "_old", some(3))
    write_parquet(tmp_path / ".cache", some(3))
    assert [file.name for file in Source.find(tmp_path).files] == ["films.parquet"]


def test_what_a_posters_cell_stands_for(tmp_path: Path) -> None:
    assert posters.poster_of("https://x.org/a.jpg", tmp_path) == "https://x.org/a.jpg"
    assert posters.poster_of("data:image/png,%89PNG", tmp_path) == b"\x89PNG"
    assert posters.poster_of({"bytes": b"x", "path": "a.jpg"}, tmp_path) == b"x"
    assert posters.poster_of({"bytes": None, "path": "a.jpg"}, tmp_path) == tmp_path / "a.jpg"
    assert posters.poster_of("a.jpg", tmp_path) == tmp_path / "a.jpg"
    assert posters.poster_of({"bytes": "not base64!"}, tmp_path) == b"broken base64"
    assert posters.poster_of(None, tmp_path) is None
    (tmp_path / "9j").mkdir()
    assert posters.poster_of("/9j/a.jpg", tmp_path) == Path("/9j/a.jpg")
