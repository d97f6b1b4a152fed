"""Errors say what, the value and the cure, on one line."""

from __future__ import annotations

import copy
import inspect
import pickle
import re
from collections.abc import Callable, Iterator

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


def kinds(kind: type[UserError] = UserError) -> Iterator[type[UserError]]:
    """`UserError` and all that is made of it, in what is imported."""
    yield kind
    for each in kind.__subclasses__():
        yield from kinds(each)


@pytest.mark.parametrize("kind", list(kinds()))
@pytest.mark.parametrize(
    "again",
    [copy.copy, copy.deepcopy]
    + [lambda e, p=p: pickle.loads(pickle.dumps(e, p)) for p in range(pickle.HIGHEST_PROTOCOL + 1)],
)
def test_every_kind_travels_between_processes(
    kind: type[UserError], again: Callable[[UserError], UserError]
) -> None:
    error = kind(*(f"its {name}" for name in inspect.signature(kind).parameters))
    other = again(again(error))
    assert type(other) is kind
    assert str(other) == str(error)
    assert vars(other) == vars(error)
    assert other.what and other.cure


def test_an_unknown_name_travels_between_processes() -> None:
    error = unknown("genre", "Commedy", ["Drama", "Comedy"])
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


@pytest.mark.parametrize("kind", [BadMovie, BadImage])
def test_every_kind_is_a_user_error(kind: type[UserError]) -> None:
    with pytest.raises(UserError, match="a: b"):
        raise kind("a", "b")


def test_a_missing_extra_names_the_command() -> None:
    error = str(MissingExtra("arro3-io", "data"))
    assert re.fullmatch(r"'arro3-io' is not installed: .*run: .* install .*\[data\].*", error)


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
