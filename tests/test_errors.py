"""Errors say what, the value and the cure, on one line."""

from __future__ import annotations

import pytest

from cinegenre.errors import (
    BadImage,
    BadMovie,
    MissingExtra,
    UserError,
    shown,
    unknown,
)


def test_what_and_cure_on_one_line() -> None:
    error = UserError("the file\n  x.csv is  broken", "write\nit again")
    assert str(error) == "the file x.csv is broken: write it again"
    assert (error.what, error.cure) == ("the file x.csv is broken", "write it again")


def test_without_a_cure_there_is_no_colon() -> None:
    assert str(UserError("no disk")) == "no disk"


@pytest.mark.parametrize("kind", [BadMovie, BadImage])
def test_every_kind_is_a_user_error(kind: type[UserError]) -> None:
    with pytest.raises(UserError, match="a: b"):
        raise kind("a", "b")


def test_a_missing_extra_names_the_command() -> None:
    assert "pip install 'cinegenre[data]'" in str(MissingExtra("arro3-io", "data"))


def test_unknown_names_the_nearest_and_all() -> None:
    error = str(unknown("genre", "Commedy", ["Drama", "Comedy"]))
    assert error == "unknown genre 'Commedy': did you mean 'Comedy'? known: Comedy, Drama"


def test_unknown_without_a_near_or_any_name() -> None:
    assert str(unknown("reader", "zzz", ["table"])) == "unknown reader 'zzz': known: table"
    assert str(unknown("reader", 5, [])) == "unknown reader 5: known: none"


@pytest.mark.parametrize(
    ("value", "text"),
    [("a\nb", '"a\\nb"'), (5, "5"), (None, "None"), ("ü", '"ü"'), (("a", "b"), "('a', 'b')")],
)
def test_shown_quotes_a_value_on_one_line(value: object, text: str) -> None:
    assert shown(value) == text


def test_shown_cuts_long_values() -> None:
    assert shown("x" * 1000, 20) == '"' + "x" * 18 + "…"
    assert len(shown("x" * 1000)) == 60
    assert shown("x" * 18, 20) == '"' + "x" * 18 + '"'
