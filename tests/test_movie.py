"""Films, bad rows and predictions."""

from __future__ import annotations

import copy
import pickle
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from cinegenre.errors import BadMovie
from cinegenre.faults import Fault, FaultCode
from cinegenre.movie import INPUTS, BadRow, Movie, Prediction, is_placeholder


def test_every_field_may_be_absent() -> None:
    assert Movie().inputs == ()


def test_fields_are_given_by_name() -> None:
    with pytest.raises(TypeError):
        Movie("tt1")  # type: ignore[call-arg]


def test_lists_become_tuples() -> None:
    companies: Any = ["A", "B"]
    genres: Any = (name for name in ["Drama"])
    film = Movie(companies=companies, genres=genres)
    assert (film.companies, film.genres) == (("A", "B"), ("Drama",))
    assert hash(film) == hash(Movie(companies=("A", "B"), genres=("Drama",)))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", 862),
        ("title", ["Toy Story"]),
        ("overview", b"bytes"),
        ("language", 1),
        ("collection", {"name": "Toy Story Collection"}),
        ("companies", "Pixar"),
        ("companies", 5),
        ("people", ["Tom Hanks", None]),
        ("genres", [{"name": "Drama"}]),
        ("poster", 5),
        ("poster", ["poster.jpg"]),
        ("year", "1995"),
        ("year", 1995.0),
        ("year", True),
    ],
)
def test_a_wrong_type_names_the_film_and_the_field(field: str, value: object) -> None:
    fields: dict[str, Any] = {"id": "tt1"} | {field: value}
    with pytest.raises(BadMovie) as caught:
        Movie(**fields)
    error = caught.value
    assert f"{field} is " in error.what
    assert f"{field} must be " in error.cure
    assert field == "id" or error.what.startswith('film "tt1":')


def test_a_bad_poster_is_not_printed() -> None:
    film: Any = {"poster": [255] * 1000}
    with pytest.raises(BadMovie, match='poster is "list"'):
        Movie(**film)


def test_inputs_are_named_in_one_order() -> None:
    film = Movie(
        poster=Path("p.jpg"), people=("A",), companies=("B",), overview="Words.", title="T"
    )
    assert film.inputs == INPUTS
    assert Movie(poster=b"x", title="T").inputs == ("title", "poster")


@pytest.mark.parametrize("blank", ["", " ", "\n\t"])
def test_blank_texts_are_no_input(blank: str) -> None:
    assert Movie(title=blank, overview=blank).inputs == ()
    assert not Movie(companies=(blank,), people=(blank, blank)).inputs


def test_what_is_no_input_does_not_count() -> None:
    film = Movie(id="tt1", genres=("Drama",), year=1995, language="en", collection="C")
    assert film.inputs == ()


def test_an_empty_path_is_no_poster_but_an_empty_file_is_a_broken_one() -> None:
    assert Movie(poster="").inputs == ()
    assert Movie(poster=b"").inputs == ("poster",)


@pytest.mark.parametrize(
    "overview",
    [
        "No overview found.",
        "no overview found",
        " No Overview Found. ",
        "No overview yet.",
        "No plot summary available.",
        "No movie overview available.",
        "N/A",
        "None",
        "TBA",
        "Coming soon...",
        "-",
        "...",
        "??",
    ],
)
def test_placeholders_are_no_overview(overview: str) -> None:
    assert is_placeholder(overview) or overview != overview.strip()
    assert Movie(overview=overview).inputs == ()


@pytest.mark.parametrize(
    "overview",
    [
        "",
        "No one believes her.",
        "None of them will live to see the morning.",
        "Unknown to his wife, he gambles.",
        "No overview of the war is complete without this testimony of a soldier.",
        "Coming soon to a village near you, a circus changes everything.",
    ],
)
def test_short_overviews_that_say_something_stay(overview: str) -> None:
    assert not is_placeholder(overview)


def test_a_film_travels_between_processes() -> None:
    film = Movie(id="tt1", poster=Path("p.jpg"), genres=("Drama",))
    assert pickle.loads(pickle.dumps(film)) == copy.deepcopy(film) == film
    with pytest.raises(AttributeError):
        film.title = "other"  # type: ignore[misc]


def test_a_bad_row_says_where() -> None:
    row = BadRow(where="films.csv line 3", error="2 cells")
    assert (row.where, row.error, row.id) == ("films.csv line 3", "2 cells", None)


def test_a_prediction_as_json() -> None:
    prediction = Prediction(
        id="tt1", genres=["Drama"], scores={"Drama": 0.123456}, inputs=["title"], model="m"
    )
    assert prediction.as_dict() == {
        "id": "tt1",
        "genres": ["Drama"],
        "scores": {"Drama": 0.1235},
        "inputs": ["title"],
        "model": "m",
    }


NO_INPUT = Fault(FaultCode.NO_INPUT, "film 1 has no input", "give one")
BROKEN = Fault(FaultCode.UNREADABLE_POSTER, "a.jpg is empty", "give a JPEG")
GERMAN = Fault(FaultCode.OTHER_LANGUAGE, "overview is in German: passed over")


def test_a_failed_prediction_has_its_fault_only() -> None:
    failed = Prediction(id=None, genres=[], scores={}, inputs=[], model="m", fault=NO_INPUT)
    assert failed.as_dict() == {
        "error": "film 1 has no input: give one",
        "fault": {"code": "no_input", "what": "film 1 has no input", "cure": "give one"},
        "model": "m",
    }
    assert (failed.error, failed.note) == ("film 1 has no input: give one", None)
    assert (failed.told, failed.lost) == ((NO_INPUT,), None)


def test_notes_are_one_line_for_people_and_codes_for_programs() -> None:
    some = Prediction(
        id=None, genres=[], scores={}, inputs=["title"], model="m", notes=(GERMAN, BROKEN)
    )
    assert (some.error, some.told, some.lost) == (None, (GERMAN, BROKEN), BROKEN)
    assert some.note == "overview is in German: passed over; a.jpg is empty: give a JPEG"
    table = some.as_dict()
    assert (table["note"], "error" in table) == (some.note, False)
    assert table["notes"] == [
        {"code": "other_language", "what": "overview is in German: passed over", "cure": None},
        {"code": "unreadable_poster", "what": "a.jpg is empty", "cure": "give a JPEG"},
    ]
    alone = replace(some, inputs=[], notes=(), fault=BROKEN)
    assert (alone.told, alone.lost) == ((BROKEN,), BROKEN)


TEXTS = [each.name for each in fields(Movie) if each.type == "str | None"]
LISTS = [each.name for each in fields(Movie) if each.type == "tuple[str, ...]"]


@pytest.mark.parametrize("name", [*TEXTS, *LISTS])
def test_half_a_pair_of_surrogates_is_replaced(name: str) -> None:
    """No tokenizer takes it and no file can be written with it."""
    assert len(TEXTS) == 5 and len(LISTS) == 3
    given, wanted = ["a \ud83d b \udcff", "a 😀"], ["a � b �", "a 😀"]
    if name in LISTS:
        assert getattr(Movie(**{name: given}), name) == tuple(wanted)
    else:
        assert [getattr(Movie(**{name: text}), name) for text in given] == wanted
