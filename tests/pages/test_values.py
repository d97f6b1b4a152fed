from __future__ import annotations

import pytest

from cinegenre.pages.values import NONE, interval, listed, number, signed, text


def test_figures() -> None:
    assert (number(0.12345), number(-0.5, 1), number(None)) == ("0.123", "−0.5", NONE)
    assert (signed(0.256), signed(-1.0), signed(None)) == ("+0.26", "−1.00", NONE)


@pytest.mark.parametrize("ends", [None, [], [None, 0.5], [0.5, None]])
def test_an_interval_without_an_end_is_a_dash(ends: list[float | None] | None) -> None:
    assert interval(ends) == NONE


def test_an_interval() -> None:
    assert interval((0.25, 0.5)) == "0.250 to 0.500"


def test_facts_and_names() -> None:
    assert text([1234, None, "x"]) == "1,234, , x"
    assert [listed(names) for names in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "none", "a", "a and b", "a, b and c",
    ]  # fmt: skip
