"""Tables in ZIP archives, as Kaggle has them; and what is no table at all."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from cinegenre.errors import UserError
from cinegenre.movie import Movie
from cinegenre.readers.table import read
from cinegenre.score.source import Source

from ..tiny import broken, no_pictures

CSV = "title,overview\nX,A ghost.\nY,A war.\n"
TABLES = {
    "films.csv": CSV,
    "data/films.tsv": CSV.replace(",", "\t"),
    "films.json": json.dumps([{"title": "X"}, {"title": "Y"}]),
    "films.jsonl": '{"title": "X"}\n{"title": "Y"}\n',
}


def zipped(path: Path, members: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


@pytest.mark.parametrize("member", TABLES)
@pytest.mark.parametrize("name", ["archive.zip", "{member}.zip", "{member}"])
def test_the_one_table_in_an_archive(member: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / name.format(member=Path(member).name)
    companions = {"__MACOSX/._films.csv": "\0\5\x16\7", "README.md": "# Films", "a.jpg": "x"}
    zipped(path, {member: TABLES[member], **companions})
    rows = list(read(path))
    assert [row.title for row in rows if isinstance(row, Movie)] == ["X", "Y"]
    assert Source.find(path).counted().rows == 2


def test_archives_that_are_no_one_table(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    for members, told in (
        ({"a.csv": CSV, "b.csv": CSV}, r"ZIP archive of 2 tables \('a.csv', 'b.csv'\): unpack it"),
        ({"a.jpg": "x"}, "is a ZIP archive: unpack it"),
    ):
        zipped(path, members)
        with pytest.raises(UserError, match=told):
            list(read(path))
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(UserError, match=r"damaged ZIP archive.*fetch it again"):
        list(read(path))
    with pytest.raises(UserError, match="no file"):
        list(read(tmp_path / "none.zip"))


def test_an_archive_with_a_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zipped(tmp_path / "a.zip", {"a.csv": CSV})
    data = bytearray(path.read_bytes())
    for start, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(start) + at] |= 1
    path.write_bytes(data)
    with pytest.raises(UserError, match="locked with a password"):
        list(read(path))


@pytest.mark.parametrize(
    "name", ["cut_jpeg", "cut_png", "mp4", "psd", "rar", "thumbs_db", "sqlite", "numpy", "pdf"]
)
def test_what_is_no_table_is_called_what_it_is(name: str, tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    path.write_bytes(no_pictures.KINDS[name][0]())
    with pytest.raises(UserError, match=r"films\.csv is an? .*: ") as refused:
        list(read(path))
    assert "is no" not in str(refused.value)


def test_texts_that_begin_as_other_files_do_are_tables(tmp_path: Path) -> None:
    for start in ("BM", "MZ", "ID3", "GIF8", "P1 ", "icns", "DDS ", "qoif"):
        path = tmp_path / "films.csv"
        path.write_text(f"{start}_id,title\n1,X\n")
        (film,) = read(path)
        assert isinstance(film, Movie) and film.title == "X"
    path.write_bytes(broken.grey_jpeg())
    with pytest.raises(UserError, match="is a JPEG picture, not a table"):
        list(read(path))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"<?xml version='1.0'?><videodb><movie/></videodb>", "is XML or HTML, not a table"),
        (b"<table><tr><th>title</th></tr></table>", "is XML or HTML, not a table"),
        (b"ARROW1\0\0", "is an Arrow file: save it as Parquet"),
        (b"INSERT INTO movies (id, title) VALUES (1, 'A');\n", "is an SQL dump"),
        (b"-- MySQL dump 10.13\n", "is an SQL dump"),
    ],
)
def test_exports_that_are_no_tables(data: bytes, told: str, tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    path.write_bytes(data)
    with pytest.raises(UserError, match=told):
        list(read(path))


@pytest.mark.parametrize(
    ("member", "text", "told"),
    [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet",
         "is a LibreOffice workbook: call it .ods"),
        ("[Content_Types].xml", "x", "is an Excel workbook: call it .xlsx"),
        ("Index/Document.iwa", "x", "is a Numbers workbook: export it as Excel or CSV"),
    ],
)  # fmt: skip
def test_workbooks_by_another_ending(member: str, text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, text)
    with pytest.raises(UserError, match=told):
        list(read(path))


@pytest.mark.parametrize("text", [TABLES["films.json"], TABLES["films.jsonl"]])
@pytest.mark.parametrize("ending", [".csv", ".txt"])
def test_json_by_another_ending(text: str, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"films{ending}"
    path.write_text(text)
    assert [row.title for row in read(path) if isinstance(row, Movie)] == ["X", "Y"]
    assert Source.find(path).counted().rows == 2
