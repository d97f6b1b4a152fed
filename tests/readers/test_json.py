"""JSON and JSON lines as tables."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from cinegenre.errors import UserError
from cinegenre.movie import BadRow, Movie
from cinegenre.readers.columns import COLUMNS

from .test_table import films, jsonl


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "films.csv"


def test_missing_values_of_json(path: Path) -> None:
    empty = dict.fromkeys(COLUMNS)
    assert jsonl(path, **empty) == jsonl(path, **dict.fromkeys(COLUMNS, float("nan"))) == Movie()


def test_texts_that_an_object_wraps(path: Path) -> None:
    for cell, text in (
        ({"type": "literal", "value": "A"}, "A"),
        ({"S": "A"}, "A"),
        ({"fr": "B", "en": "A"}, "A"),
        ({"": "A"}, "A"),
    ):
        assert jsonl(path, title=cell, overview=cell) == Movie(title=text, overview=text)
    for cell in ({"fr": "B", "de": "C"}, {"en": 5}, {}):
        assert isinstance(jsonl(path, title=cell), BadRow)


def test_json_rows_may_leave_columns_out(path: Path) -> None:
    lines = ['{"title": "A"}'] * 150 + ['{"title": "B", "Plot": "C", "genre": ["D"]}']
    rows = films(path.with_suffix(".jsonl"), "\n".join(lines))
    assert rows[-1] == Movie(title="B", overview="C", genres=("D",))
    assert len(rows) == 151


def test_broken_json(path: Path) -> None:
    rows = films(
        path.with_suffix(".jsonl"), '{"id": "a"}\n{"id": \n[]\n' + "[" * 9999 + '\n{"id": "b"}'
    )
    assert [row.id for row in rows] == ["a", None, None, None, "b"]
    assert all(isinstance(row, BadRow) and "line" in row.where for row in rows[1:4])
    for text in ('[{"id": "a"}, ', "", "nonsense"):
        with pytest.raises(UserError, match=r"films.json is not JSON"):
            films(path.with_suffix(".json"), text)
    good, bad = films(path.with_suffix(".json"), '[{"id": "a"}, 5]')
    assert good == Movie(id="a")
    assert isinstance(bad, BadRow) and bad.where == "films.json item 2"


def test_a_jsonl_file_cut_off(path: Path) -> None:
    lines = "".join(f'{{"id": "{n}", "title": "{n * n}"}}\n' for n in range(20_000))
    whole = gzip.compress(lines.encode())
    *good, last = films(path.with_name("a.jsonl.gz"), whole[: len(whole) // 2])
    assert len(good) > 5000 and all(isinstance(film, Movie) for film in good)
    assert isinstance(last, BadRow) and "cut off" in last.error
