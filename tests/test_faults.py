"""Every code has its kind, its words and its line in the documentation."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest

from cinegenre import faults
from cinegenre.errors import BadImage, BadMovie
from cinegenre.faults import KINDS, Fault, FaultCode
from cinegenre.movie import BadRow, Movie

WORDED = {
    FaultCode.BAD_ROW: faults.bad_row(BadRow(where="films.csv line 3", error="2 cells")),
    FaultCode.NO_INPUT: faults.no_input(Movie(id="7"), "model 1", ("title", "poster")),
    FaultCode.UNREADABLE_POSTER: faults.unreadable_poster(BadImage("a.jpg is empty", "mend it")),
    FaultCode.UNSUPPORTED_POSTER: faults.unreadable_poster(BadImage("a.heic", "mend", "heic")),
    FaultCode.UNFETCHED_POSTER: faults.unfetched_poster("https://x.invalid/a.jpg"),
    FaultCode.OTHER_LANGUAGE: faults.other_language("German", "model 1", None),
    FaultCode.MISTYPED_NAME: faults.mistyped_name("key", "overveiw", "overview"),
}
"""One of each, as the functions of `faults` word them."""


def test_every_code_has_a_kind_and_words() -> None:
    assert set(WORDED) == set(KINDS) == set(FaultCode)
    nouns = [kind.noun for kind in KINDS.values()]
    assert len(set(nouns)) == len(nouns)


@pytest.mark.parametrize("code", FaultCode)
def test_a_fault_is_one_line_and_travels(code: FaultCode) -> None:
    fault = WORDED[code]
    assert fault.code is code and fault.kind is KINDS[code]
    assert "\n" not in str(fault) and str(fault).startswith(fault.what)
    assert pickle.loads(pickle.dumps(fault)) == fault
    table = {"code": str(code), "what": fault.what, "cure": fault.cure or None}
    assert json.loads(json.dumps(fault.as_dict())) == table
    error = fault.as_error()
    assert isinstance(error, BadMovie) and str(error) == str(fault)
    again = pickle.loads(pickle.dumps(error))
    assert (again.fault, again.cure) == (fault, fault.cure)


@pytest.mark.parametrize("code", FaultCode)
def test_the_page_on_predictions_explains_it(code: FaultCode) -> None:
    page = (Path(__file__).parents[1] / "docs" / "predict.md").read_text(encoding="utf-8")
    assert f"| `{code}` | {KINDS[code].noun} |" in page


def test_words_are_put_on_one_line() -> None:
    fault = Fault(FaultCode.BAD_ROW, "line 3:\n  no  film", "mend\nit")
    assert str(fault) == "line 3: no film: mend it"


def test_a_film_without_a_name_is_the_film() -> None:
    told = faults.no_input(Movie(people=("Someone",)), "model 1", ("title", "poster"))
    assert str(told) == "the film has only people: model 1 reads title, poster: give at least one"
    assert len(str(faults.no_input(Movie(id="x" * 9999), "model 1", ("title",)))) < 200


def test_a_poster_that_did_not_come_says_why() -> None:
    told = faults.unfetched_poster("https://x.invalid/a.jpg", "the server said 404")
    assert str(told) == (
        "poster https://x.invalid/a.jpg could not be fetched (the server said 404)"
    )
