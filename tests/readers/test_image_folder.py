"""Hugging Face's ImageFolder layout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cinegenre.errors import UserError
from cinegenre.movie import BadRow, Movie
from cinegenre.readers.image_folder import read, splits


def write(folder: Path, text: str, name: str = "metadata.csv") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_film_without_id_is_called_by_its_file(tmp_path: Path) -> None:
    text = "file_name,title,genres\ntt1.jpg,A,Drama|War\nsub/tt2.x.png,B,\n"
    assert list(read(write(tmp_path, text))) == [
        Movie(id="tt1", title="A", genres=("Drama", "War"), poster=tmp_path / "tt1.jpg"),
        Movie(id="tt2.x", title="B", poster=tmp_path / "sub" / "tt2.x.png"),
    ]
    assert splits(tmp_path) == {}


def test_jsonl_own_ids_and_columns(tmp_path: Path) -> None:
    line = {"poster_file_name": "1.jpg", "imdb_id": "tt7", "Handlung": "Es war einmal"}
    folder = write(tmp_path, json.dumps(line), "metadata.jsonl")
    (film,) = read(folder, columns={"overview": "Handlung"})
    assert film == Movie(id="tt7", overview="Es war einmal", poster=tmp_path / "1.jpg")


def test_split_folders_each_with_metadata(tmp_path: Path) -> None:
    for folder, name in (("test", "c"), ("Train", "a"), ("val", "b"), ("other", "d")):
        write(tmp_path / folder, f"file_name,title\n{name}.jpg,{name}\nbad\n")
    rows = list(read(tmp_path))
    assert [row.id for row in rows if isinstance(row, Movie)] == ["a", "b", "c"]
    bad = [row.where for row in rows if isinstance(row, BadRow)]
    assert bad == [f"{name}/metadata.csv line 3" for name in ("Train", "val", "test")]
    assert rows[0] == Movie(id="a", title="a", poster=tmp_path / "Train" / "a.jpg")
    assert splits(tmp_path) == {"a": "train", "b": "validation", "c": "test"}


def test_one_metadata_file_for_all_splits(tmp_path: Path) -> None:
    write(tmp_path, "file_name,title\ntrain/a.jpg,A\ntest/b.jpg,B\nc.jpg,C\n")
    assert [row.id for row in read(tmp_path)] == ["a", "b", "c"]
    assert splits(tmp_path) == {"a": "train", "b": "test"}


def test_files_numbered_anew_in_each_split(tmp_path: Path) -> None:
    for folder in ("train", "test"):
        write(tmp_path / folder, "file_name,title\n0001.jpg,A\n")
    assert len(list(read(tmp_path))) == 2
    with pytest.raises(UserError, match=r"film '0001' is in train and in test.*id column"):
        splits(tmp_path)


def test_posters_elsewhere(tmp_path: Path) -> None:
    source = write(tmp_path / "meta", "file_name\n1.jpg\n")
    (tmp_path / "files").mkdir()
    (film,) = read(source, posters=tmp_path / "files")
    assert film == Movie(id="1", poster=tmp_path / "files" / "1.jpg")


def test_what_is_no_image_folder(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no metadata.csv or metadata.jsonl or .* in "):
        next(read(tmp_path))
    write(tmp_path, "title,overview\na,b\n")
    with pytest.raises(UserError, match=r"no column .*file_name.*its columns are: title, overview"):
        next(read(tmp_path))
    (tmp_path / "test").mkdir()
    (tmp_path / "metadata.csv").unlink()
    with pytest.raises(UserError, match=r"in .*test"):
        next(read(tmp_path))
