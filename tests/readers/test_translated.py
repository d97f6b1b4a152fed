"""Columns named in other languages than English."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from pathlib import Path

import pytest

from cinegenre.genre_names import is_genre
from cinegenre.movie import Movie
from cinegenre.readers.choice import choose
from cinegenre.readers.columns import COLUMNS, PEOPLE, field_of, fold, part_of
from cinegenre.readers.translated import NAMES

from .test_genres import PAGE
from .test_table import films, one

EVERY = [
    (language, field, name)
    for language, fields in NAMES.items()
    for field, names in fields.items()
    for name in names.split(", ")
]
FIELDS = ("title", "overview", "genres", "year", "director", "cast", "poster", "companies",
          "language")  # fmt: skip


@pytest.mark.parametrize("language", NAMES)
def test_every_name_is_known_as_any_program_writes_it(language: str) -> None:
    for _, field, name in (each for each in EVERY if each[0] == language):
        meant = "people" if field in PEOPLE else field
        for written in (
            name.upper(), name.title(), name.replace(" ", "_"), f" {name}\ufeff",
            unicodedata.normalize("NFD", name), f"{name} (1)", f"films.{name}", f"{name}_x",
        ):  # fmt: skip
            told = choose((written, "x")).told()
            assert told == f"took {meant} from {written.strip()}; left out x" or (
                fold(written) == fold(meant) and told == f"took {meant}; left out x"
            ), (language, written, told)


def test_a_name_means_one_field_in_all_languages() -> None:
    meant: dict[str, set[str]] = defaultdict(set)
    for _, field, name in EVERY:
        meant[fold(name)].add(field)
    assert {name: fields for name, fields in meant.items() if len(fields) > 1} == {}
    for _, field, name in EVERY:  # nor another one in English
        part = part_of(name)
        assert (part or field_of(name)) == field, name


def test_no_name_is_a_genre_or_too_short_to_be_sure() -> None:
    for language, _, name in EVERY:
        assert not is_genre(name), (language, name)
        assert len(fold(name)) > 2 or not name.isascii(), (language, name)


@pytest.mark.parametrize("language", NAMES)
def test_a_whole_table(language: str, tmp_path: Path) -> None:
    assert tuple(NAMES[language]) == FIELDS
    names = [names.split(", ")[0] for names in NAMES[language].values()]
    values = "Alien,A crew,Horror,1979,Scott,Weaver,a.jpg,Fox,en"
    film = one(tmp_path / "films.csv", f"{','.join(names)}\n{values}\n")
    assert film == Movie(
        title="Alien", overview="A crew", genres=("Horror",), year=1979, companies=("Fox",),
        people=("Scott", "Weaver"), poster=tmp_path / "a.jpg", language="en",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("Titel,title", "title; left out Titel"),
        ("Originaltitel,Titel", "title from Titel; left out Originaltitel"),
        ("Nombre,Titre", "title from Titre; left out Nombre"),  # a number in French
        ("Argumento,Sinopse", "overview from Sinopse; left out Argumento"),
        ("Opis,Fabuła", "overview from Fabuła; left out Opis"),
        ("Darsteller,cast", "people from cast; left out Darsteller"),
        ("TITULO,GENERO(S),ANO", "title from TITULO, genres from GENERO(S), year from ANO"),
        ("FİLM ADI,YIL,TÜRÜ", "title from FİLM ADI, genres from TÜRÜ, year from YIL"),
        ("片名（中文）,類型", "title from 片名（中文）, genres from 類型"),
        ("Titre,Genre 1,Genre 2", "title from Titre, genres from Genre 1, Genre 2"),
        ("Tytuł,Gatunek 1,Gatunek 2", "title from Tytuł, genres from Gatunek 1, Gatunek 2"),
        ("Titel,Darsteller 1,Darsteller 2", "title from Titel, people from Darsteller 1 and "
         "Darsteller 2"),
        ("Titre,Réalisateur(s)", "title from Titre, people from Réalisateur(s)"),
        ("Titel,Land,Laufzeit,Produktion,ar", "title from Titel; left out Land, Laufzeit, "
         "Produktion, ar"),
    ],
)  # fmt: skip
def test_which_of_several(header: str, told: str) -> None:
    assert choose(tuple(header.split(","))).told() == f"took {told}"


def test_a_title_above_a_german_header(tmp_path: Path) -> None:
    (film,) = films(tmp_path / "a.csv", "Meine Filme\n\nTitel;Handlung\nAlien;Ein Schiff, leer\n")
    assert film == Movie(title="Alien", overview="Ein Schiff, leer")


@pytest.mark.parametrize("language", NAMES)
def test_the_page_has_the_first_names(language: str) -> None:
    first = (f"`{names.split(', ')[0]}`" for names in NAMES[language].values())
    assert f"| {language} | {', '.join(first)} |" in PAGE
    assert f"those of {len(NAMES)} languages" in PAGE


def test_english_names_are_as_they_were() -> None:
    for field, names in COLUMNS.items():
        assert {field_of(name) for name in names} == {field}
