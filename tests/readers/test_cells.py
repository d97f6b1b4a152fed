"""Nothing, literals, years and whole numbers in cells."""

from __future__ import annotations

import warnings
from collections import Counter
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pytest

from cinegenre.readers.cells import NULL_WORD, NULLS, absent, literal, whole, year_of


@pytest.mark.parametrize("word", sorted(NULLS))
def test_words_for_nothing(word: str) -> None:
    mended: Counter[str] = Counter()
    assert absent(word, mended)
    assert absent(f" {word}\t") == bool(word)
    assert mended == ({NULL_WORD: 1} if word else {})


@pytest.mark.parametrize("cell", [None, float("nan"), Decimal("NaN")])
def test_missing_values(cell: object) -> None:
    assert absent(cell)


@pytest.mark.parametrize("cell", [" ", "0", "Nan", "none", "Unknown", "--", 0, False, [], "x" * 99])
def test_what_is_there(cell: object) -> None:
    assert not absent(cell)


def test_literals_run_no_code_and_warn_of_nothing() -> None:
    assert literal("{'a': None}") == literal('{"a": null}') == {"a": None}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert literal(r"['AC\DC']") == ["AC\\DC"]
    for text in ("__import__('os').getcwd()", "[" * 5000, "{[]: 1}", "1 +", "\0", "x" * 100):
        with pytest.raises(ValueError, match="neither JSON nor a Python literal"):
            literal(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{'b', 'a'}", ["b", "a"]),  # a set's order is that of the text
        ("['it''s']", ["its"]),
        ("[\"it's\", 'x']", ["it's", "x"]),
        (" ('a', 1)", ("a", 1)),
        ("[{'id': 1, 'name': 'A'}]", [{"id": 1, "name": "A"}]),
        ("[True, None]", [True, None]),
        ("'a'", "a"),
    ],
)
def test_literals_of_python(text: str, value: object) -> None:
    assert literal(text) == value


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
        (Decimal(1995), 1995),
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


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (862, 862),
        (862.0, 862),
        (Decimal("862"), 862),
        (862.5, None),
        (float("inf"), None),
        (Decimal("NaN"), None),
        (True, None),
        ("862", None),
        (None, None),
    ],
)
def test_whole_numbers(cell: object, number: int | None) -> None:
    assert whole(cell) == number


class NAType:
    """As pandas calls its own."""


@pytest.mark.parametrize(
    ("cell", "number"),
    [(np.int64(862), 862), (np.uint8(7), 7), (np.float32(862), 862), (np.float64("nan"), None),
     (np.bool_(True), None), (np.int64(-1), -1)],
)  # fmt: skip
def test_numbers_of_numpy(cell: object, number: int | None) -> None:
    assert whole(cell) == number


def test_nulls_of_pandas_and_numpy() -> None:
    assert absent(NAType()) and absent(np.float32("nan"))
    assert not absent(np.int64(0)) and not absent(np.str_("a"))
    assert year_of(np.int64(1999)) == year_of(np.float32(1999)) == 1999


@pytest.mark.parametrize(
    ("cell", "year"),
    [("1,995", 1995), ("1.995", 1995), ("1 995", 1995), ("1'995", 1995), ("2.019,0", 2019),
     ("9,995", None), ("Jun 12 1998", 1998), ("12,995", None)],
)  # fmt: skip
def test_years_written_as_numbers_are(cell: str, year: int | None) -> None:
    assert year_of(cell) == year
