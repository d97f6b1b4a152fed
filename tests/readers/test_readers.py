"""What holds for every reader."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cinegenre.errors import UserError
from cinegenre.movie import BadRow, Movie
from cinegenre.readers import READERS, reader

from ..tiny.films import films, write_posters, write_the_movies_dataset


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
}


def test_every_reader_is_tested() -> None:
    assert MAKERS.keys() == READERS.keys()


@pytest.mark.parametrize("name", READERS)
def test_films_come_back_as_stored(name: str, tmp_path: Path) -> None:
    source, written = MAKERS[name](tmp_path, films(40))
    posters = tmp_path / "posters" if name == "the_movies_dataset" else None
    assert list(reader(name)(source, posters=posters)) == written
    assert len(written) > 30


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
    assert isinstance(two, BadRow) and two.error == "[1] is no JSON object"
