"""Cells that hold several things."""

from __future__ import annotations

import pytest

from cinegenre.readers.shapes import entries, listed


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (None, ()),
        ("", ()),
        ("  ", ()),
        (float("nan"), ()),
        ("[]", ()),
        ([], ()),
        ("N/A", ()),
        ("Pixar", ("Pixar",)),
        ("Studio Canal|A24", ("Studio Canal", "A24")),
        ("Ann, Bob , ,", ("Ann", "Bob")),
        ("Love, Loss|Ann", ("Love, Loss", "Ann")),
        ("Ann; Bob", ("Ann", "Bob")),
        ("Ann|nan|Bob", ("Ann", "Bob")),
        ('["A", "B"]', ("A", "B")),
        ("['A', \"B's\"]", ("A", "B's")),
        ("{'B', 'A'}", ("B", "A")),
        ("[{'id': 16, 'name': 'Pixar'}]", ("Pixar",)),
        ("['A' 'B C']", ("A", "B C")),
        ("['A'\n 'B C']", ("A", "B C")),
        ("('A', 'B')", ("A", "B")),
        ("()", ()),
        ("[A, B]", ("A", "B")),
        ('{A,"B, Inc."}', ("A", "B, Inc.")),
        ("(1492 Pictures)", ("(1492 Pictures)",)),
        ("[adult swim]", ("[adult swim]",)),
        ("{Proof} Pictures", ("{Proof} Pictures",)),
        ('"DIA" Films', ('"DIA" Films',)),
        (["A", None, {"name": "B"}, "nan"], ("A", "B")),
        (("A",), ("A",)),
        ({"name": "A"}, ("A",)),
        ({"/m/01": "A", "/m/02": "B"}, ("A", "B")),
        ({"id": [1, 2], "name": ["A", "B"]}, ("A", "B")),
        ({"studios": ["A", "B"]}, ("A", "B")),
        (b"A|B", ("A", "B")),
        ([b"A", b"B"], ("A", "B")),
        ([("/m/01", "A"), ("x", "B")], ("A", "B")),
        ([("A", True), ("B", False)], ("A",)),
    ],
)
def test_names(cell: object, expected: tuple[str, ...]) -> None:
    assert listed(cell, "|;,") == expected


def test_companies_keep_their_commas() -> None:
    assert listed("Metro-Goldwyn-Mayer, Inc.|Pixar", "|") == ("Metro-Goldwyn-Mayer, Inc.", "Pixar")
    assert listed("Metro-Goldwyn-Mayer, Inc.", "|") == ("Metro-Goldwyn-Mayer, Inc.",)


@pytest.mark.parametrize(
    "cell",
    [
        "['A', 'B'", "[1, 2]", "[16]", "[None]x", '[{"id": 5}]', 5, [["A"]], [1], [("a", 5)],
        {"a": "A", "b": "B"}, {"a": 5, "b": 6}, {"a": [], "b": []},
    ],
)  # fmt: skip
def test_broken_lists(cell: object) -> None:
    with pytest.raises(ValueError):
        listed(cell, "|,")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("[27, 53]", [27, 53]),
        ("[27 53]", [27, 53]),
        ("[27. 53.]", [27, 53]),
        ('[{"id": 27}]', [27]),
        ({"id": 27}, [27]),
        ("[adult swim]", ["adult swim"]),
        ("array(['A', 'B'], dtype=object)", ["A", "B"]),
        ("np.array([\n'A'])", ["A"]),
        ("frozenset({'A'})", ["A"]),
        ("set()", []),
        ("deque(['A'])", ["A"]),
        ('"[\\"A\\"]"', ["A"]),
        ({"A": True, "B": False}, ["A"]),
        ('{"A": 1, "B": 0}', ["A"]),
        ("A and B", "A and B"),
        ('"A"', "A"),
    ],
)
def test_entries(cell: object, expected: object) -> None:
    assert entries(cell) == expected


@pytest.mark.parametrize("cell", ["[A, B", "{A: B}", "{'A': ", "[A, [B]]", "[\"A, 'B]", "[a\nb']"])
def test_text_that_begins_as_a_list_and_is_none(cell: str) -> None:
    with pytest.raises(ValueError, match="is not a list"):
        entries(cell)
