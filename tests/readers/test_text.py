"""CSV files cut off, badly encoded, with stray quotation marks."""

from __future__ import annotations

import codecs
import csv
import gzip
from pathlib import Path

import pytest

from cinegenre.errors import UserError
from cinegenre.movie import BadRow
from cinegenre.readers import text
from cinegenre.readers.text import Row, csv_rows


def read(path: Path, data: str | bytes, delimiters: str = ",") -> list[Row | BadRow]:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return list(csv_rows(path))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "f.csv"


def test_a_row_is_where_it_begins(path: Path) -> None:
    rows = read(path, 'a,b\n1,"two\nlines"\n\n3,4')
    assert rows == [
        ("f.csv line 2", {"a": "1", "b": "two\nlines"}),
        ("f.csv line 5", {"a": "3", "b": "4"}),
    ]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_line_ends(path: Path, ends: str) -> None:
    assert [row[1] for row in read(path, f"a,b{ends}1,2{ends}") if isinstance(row, tuple)] == [
        {"a": "1", "b": "2"}
    ]


def test_ragged_rows_are_bad_and_reading_goes_on(path: Path) -> None:
    short, long, good = read(path, "a,b\n1\n1,2,3\n4,5\n")
    assert isinstance(short, BadRow) and short.where == "f.csv line 2"
    assert "1 cells, the header has 2" in short.error
    assert isinstance(long, BadRow) and long.where == "f.csv line 3"
    assert good == ("f.csv line 4", {"a": "4", "b": "5"})


def test_a_quotation_mark_that_is_never_closed(path: Path) -> None:
    """Its line is read as it stands, and so are those after it."""
    found = read(path, 'a,b\n1,2\n3,"four\n5,6\n7,8\n')
    assert found == [
        ("f.csv line 2", {"a": "1", "b": "2"}),
        ("f.csv line 3", {"a": "3", "b": '"four'}),
        ("f.csv line 4", {"a": "5", "b": "6"}),
        ("f.csv line 5", {"a": "7", "b": "8"}),
    ]


def test_a_quotation_mark_that_is_never_closed_among_quoted_cells(path: Path) -> None:
    """One mark makes no text of all others, and no row after it is lost."""
    rows = read(path, 'a,b\n"1","2"\n"3","four\n"5","6"\n"7","8"\n')
    assert [row[1] for row in rows if not isinstance(row, BadRow)] == [
        {"a": "1", "b": "2"}, {"a": "3", "b": '"four'}, {"a": "5", "b": "6"}, {"a": "7", "b": "8"},
    ]  # fmt: skip


def test_a_cell_without_end_swallows_no_more_than_the_limit(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = csv.field_size_limit(1000)
    monkeypatch.setattr(text, "_LONGEST_CELL", 1000)
    try:
        bad, *rest = read(path, 'a,b\n1,"' + "x" * 1100 + "\n3,4\n")
    finally:
        csv.field_size_limit(before)
    assert isinstance(bad, BadRow) and bad.where == "f.csv line 2" and "limit" in bad.error
    assert rest == [("f.csv line 3", {"a": "3", "b": "4"})]


def test_long_cells_are_read_and_the_limit_is_never_lowered(path: Path) -> None:
    long = "x" * 1_000_000
    before = csv.field_size_limit(10_000_000)
    try:
        assert read(path, f"a\n{long}\n") == [("f.csv line 2", {"a": long})]
        assert csv.field_size_limit() == 10_000_000
    finally:
        csv.field_size_limit(before)


def test_gzip_is_known_by_content(path: Path) -> None:
    expected = [("f.csv line 2", {"a": "1"})]
    assert read(path, gzip.compress(b"a\n1\n")) == expected
    plain = path.with_name("f.csv.gz")  # as browsers leave it that unpack on the way
    assert [row[1] for row in read(plain, "a\n1\n") if isinstance(row, tuple)] == [{"a": "1"}]


def test_a_gzip_file_cut_off_gives_what_is_there(path: Path) -> None:
    whole = gzip.compress("".join(f"{n},{n * n}\n" for n in range(50_000)).encode(), mtime=0)
    *good, bad = read(path, gzip.compress(b"a,b\n") + whole[: len(whole) // 2])
    assert len(good) > 10_000
    assert good[0] == ("f.csv line 2", {"a": "0", "b": "0"})
    assert isinstance(bad, BadRow) and "cut off" in bad.error


def test_a_damaged_gzip_file_gives_what_is_there(path: Path) -> None:
    whole = bytearray(gzip.compress("".join(f"{n},{n * n}\n" for n in range(50_000)).encode()))
    whole[len(whole) // 2 : len(whole) // 2 + 9] = bytes(9)
    bad = read(path, bytes(whole))[-1]
    assert isinstance(bad, BadRow) and "damaged" in bad.error


def test_byte_order_marks(path: Path) -> None:
    expected = [("f.csv line 2", {"a": "ü"})]
    assert read(path, "\ufeffa\nü\n") == expected
    for mark, encoding in (
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        assert read(path, mark + "a\nü\n".encode(encoding)) == expected


def test_bytes_that_are_no_utf8_are_windows_1252(path: Path) -> None:
    assert read(path, b"a\nAm\xe9lie \x96 d\xc3\xa9j\xc3\xa0 \x81\n") == [
        ("f.csv line 2", {"a": "Amélie – déjà \ufffd"})
    ]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("Солярис,Психолог отправляется", "cp1251"), ("Солярис,Психолог отправляется", "koi8-r"),
     ("千と千尋の神隠し,少女の話", "shift_jis"), ("霸王别姬,两位京剧演员", "gb18030"),
     ("Ο Θίασος,Ηθοποιοί ταξιδεύουν", "cp1253"), ("기생충,가족 이야기", "euc-kr")],
)  # fmt: skip
def test_encodings_of_other_scripts_are_refused(path: Path, text: str, encoding: str) -> None:
    """Not read as letters with accents, from which anything would be predicted."""
    with pytest.raises(UserError, match=r"f\.csv is neither in UTF-8 nor .*: save it as UTF-8"):
        read(path, f"title,overview\n{text}\n".encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_texts_with_many_accents_are_read(path: Path, encoding: str) -> None:
    text = "L’été où j’ai été éloigné à Évreux – « déjà vu »…"
    assert read(path, f"a\n{text}\n".encode(encoding)) == [("f.csv line 2", {"a": text})]


def test_utf8_with_a_few_other_bytes_is_read(path: Path) -> None:
    data = "a\n千と千尋の神隠し\n".encode() + b"Am\xe9lie\n"
    assert [row[1]["a"] for row in read(path, data) if isinstance(row, tuple)] == [
        "千と千尋の神隠し", "Amélie",
    ]  # fmt: skip


def test_nul_bytes_stay(path: Path) -> None:
    assert read(path, "a,b\n1\0,2\n") == [("f.csv line 2", {"a": "1\0", "b": "2"})]


@pytest.mark.parametrize("divider", [",", ";", "\t"])
def test_the_divider_is_the_one_the_header_has(path: Path, divider: str) -> None:
    rows = read(path, f"a{divider}b\n1{divider}2\n", ",;\t")
    assert rows == [("f.csv line 2", {"a": "1", "b": "2"})]


@pytest.mark.parametrize("data", ["", "\n\n", " , \n1,2\n"])
def test_a_file_without_header(path: Path, data: str) -> None:
    with pytest.raises(UserError, match=r"f\.csv has no header"):
        read(path, data)


def test_a_gzip_file_cut_off_in_its_header(path: Path) -> None:
    with pytest.raises(UserError, match="cut off"):
        read(path, gzip.compress(b"a,b\n1,2\n")[:12])


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no file"):
        next(csv_rows(tmp_path / "none.csv"))
    with pytest.raises(UserError, match="cannot open"):
        next(csv_rows(tmp_path))
    (tmp_path / "a.csv").write_bytes(b"PK\x03\x04rest")
    with pytest.raises(UserError, match="damaged ZIP archive"):
        next(csv_rows(tmp_path / "a.csv"))


def test_a_needed_column(path: Path) -> None:
    path.write_text("a,b\n1,2\n")
    with pytest.raises(UserError, match=r"no column 'c', 'd': its columns are: a, b"):
        next(csv_rows(path, needed=("c", "a", "d")))
