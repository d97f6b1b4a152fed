"""Lists and years in cells."""

from __future__ import annotations

import warnings
from datetime import date, datetime

import pytest

from cinegenre.readers.cells import literal, year_of
from cinegenre.readers.shapes import listed


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (None, ()),
        ("", ()),
        ("  ", ()),
        (float("nan"), ()),
        ("[]", ()),
        ([], ()),
        ("Drama", ("Drama",)),
        ("Science Fiction", ("Science Fiction",)),
        ("Science Fiction|TV Movie", ("Science Fiction", "TV Movie")),
        ("Comedy, Drama , ,", ("Comedy", "Drama")),
        ("Love, Loss|Drama", ("Love, Loss", "Drama")),
        ('["A", "B"]', ("A", "B")),
        ("['A', \"B's\"]", ("A", "B's")),
        ("[{'id': 16, 'name': 'Animation'}]", ("Animation",)),
        ("['Action' 'Science Fiction']", ("Action", "Science Fiction")),
        ("['Action'\n 'TV Movie']", ("Action", "TV Movie")),
        ("('A', 'B')", ("A", "B")),
        ("()", ()),
        ("(1492 Pictures)", ("(1492 Pictures)",)),
        ("[adult swim]", ("[adult swim]",)),
        (["A", None, {"name": "B"}], ("A", "B")),
        (("A",), ("A",)),
    ],
)
def test_lists(cell: object, expected: tuple[str, ...]) -> None:
    assert listed(cell, "|,") == expected


def test_companies_keep_their_commas() -> None:
    assert listed("Metro-Goldwyn-Mayer, Inc.|Pixar", "|") == ("Metro-Goldwyn-Mayer, Inc.", "Pixar")
    assert listed("Metro-Goldwyn-Mayer, Inc.", "|") == ("Metro-Goldwyn-Mayer, Inc.",)


@pytest.mark.parametrize(
    "cell",
    ["['A', 'B'", "[1, 2]", "[16]", "[None]x", '[{"id": 5}]', 5, {"name": "A"}, [["A"]], [1]],
)
def test_broken_lists(cell: object) -> None:
    with pytest.raises(ValueError):
        listed(cell, "|,")


def test_literals_run_no_code_and_warn_of_nothing() -> None:
    assert literal("{'a': None}") == literal('{"a": null}') == {"a": None}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert literal(r"['AC\DC']") == ["AC\\DC"]
    for text in ("__import__('os').getcwd()", "[" * 5000, "{[]: 1}", "1 +", "\0", "x" * 100):
        with pytest.raises(ValueError, match="neither JSON nor a Python literal"):
            literal(text)


@pytest.mark.parametrize(
    ("cell", "year"),
    [
        ("1995-10-30", 1995),
        ("1995", 1995),
        ("1995.0", 1995),
        ("30.10.1995", 1995),
        ("10/30/2026", 2026),
        (1995, 1995),
        (1995.0, 1995),
        (date(1995, 10, 30), 1995),
        (datetime(1995, 10, 30), 1995),
        ("", None),
        ("1", None),
        ("TBA", None),
        (None, None),
        (float("nan"), None),
        (815011200000, None),
        (True, None),
        (["1995"], None),
    ],
)
def test_years(cell: object, year: int | None) -> None:
    assert year_of(cell) == year
