from __future__ import annotations

import pytest

from cinegenre import Movie
from cinegenre.explain.units import Unit, cut, spans, units_of, without


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("Alien 3: don't l’ask!", ["Alien", "3", "don't", "l’ask"]),
        ("'quoted' rock'n'roll'", ["quoted", "rock'n'roll"]),
        ("snake_case ex-boyfriend", ["snake_case", "ex", "boyfriend"]),
        ("一个爱情故事。", ["一", "个", "爱", "情", "故", "事"]),
        ("東京のゴジラが来る", ["東", "京", "の", "ゴジラ", "が", "来", "る"]),
        ("살인의 추억", ["살인의", "추억"]),
        ("قصة حب، في القاهرة", ["قصة", "حب", "في", "القاهرة"]),
        ("می\u200cخواهم", ["می\u200cخواهم"]),
        ("हिन्दी फिल्म", ["हिन्दी", "फिल्म"]),
        ("ผีเสื้อ", ["ผีเสื้อ"]),
        ("องค์บาก เกิดมาลุย", ["องค์บาก", "เกิดมาลุ", "ย"]),
        ("😀🎬 👨‍👩‍👧 👍🏽❤️", ["😀", "🎬", "👨‍👩‍👧", "👍🏽", "❤️"]),
        ("e\u0301tat ÉTAT", ["e\u0301tat", "ÉTAT"]),
        ("  \t\n…—", []),
        ("", []),
    ],
)
def test_units(text: str, units: list[str]) -> None:
    assert [text[start:end] for start, end in spans(text)] == units


def test_units_of_a_film_are_where_they_say() -> None:
    film = Movie(title="The Fly", overview="N/A", companies=("Brooks Films", "Fox, Inc."))
    found = units_of(film, ("companies", "overview", "title"))
    assert found == [
        Unit("companies", 0, 12, "Brooks Films", 0),
        Unit("companies", 0, 9, "Fox, Inc.", 1),
        Unit("title", 0, 3, "The"),
        Unit("title", 4, 7, "Fly"),
    ]


def test_a_film_without_some_units() -> None:
    film = Movie(title="The old fly", overview="One, two. Three", companies=("A", "B", "C"))
    first, old, fly = units_of(film, ("title",))
    one, two, three = units_of(film, ("overview",))
    a, _, c = units_of(film, ("companies",))
    assert without(film, [first]).title == "old fly"
    assert without(film, [old]).title == "The fly"
    assert without(film, [fly]).title == "The old "
    less = without(film, [one, c, three, a, first, fly])
    assert (less.title, less.overview, less.companies) == ("old ", ", two. ", ("B",))
    assert without(film, [two]).overview == "One, . Three"
    assert without(film, []) == film


def test_a_film_cut_off() -> None:
    fields = ("companies", "title", "overview")
    film = Movie(title="The fly", overview="One, (two)", companies=("A", "B"))
    units = units_of(film, fields)
    assert cut(film, units, fields, 6) == film
    assert cut(film, units, fields, 5).overview == "One, ("
    assert cut(film, units, fields, 3) == Movie(companies=("A", "B"), title="The")
    assert cut(film, units, fields, 1) == Movie(companies=("A",))
