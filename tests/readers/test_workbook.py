"""Excel's and LibreOffice's workbooks are read as the CSV that they could be saved as."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from cinegenre.errors import UserError
from cinegenre.movie import BadRow, Movie
from cinegenre.readers import workbook
from cinegenre.readers.log import ReadLog
from cinegenre.readers.rows import table_rows
from cinegenre.readers.table import read

from .workbooks import Cell, write_workbook, write_xlsx

HEADER = ("id", "title", "overview", "year", "genres")
ROWS: list[tuple[Cell, ...]] = [
    HEADER,
    (862, "Der Fischer", 'Ein "alter" Mann,\nein Meer; und <Stürme> & 5 %.', 1995, "Drama|Krimi"),
    ("tt0114709", 1917, None, 2019.0, None),
    (),
    (7, "Ночь", "Ёлка", None, "Drama"),
]


@pytest.fixture(params=[".xlsx", ".ods"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / f"Filme 1{request.param}"


def told(path: Path) -> tuple[list[Movie | BadRow], list[str]]:
    lines: list[str] = []
    return list(read(path, log=ReadLog(tell=lines.append))), lines


def test_the_films_of_the_first_sheet(path: Path) -> None:
    films, lines = told(write_workbook(path, {"Filme": ROWS, "Notizen": [["nichts"]], "Leer": []}))
    assert films == [
        Movie(id="862", title="Der Fischer", year=1995, genres=["Drama", "Krimi"],
              overview='Ein "alter" Mann,\nein Meer; und <Stürme> & 5 %.'),
        Movie(id="tt0114709", title="1917", year=2019),
        Movie(id="7", title="Ночь", overview="Ёлка", genres=["Drama"]),
    ]  # fmt: skip
    assert f"{path.name}: 1 of its sheets not read: only 'Filme' is" in lines


def test_the_place_of_a_row_is_its_row_in_the_sheet(path: Path) -> None:
    above: list[tuple[Cell, ...]] = [(), (), *ROWS, (8, "Ende")]
    rows = list(table_rows(write_workbook(path, {"Filme": above})))
    assert not any(isinstance(row, BadRow) for row in rows)
    assert [row[0] for row in rows] == [f"{path.name} row {n}" for n in (4, 5, 7, 8)]  # type: ignore[index]


def test_a_bad_cell_is_told_with_its_row(path: Path) -> None:
    film, bad = told(write_workbook(path, {"f": [("id", "genres"), (1, "Drama"), (2, "{")]}))[0]
    assert isinstance(film, Movie) and isinstance(bad, BadRow)
    assert bad.where == f"{path.name} row 3"


def test_a_title_above_the_header_and_genres_of_yes_and_no(path: Path) -> None:
    rows: list[tuple[Cell, ...]] = [
        ("Unsere Sammlung",), (), ("Title", "Year", "Drama", "Comedy"),
        ("Eins", 1995, True, False), ("Zwei", 2019, False, True),
    ]  # fmt: skip
    films, _ = told(write_workbook(path, {"f": rows}))
    assert films == [
        Movie(title="Eins", year=1995, genres=["Drama"]),
        Movie(title="Zwei", year=2019, genres=["Comedy"]),
    ]


def test_dates_are_read(path: Path) -> None:
    films, _ = told(write_workbook(path, {"f": [("title", "release_date"), ("x", "=2019-12-25")]}))
    assert films == [Movie(title="x", year=2019)]


def test_hidden_and_empty_sheets_are_passed_over(path: Path) -> None:
    sheets = {"Hidden": [["title"], ["No"]], "Empty": [], "Films": [["title"], ["Yes"]]}
    films, lines = told(write_workbook(path, sheets, hidden=["Hidden"]))
    assert films == [Movie(title="Yes")] and not any("sheets" in line for line in lines)


def test_cells_that_hold_nothing_are_no_columns(path: Path) -> None:
    rows = list(table_rows(write_workbook(path, {"f": [("title", "", ""), ("x", "", None)]})))
    assert rows == [(f"{path.name} row 2", {"title": "x"})]


@pytest.mark.parametrize("rows", [[], [("",)], [(None, ""), ("",)]], ids=["none", "one", "some"])
def test_an_empty_workbook(path: Path, rows: list[tuple[Cell, ...]]) -> None:
    with pytest.raises(UserError, match="has no header"):
        told(write_workbook(path, {"f": rows}))


@pytest.mark.parametrize("ending", workbook.ENDINGS)
@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", "is no workbook"),
        (b"id,title\n1,x\n", "is no workbook"),
        (b"\x1f\x8b\x08" + bytes(300), "is a packed workbook: unpack it"),
        (b"PK\x03\x04" + bytes(300), "is damaged, or no workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "is damaged, or no workbook"),
    ],
    ids=["empty", "csv", "packed", "zip", "old"],
)
def test_what_is_none_is_one_line(tmp_path: Path, ending: str, content: bytes, error: str) -> None:
    path = tmp_path / f"films{ending}"
    path.write_bytes(content)
    with pytest.raises(UserError, match=error):
        told(path)


def test_cut_off_anywhere_it_is_one_line(path: Path) -> None:
    whole = write_workbook(path, {"Filme": ROWS}).read_bytes()
    for size in range(0, len(whole) - 1, 61):
        path.write_bytes(whole[:size])
        with pytest.raises(UserError, match=r"no workbook"):
            told(path)


def test_under_another_name_the_ending_is_told(path: Path) -> None:
    moved = write_workbook(path, {"Filme": ROWS}).rename(path.with_suffix(".csv"))
    with pytest.raises(UserError, match=rf"call it \{path.suffix}"):
        told(moved)


def test_a_cell_too_far_away_is_told_and_not_opened(tmp_path: Path) -> None:
    """calamine would ask for a terabyte, and end the process."""
    path = tmp_path / "films.xlsx"
    write_xlsx(path, {"f": ROWS}, extent='<dimension ref="A1:XFD1048576"/>')
    with pytest.raises(UserError, match=r"a cell too far away .*: delete the rows"):
        told(path)
    write_xlsx(path, {"f": ROWS}, extent='<dimension ref="A1:Z1048576"/>')
    assert len(told(path)[0]) == 3


def changed(path: Path, before: bytes, after: bytes, part: str = "content.xml") -> Path:
    """The .ods file with something else in a part of it."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert before in parts[part]
    parts[part] = parts[part].replace(before, after)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_cells_that_are_repeated_too_often(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "films.ods", {"f": [("title",), ("x",)]})
    often = b'<table:table-row table:number-rows-repeated="90000000">'
    with pytest.raises(UserError, match="too many cells"):
        told(changed(path, b"<table:table-row><", often + b"<"))


@pytest.mark.parametrize("end", [b"</table:t-1able>", b"", b"</table:table></x>"])
def test_what_calamine_would_read_for_ever(tmp_path: Path, end: bytes) -> None:
    path = write_workbook(tmp_path / "films.ods", {"f": [("title",), ("x",)]})
    with pytest.raises(UserError, match="is damaged, or no workbook"):
        told(changed(path, b"</table:table>", end))


def test_a_workbook_with_a_password(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "films.ods", {"f": ROWS})
    path = changed(path, b"/>", b"><manifest:encryption-data/>", "META-INF/manifest.xml")
    with pytest.raises(UserError, match="is locked with a password: save it without one"):
        told(path)
