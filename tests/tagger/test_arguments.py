"""Arguments that are nearly right: taken where they are plain, else named with their value."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cinegenre import BadMovie, Movie, Tagger, UserError

from ..serve.running import poster
from ..tiny.planted import GENRES, planted_bundle

IMAGE = poster()
GHOST = "A ghost haunts the house."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planted_bundle(tmp_path_factory.mktemp("planted") / "bundle")


@pytest.fixture(scope="module")
def tagger(folder: Path) -> Tagger:
    return Tagger.load(folder)


@pytest.mark.parametrize("kind", [bytearray, memoryview])
def test_bytes_of_every_kind_are_a_poster(tagger: Tagger, kind: Callable[[bytes], Any]) -> None:
    film = Movie(poster=kind(IMAGE))
    assert film == Movie(poster=IMAGE) and hash(film) == hash(Movie(poster=IMAGE))
    assert tagger.predict(film) == tagger.predict({"poster": kind(IMAGE)})
    assert tagger.predict(film)[0].inputs == ["poster"]


@pytest.mark.parametrize("kind", [np.int16, np.int64, np.uint32])
def test_a_whole_number_of_numpys_is_a_year(kind: Callable[[int], Any]) -> None:
    film = Movie(title="A", year=kind(1999))
    assert film == Movie(title="A", year=1999)
    assert type(film.year) is int


@pytest.mark.parametrize("year", [1999.0, "1999", True, np.float64(1999)])
def test_anything_else_is_no_year(year: Any) -> None:
    with pytest.raises(BadMovie, match="year must be a whole number"):
        Movie(title="A", year=year)


def test_bytes_are_no_list_of_names() -> None:
    with pytest.raises(BadMovie, match="companies is b'abc': companies must be a list of strings"):
        Movie(companies=b"abc")  # type: ignore[arg-type]


@pytest.mark.parametrize("chunk", [0, -1])
def test_a_chunk_without_films_is_refused(tagger: Tagger, chunk: int) -> None:
    with pytest.raises(UserError, match=f"chunk is {chunk}: give 1 or more"):
        tagger.predict([GHOST], chunk=chunk)


@pytest.mark.parametrize("threads", [-1, 1.5, "2", None])
def test_threads_are_counted(folder: Path, threads: Any) -> None:
    with pytest.raises(UserError, match=r"threads is .*: give a whole number; 0 takes all cores"):
        Tagger.load(folder, threads=threads)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (["Handlung"], r"columns is \['Handlung'\]: name fields: columns="),
        ("Handlung", 'columns is "Handlung": name fields'),
        ({"overvew": "Handlung"}, "unknown field 'overvew': did you mean 'overview'"),
    ],
)
def test_columns_have_fields_as_keys(tagger: Tagger, columns: Any, said: str) -> None:
    for films in ([{"Handlung": GHOST}], {"Handlung": GHOST}):
        with pytest.raises(UserError, match=said):
            tagger.predict(films, columns=columns)


def test_one_genre_needs_no_list(tagger: Tagger) -> None:
    assert tagger.explain(GHOST, "Comedy").as_dict() == tagger.explain(GHOST, ["Comedy"]).as_dict()
    with pytest.raises(UserError, match="unknown genre 'comedy': did you mean 'Comedy'"):
        tagger.explain(GHOST, "comedy")


def test_a_genre_in_capitals_is_recognised(tagger: Tagger) -> None:
    for genre in GENRES:
        with pytest.raises(UserError, match=f"did you mean '{genre}'"):
            tagger.explain(GHOST, [genre.upper()])


def test_a_single_text_of_numpys(tagger: Tagger) -> None:
    assert tagger.predict(np.array(GHOST)) == tagger.predict(GHOST)
    with pytest.raises(UserError, match="int 5 is not a film"):
        tagger.predict(np.array(5))


def test_a_dict_of_lists_is_no_film(tagger: Tagger) -> None:
    several: Any = {"title": ["The Clown", "B"], "overview": [GHOST, GHOST]}
    with pytest.raises(BadMovie, match=r"a dict of lists has several films: give pandas"):
        tagger.predict(several)
    for one in ({"title": "A", "companies": ["x", "y"]}, {"title": "A", "genres": ["x", "y"]}):
        assert tagger.predict(one)[0].fault is None
