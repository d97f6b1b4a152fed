"""Tables as other people have them."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from cinegenre.errors import MissingExtra, UserError
from cinegenre.movie import BadRow, Movie
from cinegenre.readers.columns import COLUMNS
from cinegenre.readers.rows import FORMATS
from cinegenre.readers.table import read


def films(path: Path, text: str | bytes, **options: Any) -> list[Movie | BadRow]:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return list(read(path, **options))


def one(path: Path, text: str | bytes, **options: Any) -> Movie:
    (film,) = films(path, text, **options)
    assert isinstance(film, Movie), film
    return film


def jsonl(path: Path, **fields: Any) -> Movie | BadRow:
    (row,) = films(path.with_suffix(".jsonl"), json.dumps(fields))
    return row


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "films.csv"


EXPECTED = Movie(id="tt1", title="A, B", genres=("Drama", "Science Fiction"), year=1999)
RECORD = {"id": "tt1", "title": "A, B", "genres": ["Drama", "Science Fiction"], "year": 1999}
TEXTS = {
    "a.csv": 'id,title,genres,year\ntt1,"A, B",Drama|Science Fiction,1999\n',
    "semicolons.csv": '\ufeffid;title;genres;year\r\ntt1;"A, B";"Drama,Science Fiction";1999\r\n',
    "a.tsv": 'id\ttitle\tgenres\tyear\ntt1\tA, B\t["Drama", "Science Fiction"]\t1999\n',
    "a.jsonl": json.dumps(RECORD),
    "a.ndjson": "\n" + json.dumps(RECORD) + "\n",
    "a.json": json.dumps([RECORD], indent=1),
    "one.json": json.dumps(RECORD, indent=1),
    "lines.json": json.dumps(RECORD) + "\n",
    "UPPER.CSV": 'ID,Title,GENRES,Year\ntt1,"A, B",Drama|Science Fiction,1999\n',
}


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_format_gzipped_or_not(tmp_path: Path, name: str) -> None:
    text = TEXTS[name].encode()
    assert one(tmp_path / name, text) == EXPECTED
    assert one(tmp_path / f"{name}.gz", gzip.compress(text)) == EXPECTED


@pytest.mark.parametrize(
    ("field", "alias"), [(field, alias) for field, names in COLUMNS.items() for alias in names]
)
def test_every_alias_in_any_case(path: Path, field: str, alias: str) -> None:
    value = "1999" if field == "year" else "x.jpg"
    film = one(path, f"unused,{alias.upper()}\n0,{value}\n")
    expected: Any = {"year": 1999, "poster": path.parent / value}.get(field, value)
    if field in ("genres", "companies", "people"):
        expected = (value,)
    assert film == Movie(**{field: expected})


def test_the_first_alias_present_wins(path: Path) -> None:
    assert one(path, "imdb_id,summary,id,plot\ntt1,S,862,P\n") == Movie(id="862", overview="P")


def test_columns_named_by_the_caller(path: Path) -> None:
    text = "Handlung,title,Name\nEs war einmal,T,N\n"
    columns = {"overview": "Handlung", "title": "Name"}
    assert one(path, text, columns=columns) == Movie(title="N", overview="Es war einmal")


def test_unknown_fields_and_columns(path: Path) -> None:
    with pytest.raises(UserError, match="unknown field 'titel': did you mean 'title'"):
        films(path, "a,b\n1,2\n", columns={"titel": "a"})
    with pytest.raises(UserError, match=r"column in films.csv 'Handlug': did you mean 'Handlung'"):
        films(path, "title,Handlung\n1,2\n", columns={"overview": "Handlug"})
    with pytest.raises(UserError, match=r"none of our columns .*its columns are: a, b"):
        films(path, "a,b\n1,2\n")


def test_empty_cells_are_absent_and_nothing_is_cleaned(path: Path) -> None:
    header = ",".join(COLUMNS)
    assert one(path, f"{header}\n" + "," * (len(COLUMNS) - 1) + "\n") == Movie()
    film = one(path, "title,overview,id\n A ,No overview found., \n")
    assert (film.title, film.overview, film.id) == (" A ", "No overview found.", None)
    assert one(path, "title,overview\nA, \n").overview == " "


def test_lists_of_a_cell(path: Path) -> None:
    text = 'companies,genres,people\n"Metro-Goldwyn-Mayer, Inc.","A, B","C,D"\n'
    film = one(path, text)
    assert film.companies == ("Metro-Goldwyn-Mayer, Inc.",)
    assert (film.genres, film.people) == (("A", "B"), ("C", "D"))


def test_tmdb_literals_are_understood(path: Path) -> None:
    text = "title,genres,collection\nA,\"[{'id': 16, 'name': 'B'}]\",\"{'id': 1, 'name': 'C'}\"\n"
    assert one(path, text) == Movie(title="A", genres=("B",), collection="C")


def test_bad_rows_say_where_and_what(path: Path) -> None:
    text = 'id,title,genres\n1,a,b\n2,"two\nlines"\n3,c,"[\'d\'"\n4,e,f\n'
    good, ragged, broken, last = films(path, text)
    assert [good, last] == [
        Movie(id="1", title="a", genres=("b",)),
        Movie(id="4", title="e", genres=("f",)),
    ]
    assert isinstance(ragged, BadRow) and ragged.where == "films.csv line 3"
    assert isinstance(broken, BadRow) and (broken.where, broken.id) == ("films.csv line 5", "3")
    assert broken.error.startswith("genres: ") and "['d'" in broken.error


def test_numbers_become_ids_only(path: Path) -> None:
    assert jsonl(path, id=862) == Movie(id="862")
    assert jsonl(path, id=862.0, year=1995.0) == Movie(id="862", year=1995)
    for fields in (
        {"id": True},
        {"title": True},
        {"title": 19.17},
        {"title": [3]},
        {"id": 5, "genres": 7},
    ):
        row = jsonl(path, **fields)
        assert isinstance(row, BadRow), fields
        assert row.where == "films.jsonl line 1"
    assert isinstance(row, BadRow) and row.id == "5" and row.error.startswith("genres: 7")


def test_unknown_formats_and_folders(tmp_path: Path) -> None:
    (tmp_path / "films.docx").touch()
    with pytest.raises(UserError, match=r"unknown table format '.docx'.*\.csv"):
        next(read(tmp_path / "films.docx"))
    with pytest.raises(UserError, match="is a folder"):
        next(read(tmp_path))
    for ending in FORMATS:
        if ending != ".parquet":
            with pytest.raises(UserError, match="no file"):
                next(read(tmp_path / f"none{ending}"))


def test_a_header_without_rows_has_no_films(path: Path) -> None:
    assert films(path, "id,title\n") == []


def test_parquet_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "arro3.io", None)
    with pytest.raises(MissingExtra, match=r"pip install .*\[data\]"):
        next(read(tmp_path / "films.parquet"))
