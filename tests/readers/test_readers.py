"""What holds for every reader."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from rich.console import Console

from cinegenre.errors import UserError
from cinegenre.movie import BadRow, Movie
from cinegenre.readers import READERS, SPLITS, reader

from ..tiny.films import films, write_posters, write_the_movies_dataset
from .test_mm_imdb import write_mm_imdb
from .test_movie_genre_poster import write_movie_genre


def _the_movies_dataset(folder: Path, made: list[Movie]) -> tuple[Path, list[Movie]]:
    return folder, write_the_movies_dataset(folder, made)


def _table(folder: Path, made: list[Movie]) -> tuple[Path, list[Movie]]:
    written = write_posters(folder / "posters", made)
    lines = []
    for film in written:
        fields = {name: getattr(film, name) for name in Movie.__dataclass_fields__}
        poster = film.poster.relative_to(folder) if isinstance(film.poster, Path) else None
        lines.append(json.dumps(fields | {"poster": poster and poster.as_posix()}))
    (folder / "films.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder / "films.jsonl", written


def _image_folder(folder: Path, made: list[Movie]) -> tuple[Path, list[Movie]]:
    written = [film for film in write_posters(folder, made) if film.poster]
    with (folder / "metadata.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        names = [name for name in Movie.__dataclass_fields__ if name != "poster"]
        rows.writerow([*names, "file_name"])
        for film in written:
            cells = [getattr(film, name) for name in names]
            cells = ["|".join(cell) if isinstance(cell, tuple) else cell for cell in cells]
            rows.writerow([*cells, Path(str(film.poster)).name])
    return folder, written


MAKERS: dict[str, Callable[[Path, list[Movie]], tuple[Path, list[Movie]]]] = {
    "the_movies_dataset": _the_movies_dataset,
    "table": _table,
    "image_folder": _image_folder,
    "mm_imdb": lambda folder, made: (folder, write_mm_imdb(folder, made)),
    "movie_genre_poster": lambda folder, made: (folder, write_movie_genre(folder, made)),
}


def _cut(path: Path) -> None:
    """Leave half of a file, as an interrupted copy does."""
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: len(text) // 2], encoding="utf-8")


def _in_line(path: Path, mark: str, change: Callable[[str], str]) -> None:
    """Change the one line of a file that has `mark` in it."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    [number] = (number for number, line in enumerate(lines) if mark in line)
    lines[number] = change(lines[number])
    path.write_text("".join(lines), encoding="utf-8", newline="")


def _break_mm_imdb(source: Path, film: Movie) -> None:
    _cut(source / "dataset" / f"{str(film.id)[2:]}.json")


def _break_movie_genre(source: Path, film: Movie) -> None:
    number = str(film.id)[2:]
    _in_line(source / "MovieGenre.csv", number, lambda line: line.replace(number, "none", 1))


BREAKERS: dict[str, Callable[[Path, Movie], None]] = {
    # A shifted row: a date stands where TMDB's number should.
    "the_movies_dataset": lambda source, film: _in_line(
        source / "movies_metadata.csv", f",{film.id},",
        lambda line: re.sub(rf",[0-9]+,{film.id},", f",2001-06-30,{film.id},", line),
    ),
    "table": lambda source, film: _in_line(
        source, f'"{film.id}"', lambda line: line[: len(line) // 2] + "\n"
    ),
    # A row whose last cells are missing.
    "image_folder": lambda source, film: _in_line(
        source / "metadata.csv", f"{film.id},", lambda line: line[: line.index(",")] + "\r\n"
    ),
    "mm_imdb": _break_mm_imdb,
    "movie_genre_poster": _break_movie_genre,
}  # fmt: skip
"""Break one film of what `MAKERS` wrote in a way that only the reader's own format knows."""

POSTERS_APART = ("the_movies_dataset", "movie_genre_poster")
"""The readers whose makers write the posters to a folder of their own, `posters`."""


def test_every_reader_is_tested() -> None:
    assert MAKERS.keys() == BREAKERS.keys() == READERS.keys()


@pytest.mark.parametrize("name", READERS)
def test_films_come_back_as_stored(name: str, tmp_path: Path) -> None:
    source, written = MAKERS[name](tmp_path, films(40))
    posters = tmp_path / "posters" if name in POSTERS_APART else None
    assert list(reader(name)(source, posters=posters)) == written
    assert len(written) > 30


@pytest.mark.parametrize("name", READERS)
def test_a_row_that_is_no_film_keeps_its_place(name: str, tmp_path: Path) -> None:
    """Not dropped, and not the end of reading: its genres are a piece of another column."""
    made = films(9)
    made[4] = replace(made[4], genres=("https://example.org/a.jpg",))
    source, written = MAKERS[name](tmp_path, made)
    [spoilt] = (film for film in written if film.genres == made[4].genres)
    place = written.index(spoilt)
    posters = tmp_path / "posters" if name in POSTERS_APART else None
    *before, bad = islice(reader(name)(source, posters=posters), place + 1)
    after = list(reader(name)(source, posters=posters))[place + 1 :]
    assert isinstance(bad, BadRow)
    assert bad.id == spoilt.id and bad.where and "example.org" in bad.error
    assert [*before, *after] == [film for film in written if film is not spoilt]


@pytest.mark.parametrize("name", READERS)
def test_what_its_own_format_breaks_keeps_its_place(name: str, tmp_path: Path) -> None:
    """The reader's own way out of a row, which no other reader shares, must not drop it."""
    source, written = MAKERS[name](tmp_path, films(9))
    BREAKERS[name](source, written[4])
    posters = tmp_path / "posters" if name in POSTERS_APART else None
    rows = list(reader(name)(source, posters=posters))
    bad = rows.pop(4)
    assert isinstance(bad, BadRow) and bad.where and bad.error
    assert rows == [*written[:4], *written[5:]]


@pytest.mark.parametrize("word", ["N/A", "null", "nan", "\\N"])
@pytest.mark.parametrize("name", READERS)
def test_words_for_nothing_are_absent(name: str, word: str, tmp_path: Path) -> None:
    made = next(film for film in films(9) if film.poster)
    source, _ = MAKERS[name](tmp_path, [replace(made, title=word, overview=word, year=None)])
    [film] = reader(name)(source)
    assert isinstance(film, Movie)
    assert film.title is None
    assert film.overview in (None, "x")  # MM-IMDb's maker writes a second plot, which is taken


@pytest.mark.parametrize("name", READERS)
def test_a_whole_data_set_comes_of_it(name: str, tmp_path: Path) -> None:
    pytest.importorskip("arro3.io", reason="needs the extra [data]")
    from cinegenre.data.dataset import PreparedSet
    from cinegenre.data.prepare import prepare

    source, written = MAKERS[name](tmp_path / "source", films(40))
    posters = tmp_path / "source" / "posters" if name in POSTERS_APART else None
    out = tmp_path / "out"
    prepare(name, source, out, posters=posters, console=Console(file=io.StringIO()))
    prepared = PreparedSet.open(out)
    kept = {film.id: film for split in prepared.splits for film in prepared.films(split)}
    assert len(kept) == len(written)
    for film in written:
        assert kept[film.id].genres == film.genres
        assert (kept[film.id].poster is None) == (film.poster is None)


@pytest.mark.parametrize("name", SPLITS)
def test_splits_of_a_missing_source(name: str, tmp_path: Path) -> None:
    assert name in READERS
    with pytest.raises(UserError, match="nowhere"):
        SPLITS[name](tmp_path / "nowhere")


@pytest.mark.parametrize("name", READERS)
def test_the_docs_name_it(name: str) -> None:
    page = Path(__file__).parents[2] / "docs" / "data.md"
    assert f"| `{name}` |" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", READERS)
def test_a_missing_source_is_named(name: str, tmp_path: Path) -> None:
    missing = tmp_path / "none.csv"
    with pytest.raises(UserError, match=r"none\.csv") as caught:
        next(reader(name)(missing))
    assert caught.value.cure


@pytest.mark.parametrize("name", READERS)
def test_a_missing_posters_folder_is_named(name: str, tmp_path: Path) -> None:
    source, _ = MAKERS[name](tmp_path, films(3))
    with pytest.raises(UserError, match="nowhere"):
        list(reader(name)(source, posters=tmp_path / "nowhere"))


def test_an_unknown_reader_lists_the_known_ones() -> None:
    with pytest.raises(UserError, match=r"unknown reader 'tabel': did you mean 'table'\?.*known"):
        reader("tabel")


def test_import_is_light() -> None:
    code = (
        "import sys, cinegenre.readers; "
        "sys.exit(', '.join({'arro3', 'PIL', 'numpy', 'pyarrow'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip()) == (0, "")


def test_bad_rows_are_no_films(tmp_path: Path) -> None:
    source, written = _table(tmp_path, films(5))
    with source.open("a", encoding="utf-8") as file:
        file.write("\n{broken\n[1]\n")
    *read, one, two = reader("table")(source)
    assert read == written
    assert isinstance(one, BadRow) and one.where == "films.jsonl line 6"
    assert isinstance(two, BadRow) and two.error == "[1] is not a JSON object"
