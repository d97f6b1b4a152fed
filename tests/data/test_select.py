"""Selection: each choice drops what it should, and counts it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cinegenre.data.select import select
from cinegenre.errors import UserError
from cinegenre.movie import Movie
from cinegenre.taxonomy import TMDB

FILMS = [
    Movie(id="1", title="A", genres=("Drama", "Foreign"), language="en", poster=b"x"),
    Movie(id="2", title="B", genres=("Foreign",), language="en", poster=b"x"),
    Movie(id="3", title="C", genres=("Drama", "TV Movie"), language="en", poster=b"x"),
    Movie(id="4", title="D", genres=("Drama",), language="fr", poster=b"x"),
    Movie(id="5", title="E", genres=("Drama",), language="en"),
    Movie(id="6", companies=("X",), genres=("Drama",), language="en", poster=b"x"),
    Movie(id="7", title="G", language="en", poster=b"x"),
]


def test_everything_at_once() -> None:
    kept, counts = select(
        FILMS,
        taxonomy=TMDB,
        languages=("en",),
        need=("poster",),
        any_of=("title", "overview"),
        drop_genres=("TV Movie",),
    )
    assert [(film.id, film.genres) for film in kept] == [("1", ("Drama",))]
    assert counts == {
        "genre outside the taxonomy: Foreign": 2,
        "no genre left": 2,
        "labelled TV Movie": 1,
        "wrong language": 1,
        "no poster": 1,
        "no input left": 1,
    }


def test_no_choice_drops_only_what_has_no_genre() -> None:
    kept, counts = select(FILMS)
    assert [film.id for film in kept] == ["1", "2", "3", "4", "5", "6"]
    assert counts == {"no genre left": 1}


def test_films_are_taken_one_at_a_time() -> None:
    taken = []

    def source() -> Iterator[Movie]:
        for film in FILMS:
            taken.append(film.id)
            yield film

    kept, _ = select(source())
    next(kept)
    assert taken == ["1"]


def test_an_unknown_input_is_refused() -> None:
    with pytest.raises(UserError, match=r"unknown input 'posters'.*did you mean 'poster'"):
        select(FILMS, need=("posters",))
