"""Results in JSON and back: names, what is left out, what is missing."""

from __future__ import annotations

import doctest
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pytest

from cinegenre import UserError, records
from cinegenre.records import EMPTY, OPTIONAL, SPREAD, Record, named, plain


@dataclass(frozen=True)
class Part(Record):
    name: str
    share: float | None


@dataclass(frozen=True)
class Whole(Record):
    films: int
    at_half: float | None = field(metadata=named("at_0.5"))
    parts: tuple[Part, ...]
    by_name: Mapping[str, Part]
    ends: Mapping[str, tuple[float | None, ...]]
    figures: Mapping[str, float] = field(metadata=SPREAD)
    worst: Part | None = field(default=None, metadata=EMPTY)
    extra: Part | None = field(default=None, metadata=OPTIONAL)
    last: str | None = None


def whole(**more: object) -> Whole:
    part = Part("a", 0.5)
    given = {"films": 3, "at_half": 0.25, "parts": (part,), "by_name": {"a": part},
             "ends": {"f1": (0.1, None)}, "figures": {"f1": 0.5}}  # fmt: skip
    return Whole(**given | more)  # type: ignore[arg-type]


def test_json_has_other_names_and_leaves_out_what_it_should() -> None:
    assert whole().as_dict() == {
        "films": 3,
        "at_0.5": 0.25,
        "parts": [{"name": "a", "share": 0.5}],
        "by_name": {"a": {"name": "a", "share": 0.5}},
        "ends": {"f1": [0.1, None]},
        "f1": 0.5,
        "worst": {},
        "last": None,
    }


@pytest.mark.parametrize(
    "more",
    [{}, {"worst": Part("w", None)}, {"extra": Part("e", 1.0)}, {"last": "x", "at_half": None}],
)
def test_what_was_written_is_read_back(more: dict[str, object]) -> None:
    made = whole(**more)
    stored = json.loads(json.dumps(made.as_dict(), allow_nan=False))
    assert Whole.from_dict(stored) == made


def test_numpys_numbers_and_nan_are_plain() -> None:
    found = plain({"a": np.float32(0.5), "b": (np.int64(2), float("nan")), "c": np.float64("nan")})
    assert found == {"a": 0.5, "b": [2, None], "c": None}
    assert [type(value) for value in (found["a"], found["b"][0])] == [float, int]


def test_keys_of_a_newer_file_are_passed_over_and_a_missing_one_is_named() -> None:
    assert Part.from_dict({"name": "a", "share": None, "newer": 1}) == Part("a", None)
    with pytest.raises(UserError, match="Part without 'share': make the file anew"):
        Part.from_dict({"name": "a"})


def test_the_example_is_true() -> None:
    assert doctest.testmod(records).failed == 0
