"""Films as a Python program has them; data frames are in tests/tagger/test_given.py."""

from __future__ import annotations

from collections import UserDict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cinegenre import BadMovie, BadRow, Movie, UserError
from cinegenre.readers.given import Given

GIVEN = Given(("title", "overview", "companies", "poster"))
PIXELS = np.arange(4 * 2 * 3, dtype=np.uint8).reshape(4, 2, 3)
PLOT = "A crew in deep space hunts the thing that hunts them."

ONE: dict[str, tuple[Any, Movie | BadRow]] = {
    "film": (Movie(title="Alien"), Movie(title="Alien")),
    "row": (BadRow(where="a", error="b"), BadRow(where="a", error="b")),
    "text": (PLOT, Movie(overview=PLOT)),
    "text of numpy": (np.str_(PLOT), Movie(overview=PLOT)),
    "words with a dot": ("They met at example.com", Movie(overview="They met at example.com")),
    "no text": ("", Movie()),
    "null word": ("nan", Movie()),
    "dict": ({"title": "Alien", "overview": PLOT}, Movie(title="Alien", overview=PLOT)),
    "no dict": ({}, Movie()),
    "other mapping": (UserDict(title="Alien"), Movie(title="Alien")),
    "aliases": (
        {"Series_Title": "Alien", "Plot": PLOT, "tconst": "tt0078748", "startYear": "1979",
         "production_companies": "Brandywine, 20th Century Fox", 7: "seven"},
        Movie(id="tt0078748", title="Alien", overview=PLOT, year=1979,
              companies=("Brandywine", "20th Century Fox")),
    ),
    "numbers of numpy": ({"id": np.int64(7), "year": np.float64(1979)}, Movie(id="7", year=1979)),
    "list of numpy": ({"companies": np.array(["A", "B"])}, Movie(companies=("A", "B"))),
    "nulls": ({"title": None, "overview": float("nan"), "poster": float("nan")}, Movie()),
    "poster: path": ({"poster": Path("a.jpg")}, Movie(poster=Path("a.jpg"))),
    "poster: name": ({"poster": "a b.jpg"}, Movie(poster=Path("a b.jpg"))),
    "poster: bytes": ({"poster": b"jpeg"}, Movie(poster=b"jpeg")),
    "poster: struct": ({"image": {"bytes": b"jpeg", "path": None}}, Movie(poster=b"jpeg")),
    "poster: array": ({"poster": PIXELS}, Movie(poster=PIXELS)),
    "poster: lists": ({"poster": PIXELS.tolist()}, Movie(poster=PIXELS)),
    "poster: data": ({"poster": "data:image/png;base64,iVBO"}, Movie(poster=b"\x89PN")),
    "poster: several": ({"poster": ["a.jpg", "b.jpg"]}, Movie(poster=Path("a.jpg"))),
    "poster: none of several": ({"title": "A", "poster": []}, Movie(title="A")),
    "poster: named in an object": (
        {"images": 1, "poster": [{"coverType": "fanart", "url": "b.jpg"},
                                 {"coverType": "poster", "remoteUrl": "https://x.org/a.jpg"}]},
        Movie(poster="https://x.org/a.jpg"),
    ),
    "poster: address": ({"poster": "https://x.org/a.jpg"}, Movie(poster="https://x.org/a.jpg")),
    "genres that are not read": ({"title": "A", "genres": [{"x": {}}], "id": {}}, Movie(title="A")),
}  # fmt: skip


@pytest.mark.parametrize("name", ONE)
def test_one_film(name: str) -> None:
    given, expected = ONE[name]
    assert GIVEN.one(given) == expected
    assert list(GIVEN.many(iter([given, given]))) == [expected] * 2


@pytest.mark.parametrize(
    ("film", "said"),
    [({"title": "Alien", "overveiw": PLOT}, 'key "overveiw" is not read: did you mean "overview"?'),
     ({"overview": PLOT, "Titlle": "Alien"}, 'key "Titlle" is not read: did you mean "title"?'),
     ({"title": "A", "posters_url": "a.jpg"}, 'key "posters_url" is not read: '
      'did you mean "poster_url"?'),
     ({"title": "Alien", "titel": "Alien", "overview": PLOT}, None),  # there is a title
     ({"title": "Alien", "tagline": "x", "runtime": 117, "game": 1, "vote_average": 8}, None),
     ({"title": "Alien", "actor": "x", "genr": "x"}, None),  # not wanted
     ({"tilte": "Alien"}, 'key "tilte" is not read: did you mean "title"?'),
     (PLOT, None), (Movie(title="A"), None), (None, None), ({}, None)],
)  # fmt: skip
def test_a_key_that_looks_mistyped_is_told(film: Any, said: str | None) -> None:
    note = GIVEN.note(film)
    assert (note and str(note)) == said
    assert [told for _, told in GIVEN.noted([film, PLOT])] == [note, None]


def test_a_key_that_the_caller_names_is_not_mistyped() -> None:
    given = Given(("title", "overview"), {"overview": "overveiw"})
    assert given.note({"title": "A", "overveiw": PLOT}) is None


def test_a_picture_of_pillow() -> None:
    image = Image.fromarray(PIXELS)
    for key in ("poster", "image", "cover"):
        made = GIVEN.one({key: image})
        assert isinstance(made, Movie)
        assert made.poster is image


def test_columns_are_named() -> None:
    given = Given(("overview",), {"overview": "Handlung"})
    assert given.one({"Handlung": PLOT, "plot": "x"}) == Movie(overview=PLOT)


def test_many_are_mixed_and_lazy() -> None:
    taken: list[int] = []

    def some() -> Iterator[Any]:
        for number, film in enumerate([PLOT, {"title": "B"}, None, Movie(id="c"), float("nan")]):
            taken.append(number)
            yield film

    rows = GIVEN.many(some())
    assert not taken
    assert next(rows) == Movie(overview=PLOT)
    assert taken == [0]
    assert list(rows) == [Movie(title="B"), Movie(), Movie(id="c"), Movie()]


BAD: dict[str, tuple[Any, str]] = {
    "no key of ours": (
        {"foo": 1},
        r"a dict has none of our keys \(id, title, .*: its keys are: foo; "
        r'name it: columns=\{"title": COLUMN\}',
    ),
    "no title": ({"title": True}, "the film: title is True: title must be a string"),
    "no poster": ({"id": "7", "poster": 5}, 'film "7": poster is "int": poster must be a path'),
    "floats": ({"poster": PIXELS / 255}, "poster is an array of float64"),
    "ragged": ({"poster": [[1, 2], [3]]}, 'poster is "list"'),
    "no numbers": ({"poster": [["a", "b"]]}, "poster is an array of <U1"),
    "over 255": ({"poster": [[[256, 0, 0]]]}, "poster is an array of int64"),
    "poster's name": ("orbit.jpg", r'"orbit.jpg" names a file.*give \{"poster": \'orbit.jpg\'\}'),
    "table's name": ("my/films.csv", r"give pandas.read_csv\('my/films.csv'\)"),
    "workbook's name": ("Films.ODS", r"give pandas.read_excel\('Films.ODS'\)"),
    "Parquet's name": ("films.parquet", r"give pandas.read_parquet\('films.parquet'\)"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_film_that_is_none(name: str) -> None:
    """An error where it is alone; among others it has the error in its place."""
    given, said = BAD[name]
    with pytest.raises(BadMovie, match=said):
        GIVEN.one(given)
    before, row, after = GIVEN.many([PLOT, given, PLOT])
    assert before == after == Movie(overview=PLOT)
    assert isinstance(row, BadRow)
    assert row.where == "item 1"
    assert BadMovie(row.error).what == str(BadMovie(row.error))


def test_a_file_with_a_space_in_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert GIVEN.one("An orbit.jpg") == Movie(overview="An orbit.jpg")
    Path("An orbit.jpg").touch()
    with pytest.raises(BadMovie, match="names a file"):
        GIVEN.one("An orbit.jpg")


WRONG: dict[str, tuple[Any, str]] = {
    "number": (5, "int 5"),
    "none": (None, "None"),
    "class": (Movie, "a value of type type"),
    "object": (object(), "a value of type object"),
    "bytes": (b"jpeg", r'a value of type bytes is not a film: give a poster as \{"poster": ...\}'),
    "path": (Path("a.csv"), r"Path is not a film: give a poster as .*, a table as a DataFrame"),
    "picture": (Image.fromarray(PIXELS), r"a value of type Image is not a film: give a poster"),
    "pixels": (PIXELS, "a value of type ndarray is not a film: give a poster"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_neither_one_nor_many_is_named(name: str) -> None:
    given, said = WRONG[name]
    with pytest.raises(UserError, match=said):
        GIVEN.one(given)


@pytest.mark.parametrize(
    ("given", "said"),
    [([[PLOT]], "item 0, list"), ((PLOT, 5), "item 1, int 5, is not a film: give a Movie, a dict"),
     ([b"jpeg"], "item 0, a value of type bytes, is not a film: give a poster")],
)  # fmt: skip
def test_what_is_no_film_among_films_is_named(given: Any, said: str) -> None:
    assert GIVEN.one(given) is None
    with pytest.raises(UserError, match=said):
        list(GIVEN.many(given))


@pytest.mark.parametrize("title", [1917, 1917.0, np.int64(1917), np.float64(1917), Decimal(1917)])
def test_a_title_that_excel_holds_as_a_number(title: Any) -> None:
    assert Given(("title",)).one({"title": title}) == Movie(title="1917")
