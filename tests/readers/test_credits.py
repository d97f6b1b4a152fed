"""The Movies Dataset's credits.csv beside its metadata."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from cinegenre.movie import BadRow, Movie
from cinegenre.readers.the_movies_dataset import read

from .test_the_movies_dataset import one, write

PEOPLE = """[{'cast_id': 1, 'character': "Woody's [voice], 'name': x}", 'name': 'Tom Hanks'}, \
{'name': "Conan O'Brien", 'character': '', 'profile_path': None}, {'name': 'Third One'}]"""
CREW = """[{'job': 'Director of Photography', 'name': 'No'}, {'job': 'Director', 'name': 'Lana'}, \
{'job': 'Director', 'name': 'Tom Hanks'}, {'job': 'Editor', 'name': 5}]"""


def write_credits(folder: Path, *rows: tuple[str, ...]) -> None:
    with (folder / "credits.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("cast", "crew", "id"), *rows])


@pytest.mark.parametrize(
    ("cast", "people"),
    [
        (10, ("Lana", "Tom Hanks", "Conan O'Brien", "Third One")),
        (2, ("Lana", "Tom Hanks", "Conan O'Brien")),
        (0, ()),
    ],
)
def test_directors_then_the_cast(tmp_path: Path, cast: int, people: tuple[str, ...]) -> None:
    write_credits(tmp_path, ("[]", "[]", "5"), (PEOPLE, CREW, "862"))
    (film,) = read(write(tmp_path, {}), cast=cast)
    assert isinstance(film, Movie)
    assert film.people == people


def test_credits_in_json(tmp_path: Path) -> None:
    cast = json.dumps([{"name": 'A "B"', "gender": None, "character": "{x}"}])
    write_credits(tmp_path, (cast, json.dumps([{"job": "Director", "name": "C"}]), "862"))
    assert one(tmp_path).people == ("C", 'A "B"')


@pytest.mark.parametrize(
    ("cast", "crew"),
    [
        ("nonsense", "[]"),
        ("[]", "[{'job': 'Director'}]"),
        ("[{'name': 'A'", "[]"),
        ("[5]", "[]"),
        ("[{'a': b}]", "[]"),
        ("[{'name': None}]", ""),
    ],
)
def test_bad_credits_cost_no_film(tmp_path: Path, cast: str, crew: str) -> None:
    write_credits(tmp_path, (cast, crew, "862"), ("[]", "[]"), ("", "", "863"))
    first, second, film = read(write(tmp_path, {}))
    assert isinstance(first, BadRow) and first.where == "credits.csv line 2"
    assert isinstance(second, BadRow) and second.where == "credits.csv line 3"
    assert isinstance(film, Movie) and (film.title, film.people) == ("Toy Story", ())
