"""Tables that come through a pipe."""

from __future__ import annotations

import gzip
import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from cinegenre import BadRow, Movie, UserError
from cinegenre.readers import table
from cinegenre.readers.log import ReadLog

FILMS = [Movie(id="1", title="Amélie", overview="A, b;\nc."), Movie(id="2", title="“Heat”")]
CSV = 'id,title,plot\n1,Amélie,"A, b;\nc."\n2,“Heat”,\n'
JSONL = '{"id": 1, "title": "Amélie", "plot": "A, b;\\nc."}\n\n{"id": 2, "title": "“Heat”"}\n'
TEXTS = {
    "csv": CSV,
    "tsv": CSV.replace("A, b", "A\uffff b").replace(",", "\t").replace("\uffff", ","),
    "semicolons": CSV.replace("A, b;", "A\uffff b;").replace(",", ";").replace("\uffff", ","),
    "jsonl": JSONL,
    "blank lines first": f"\n \n{JSONL}",
    "json": "[" + JSONL.strip().replace("\n\n", ",\n") + "]",
    "json of lines": '{\n"results": [' + JSONL.strip().replace("\n\n", ",\n") + "]}",
}
ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "mark": lambda text: text.encode("utf-8-sig"),
    "utf-16": lambda text: text.encode("utf-16"),
    "windows": lambda text: text.encode("cp1252"),
    "lines of Windows": lambda text: text.replace("\n", "\r\n").replace(";\r\n", ";\n").encode(),
    "packed": lambda text: gzip.compress(text.encode()),
}


def read(data: bytes, log: ReadLog | None = None) -> list[Movie | BadRow]:
    return list(table.piped(io.BufferedReader(io.BytesIO(data)), log=log))  # type: ignore[arg-type]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", TEXTS)
def test_what_it_is_is_told_by_how_it_begins(name: str, encoding: str) -> None:
    assert read(ENCODINGS[encoding](TEXTS[name])) == FILMS


def zipped(**files: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("_", "."), text)
    return held.getvalue()


@pytest.mark.parametrize(("name", "text"), [("a_csv", CSV), ("a_jsonl", JSONL)])
def test_a_zip_archive_is_read_as_a_file_of_it_is(name: str, text: str, tmp_path: Path) -> None:
    data = zipped(**{name: text, "readme_txt": "x"})
    path = tmp_path / "films.zip"
    path.write_bytes(data)
    assert read(data) == list(table.read(path)) == FILMS


def test_a_zip_archive_of_several_or_damaged() -> None:
    two = zipped(a_csv=CSV, b_csv=CSV)
    with pytest.raises(UserError, match=r"^standard input is a ZIP archive of 2 tables .*unpack"):
        read(two)
    with pytest.raises(UserError, match=r"^standard input is a damaged ZIP archive"):
        read(two[: len(two) // 2])


FILM = {"title": "A", "overview": "B"}
SHAPES = {
    "one film": json.dumps(FILM),
    "one film over lines": json.dumps(FILM, indent=2),
    "objects over lines, one behind the other": json.dumps(FILM, indent=1) * 2,
    "wrapped on one line": json.dumps({"page": 1, "results": [FILM, FILM]}),
    "wrapped deep": json.dumps({"data": {"films": {"nodes": [{"node": FILM}]}}}),
    "a film inside each line": f"{json.dumps({'rank': 1, 'movie': FILM})}\n" * 3,
    "columns": json.dumps({"title": {"0": "A"}, "overview": {"0": "B"}}),
    "by id": json.dumps({"tt1": FILM, "tt2": FILM}),
    "the first line broken": f"{{'title'\n{json.dumps(FILM)}\n",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_json_is_read_as_a_file_of_it_is(shape: str, tmp_path: Path) -> None:
    path = tmp_path / "films.json"
    path.write_text(SHAPES[shape], encoding="utf-8")
    films = [row for row in read(SHAPES[shape].encode()) if isinstance(row, Movie)]
    assert films == [row for row in table.read(path) if isinstance(row, Movie)]
    assert [(film.title, film.overview) for film in films[:1]] == [("A", "B")]


def test_places_and_columns_are_told() -> None:
    lines: list[str] = []
    rows = read(b'{"name": "A", "x": 1}\n{"name": true}\nnonsense\n', ReadLog(tell=lines.append))
    assert rows[0] == Movie(title="A")
    errors = [(row.where, row.error) for row in rows if isinstance(row, BadRow)]
    assert [where for where, _ in errors] == ["standard input line 2", "standard input line 3"]
    assert lines == ["standard input: took title from name; left out x"]


def test_a_line_of_its_own_in_a_text() -> None:
    """Not every line end that Python knows ends a line of JSON."""
    assert read('{"title": "A\u2028B"}\n'.encode()) == [Movie(title="A\u2028B")]
    whole = '{"title": "A\u2028B",\n"id": "1"}\n'.encode()
    assert read(whole) == [Movie(id="1", title="A\u2028B")]


def test_a_file_that_is_cut_off_ends_there() -> None:
    random = os.urandom(50_000).hex()
    packed = gzip.compress(("title\n" + "A\n" * 9 + random).encode())[:-20_000]
    *films, last = read(packed)
    assert films[:9] == [Movie(title="A")] * 9
    assert isinstance(last, BadRow)
    assert "cut off or damaged" in last.error


def test_a_poster_is_relative_to_the_working_folder() -> None:
    assert read(b"title,poster\nA,a.jpg\n") == [Movie(title="A", poster=Path("a.jpg"))]


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "standard input has no header"),
     (b"PAR1x", "standard input is a Parquet file: call it .parquet, and name the file"),
     (b"<!doctype html>", "standard input is a web page, not a table"),
     (b"[1, 2", "standard input is not JSON"),
     (b"foo\n1\n", "standard input has none of our columns .*--column title=COLUMN")],
)  # fmt: skip
def test_what_is_none_is_named(data: bytes, said: str) -> None:
    with pytest.raises(UserError, match=said):
        read(data)


def test_rows_come_before_the_pipe_ends() -> None:
    out, into = os.pipe()
    with os.fdopen(out, "rb") as stream, os.fdopen(into, "wb") as feed:
        feed.write(b'{"title": "A"}\n' * 200)
        feed.flush()
        films = table.piped(stream)
        assert [next(films) for _ in range(100)] == [Movie(title="A")] * 100
