"""Titles, overviews and languages with what tables put around them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cinegenre.movie import Movie
from cinegenre.readers.languages import code_of
from cinegenre.readers.log import ReadLog
from cinegenre.readers.table import read
from cinegenre.readers.texts import BEHIND, MARKUP, year_behind

from .test_table import jsonl, one


@pytest.mark.parametrize(
    ("title", "plain", "year"),
    [
        ("Toy Story (1995)", "Toy Story", 1995),
        ("American President, The (1995)", "The American President", 1995),
        ("Avventura, L' (Adventure, The) (1960)", "L'Avventura (Adventure, The)", 1960),
        ("2012 (2009)", "2012", 2009),
        ("(500) Days of Summer (2009)", "(500) Days of Summer", 2009),
        ("Me, You and Them (2000)", "Me, You and Them", 2000),
        ("Blade Runner 2049", "Blade Runner 2049", None),
        ("Airplane, The", "Airplane, The", None),
        ("(1999)", "(1999)", None),
        ("Heat (Remastered)", "Heat (Remastered)", None),
    ],
)
def test_a_year_behind_a_title(title: str, plain: str, year: int | None) -> None:
    assert year_behind(title) == (plain, year)


def test_a_year_of_its_own_comes_first(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    assert one(path, "title,year\nHeat (1995),1996\n") == Movie(title="Heat", year=1996)
    log = ReadLog()
    path.write_text("title\nHeat (1995)\nAlien\n")
    assert [*read(path, log=log)] == [Movie(title="Heat", year=1995), Movie(title="Alien")]
    assert log.mended == {BEHIND: 1}


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<p><b>Tom</b> is a cat.<br/>He&#39;s mad</p>", "Tom is a cat. He's mad"),
        ("Tom &amp;amp; Jerry", "Tom & Jerry"),
        ('<a href="x?a=1&b=2">Tom</a> &ldquo;runs&rdquo;', "Tom “runs”"),
        ("3 < 5 & 7 > 5", "3 < 5 & 7 > 5"),
        ("AT&T <3 films", "AT&T <3 films"),
        ("<unknown> man", "<unknown> man"),
    ],
)
def test_html_in_texts(text: str, plain: str, tmp_path: Path) -> None:
    film = jsonl(tmp_path / "a.csv", title=text, overview=text)
    assert film == Movie(title=plain, overview=plain)
    log = ReadLog()
    assert len([*read(tmp_path / "a.jsonl", log=log)]) == 1
    assert log.mended == ({MARKUP: 2} if text != plain else {})


@pytest.mark.parametrize(
    "text", ["Amélie", "L’été – “déjà vu”…", "Солярис", "千と千尋の神隠し", "Łódź à Évreux €"]
)
def test_utf8_read_as_windows_1252(text: str, tmp_path: Path) -> None:
    wrong = "".join(
        bytes([byte]).decode("latin-1" if byte in b"\x81\x8d\x8f\x90\x9d" else "cp1252")
        for byte in text.encode()
    )
    assert wrong != text
    assert jsonl(tmp_path / "a.csv", title=wrong) == Movie(title=text)
    assert jsonl(tmp_path / "a.csv", title=text) == Movie(title=text)


@pytest.mark.parametrize("text", ["Ã", "SÃO PAULO", "Ça « va »", "AmÃ©lie é"])
def test_texts_that_only_look_so(text: str, tmp_path: Path) -> None:
    assert jsonl(tmp_path / "a.csv", title=text) == Movie(title=text)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("en", "en"), ("EN", "en"), ("English", "en"), ("English, French", "en"),
        ("French|English", "fr"), ("eng", "en"), ("deu", "de"), ("en-US", "en"), ("pt_BR", "pt"),
        ("zh-Hans-CN", "zh"), ("Spanish (Mexico)", "es"), ("cn", "cn"), ("xx", "xx"),
        ("Klingon", "Klingon"), ("", ""),
    ],
)  # fmt: skip
def test_languages(cell: str, code: str, tmp_path: Path) -> None:
    assert code_of(cell) == code
    film = one(tmp_path / "a.csv", f'title,Language\nA,"{cell}"\n')
    assert film.language == (code or None)
