"""A look over a prepared set: all genres, and where a recipe's named films are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cinegenre import files
from cinegenre.data import store
from cinegenre.data.dataset import PreparedSet
from cinegenre.data.manifest import Origin
from cinegenre.movie import Movie
from cinegenre.reproduce.survey import survey
from cinegenre.train.recipe import load_recipe

POSTER = b"any bytes"
DAVE = load_recipe("dave", row="size30_rate3")


@pytest.fixture
def prepared(tmp_path: Path) -> PreparedSet:
    films = [
        Movie(id="tt1", title="One", genres=("Drama",), poster=POSTER),
        Movie(id="tt2", title="Two", genres=("Horror",), poster=POSTER),
        Movie(id="tt3", title="Three", genres=("Action", "War"), poster=POSTER),
        Movie(id="tt4", title="Four", genres=("Romance",)),
    ]
    labels = {"imdb": {"tt1": ("Film-Noir", "Drama"), "tt2": ("Horror", "Drama"),
                       "tt4": ("Romance",)}}  # fmt: skip
    by_split = {"train": films[:2], "validation": [], "test": films[2:]}
    with files.whole(tmp_path / "set") as staged:
        staged.mkdir()
        store.write(staged, by_split, labels, Origin(source="tiny", reader="none"))
    return PreparedSet.open(tmp_path / "set")


def test_named_films_are_found_in_their_order_and_their_splits(prepared: PreparedSet) -> None:
    found = survey(prepared, DAVE, ["tt4", "tt2", "tt9", "tt1", "tt3"])
    assert [(one.film.id, one.split, one.why_not) for one in found.found] == [
        ("tt4", "test", "no poster"),
        ("tt2", "train", ""),
        ("tt1", "train", "no genre left"),
        ("tt3", "test", "no genre left"),
    ]
    assert found.missing == ["tt9"]
    assert [one.elsewhere for one in found.found] == [(), (), (), ("Action", "War")]
    assert found.found[1].film.poster == POSTER


def test_all_genres_of_the_label_set_are_counted(prepared: PreparedSet) -> None:
    found = survey(prepared, DAVE, [])
    assert found.genres == ("Drama", "Film-Noir", "Horror")  # tt4 has no poster, tt3 no label
    assert found.truth.sum(axis=0).tolist() == [2, 1, 1]


def test_test_films_may_need_more_than_training_films(prepared: PreparedSet) -> None:
    loose = replace(DAVE, data=replace(DAVE.data, need=(), test_need=("poster",)))
    assert [one.why_not for one in survey(prepared, loose, ["tt4"]).found] == ["no poster"]
    none = replace(DAVE, data=replace(DAVE.data, need=()))
    assert [one.why_not for one in survey(prepared, none, ["tt4"]).found] == [""]
