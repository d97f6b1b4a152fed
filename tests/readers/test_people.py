"""People from one column or several: directors, then the cast, each once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cinegenre.errors import UserError
from cinegenre.movie import BadRow, Movie
from cinegenre.readers.choice import choose
from cinegenre.readers.log import ReadLog
from cinegenre.readers.people import PASSED_OVER
from cinegenre.readers.table import read

from .test_table import films, jsonl, one

CAST = [{"name": "B", "order": 1}, {"name": "A", "order": 0}, {"name": "D"}]
CREW = [{"name": "W", "job": "Writer"}, {"name": "D", "job": "Director"}]


@pytest.mark.parametrize(
    ("header", "cells", "people", "told"),
    [
        ("Actors,Director", '"A, B",D', "DAB", "Director and Actors"),
        ("Star1,Star2,Director", "A,B,D", "DAB", "Director, Star1 and Star2"),
        ("actor_2_name,director_name,actor_1_name", "B,D,A", "DAB",
         "director_name, actor_1_name and actor_2_name"),
        ("cast/1/name,cast/0/name", "B,A", "AB", "cast/0/name and cast/1/name"),
        ("cast.10.name,cast.9.name", "B,A", "AB", "cast.9.name and cast.10.name"),
        ("actor,actor,director,director", "A,B,D,E", "DEAB",
         "director, director.1, actor and actor.1"),
        ("Lead Actor,Lead Actress", "A,B", "AB", "Lead Actor and Lead Actress"),
        ("cast,star_1,directors", "A|B,C,B|D", "BDAC", "directors, cast and star_1"),
        ("people,cast,director", "A,B,C", "A", ""),
        ("cast,stars", "A,B", "A", "cast"),
        ("actor_1_facebook_likes,director_facebook_likes,num_cast,x", "1,2,3,4", "", None),
        ("cast,stars_1,stars_2", 'A,12,"1,024"', "A", "cast, stars_1 and stars_2"),
        ("directors,cast", "nm0000123,A", "A", "directors and cast"),
        ("cast,crew", "A,12", "A", "crew and cast"),
        ("cast,credits", "A,A-B-C", "A", "credits and cast"),
    ],
)  # fmt: skip
def test_columns_of_people(
    header: str, cells: str, people: str, told: str | None, tmp_path: Path
) -> None:
    lines: list[str] = []
    path = tmp_path / "a.csv"
    path.write_text(f"title,{header}\nT,{cells}\n")
    (film,) = read(path, log=ReadLog(tell=lines.append))
    assert isinstance(film, Movie) and film.people == tuple(people)
    wanted = "" if told is None else f", people{f' from {told}' if told else ''}"
    assert lines[0].partition(";")[0] == f"a.csv: took title{wanted}"


@pytest.mark.parametrize(
    ("fields", "people"),
    [
        ({"credits": {"cast": CAST, "crew": CREW}}, "DAB"),
        ({"casts": {"cast": CAST, "crew": CREW}}, "DAB"),
        ({"credits": json.dumps({"cast": CAST, "crew": CREW})}, "DAB"),
        ({"credits": {"cast": CAST}}, "ABD"),
        ({"credits": {"crew": CREW}}, "D"),
        ({"credits": {"crew": CREW}, "actors": ["A", "B"]}, "DAB"),
        ({"credits": {"cast": CAST, "crew": CREW}, "director": "X", "cast": ["Y"]}, "XY"),
        ({"cast": CAST, "crew": CREW}, "DBA"),
        ({"cast": json.dumps(CAST), "crew": json.dumps(CREW)}, "DBA"),
        ({"cast": repr(CAST), "crew": repr(CREW)}, "DBA"),
        ({"cast": {"cast": CAST, "crew": CREW}}, "DAB"),
        ({"director": {"@type": "Person", "name": "D"}, "actor": [{"name": "A"}]}, "DA"),
        ({"director": None, "star_1": "A", "star_2": 7}, "A"),
        ({"credits": 5, "crew": ["Z"], "cast": []}, ""),
        ({"credits": {"cast": None, "crew": None}}, ""),
    ],
)
def test_people_in_json(fields: dict[str, Any], people: str, tmp_path: Path) -> None:
    assert jsonl(tmp_path / "a", title="T", **fields) == Movie(title="T", people=tuple(people))


@pytest.mark.parametrize("column", ["crew", "Director", "Regie", "Star1"])
def test_a_cell_beside_the_cast_that_is_cut_off_costs_no_film(column: str, tmp_path: Path) -> None:
    log, path = ReadLog(), tmp_path / "a.jsonl"
    path.write_text(json.dumps({"title": "T", "cast": "A", column: json.dumps(CREW)[:-5]}))
    assert list(read(path, log=log)) == [Movie(title="T", people=("A",))]
    assert log.mended == {PASSED_OVER: 1}


def test_a_cast_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    row = jsonl(tmp_path / "a", title="T", director="D", cast=json.dumps(CAST)[:-5])
    assert isinstance(row, BadRow) and row.error.startswith("people: ")


def test_a_list_of_a_directors_films(tmp_path: Path) -> None:
    film = {"title": "Alien", "year": 1979}
    text = json.dumps({"director": "D", "films": [film]})
    assert films(tmp_path / "a.json", text) == [Movie(title="Alien", year=1979)]


def test_people_named_by_the_caller(tmp_path: Path) -> None:
    path, text = tmp_path / "a.csv", 'title,cast,Gast,"A,B"\nT,C,"X, Y",Z\n'
    for named, people in (
        ("Gast", "XY"), ("cast,Gast", "CXY"), ("Gast, cast", "XYC"), ("A,B", "Z"),
    ):  # fmt: skip
        assert one(path, text, columns={"people": named}).people == tuple(people)
    with pytest.raises(UserError, match=r"column in a.csv 'Gost': did you mean 'Gast'"):
        films(path, text, columns={"people": "cast,Gost"})


def test_more_columns_than_a_line_tells() -> None:
    told = choose(tuple(f"Star {i}" for i in range(1, 31))).told()
    assert told.startswith("took people from Star 1, Star 2, ")
    assert told.endswith("Star 12 and 18 more")
