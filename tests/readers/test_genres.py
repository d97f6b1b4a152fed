"""Genres in a cell, and in columns of their own; what the page on data says of both."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from cinegenre.movie import BadRow, Movie
from cinegenre.readers.choice import choose
from cinegenre.readers.columns import COLUMNS
from cinegenre.readers.genres import genres_of

from .test_table import films, one

PAGE = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")


def shapes() -> list[tuple[str, str]]:
    """The page's cells of genres, with what is made of each."""
    table = PAGE.partition("| cell | genres |\n|---|---|\n")[2].partition("\n\n")[0]
    found = []
    for line in table.splitlines():
        left, right = re.split(r"(?<!\\)\|", line)[1:3]
        found += [
            (cell.replace("\\|", "|"), right.strip()) for cell in re.findall(r"`(.*?)`", left)
        ]
    return found


@pytest.mark.parametrize(("cell", "told"), shapes())
def test_the_page_says_what_is_made_of_a_cell(cell: str, told: str) -> None:
    if told == "refused":
        with pytest.raises(ValueError):
            genres_of(cell)
    elif told.startswith("the whole"):
        assert genres_of(cell) == (cell,)
    else:
        assert genres_of(cell) == (() if told == "none" else tuple(told.split(", ")))


def test_the_page_has_all_shapes() -> None:
    assert len(shapes()) > 30


@pytest.mark.parametrize("field", COLUMNS)
def test_the_page_lists_the_columns(field: str) -> None:
    assert f"| `{field}` | {', '.join(f'`{name}`' for name in COLUMNS[field])} |" in PAGE


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Heist + Noir", ("Heist + Noir",)),
        ("Heist: Noir", ("Heist: Noir",)),
        ("Slasher (90 %)", ("Slasher (90 %)",)),
        ("Horror: 0.93|Thriller: 0.2", ("Horror", "Thriller")),
        ("Horror 90 %", ("Horror 90 %",)),
        ("#heist #noir", ("heist", "noir")),
        ("#Science Fiction #Horror", ("Science Fiction", "Horror")),
        ("Action & Adventure", ("Action & Adventure",)),
        ("Sci-Fi & Fantasy + War", ("Sci-Fi & Fantasy", "War")),
        ("Sci-Fi - Horror", ("Sci-Fi", "Horror")),
        ("Film-Noir", ("Film-Noir",)),
        (b"Horror|War", ("Horror", "War")),
        ("Heist, Noir, and War", ("Heist", "Noir", "War")),
        ("Heist, and Noir", ("Heist", "and Noir")),  # neither is one that we know
        ("- Horror\n- War", ("Horror", "War")),
        ("1) Horror, 2) War", ("Horror", "War")),
        ("2. Bundesliga", ("2. Bundesliga",)),
        ("Horror·War", ("Horror", "War")),
        ("Horror • Heist", ("Horror", "Heist")),
        ("Heist·Noir", ("Heist·Noir",)),
        ("Horror｜Heist", ("Horror", "Heist")),
        ("رعب، حرب", ("رعب", "حرب")),
        ("\u200fHorror\u200b, War\ufeff", ("Horror", "War")),
        ("“Horror”, “Heist”", ("Horror", "Heist")),
        ("(Horror, Heist)", ("Horror", "Heist")),
        ("Heist (Japan)", ("Heist (Japan)",)),
        ("['Horror|Heist']", ("Horror", "Heist")),
        ("[Horror|Heist]", ("Horror", "Heist")),
        ("27 53", ("Horror", "Thriller")),
        ("WrappedArray(Horror, Heist)", ("Horror", "Heist")),
        ("ArrayBuffer()", ()),
        ('c("Horror", "Science Fiction")', ("Horror", "Science Fiction")),
        ("character(0)", ()),
        ('[{"tag": "Horror"}, {"tag": "Heist"}]', ("Horror", "Heist")),
        ('[{"id": "1", "description": "Heist"}]', ("Heist",)),
        ([{"S": "Horror"}, {"genre_name": "Heist"}], ("Horror", "Heist")),
    ],
)
def test_what_else_may_stand_between(cell: object, expected: tuple[str, ...]) -> None:
    assert genres_of(cell) == expected


@pytest.mark.parametrize("cell", ["Q130232", "wd:Q130232", "/m/03npn", "Horror|/m/03npn"])
def test_ids_of_genres_are_no_names(cell: str) -> None:
    with pytest.raises(ValueError, match="is not a genre"):
        genres_of(cell)


def test_words_for_nothing_are_counted() -> None:
    mended: Counter[str] = Counter()
    assert (
        genres_of("unknown", mended=mended) == genres_of("(no genres listed)", mended=mended) == ()
    )
    assert sum(mended.values()) == 2


@pytest.mark.parametrize(
    "header",
    [
        ("genre1", "genre2", "genre3"), ("Genre 1", "Genre 2", "Genre 3"),
        ("genre_1", "genre_2", "genre_3"), ("genres/0/name", "genres/1/name", "genres/2/name"),
        ("genres.0.name", "genres.1.name", "genres.2.name"),
        ("genres[0]", "genres[1]", "genres[2]"), ("genres__001", "genres__002", "genres__003"),
        ("main_genre", "side_genre", "sub_genre"), ("Primary Genre", "Secondary Genre", "genre3"),
    ],
    ids=str,
)  # fmt: skip
def test_a_column_for_each_of_a_films_genres(header: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    text = f"title,{','.join(header)}\nA,Horror,War,\nB,nan,,Horror\nC,Horror,Horror,Drama|War\n"
    rows = films(path, text)
    assert [row.genres for row in rows if isinstance(row, Movie)] == [
        ("Horror", "War"), ("Horror",), ("Horror", "Drama", "War"),
    ]  # fmt: skip
    told = choose(("title", *header)).told()
    assert told == f"took title, genres from {', '.join(header)}"
    bad = films(path, f"title,{','.join(header)}\nA,Horror,3,\n")
    assert isinstance(bad[0], BadRow)


@pytest.mark.parametrize(
    ("header", "expected"),
    [("genre,genre,genre", ("Horror", "War")), ("Genres,Genres,x", ("Horror", "War")),
     ("Genre,Genre2,x", ("Horror", "War")), ("Genre,subgenre,x", ("Horror",)),
     ("genres,genres_2,x", ("Horror",))],
)  # fmt: skip
def test_columns_of_the_same_name(header: str, expected: tuple[str, ...], tmp_path: Path) -> None:
    assert one(tmp_path / "a.csv", f"title,{header}\nA,Horror,War,\n").genres == expected


@pytest.mark.parametrize(
    ("header", "yes", "no"),
    [("Genre: Heist,Genre: Noir", "1", "0"), ("genre__Heist,genre__Noir", "1", "0"),
     ("genre_Heist,genre_Noir", "✓", ""), ("genre_Heist,genre_Noir", "WAHR", "FALSCH"),
     ("genre_Heist,genre_Noir", "VRAI", "FAUX"), ("genre_Heist,genre_Noir", "ja", "nein")],
)  # fmt: skip
def test_columns_of_yes_and_no(header: str, yes: str, no: str, tmp_path: Path) -> None:
    rows = films(tmp_path / "a.csv", f"title,{header}\nA,{yes},{no}\nB,{no},{yes}\n")
    found = [row.genres for row in rows if isinstance(row, Movie)]
    assert found == [("Heist",), ("Noir",)]


def test_a_column_of_all_genres_comes_before_columns_of_one(tmp_path: Path) -> None:
    film = one(tmp_path / "films.csv", "title,main_genre,genres\nA,War,Horror|Drama\n")
    assert film.genres == ("Horror", "Drama")
    film = one(tmp_path / "films.csv", "title,genre_1,genre_2\nA,1,0\n")
    assert film.genres == ("1",)


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (("title_x", "overview"), "title from title_x, overview"),
        (("title_y", "title_x"), "title from title_x; left out title_y"),
        (("title_x", "name"), "title from name; left out title_x"),
        (("id_y", "imdb_id_x", "genres_x"), "id from id_y, else imdb_id_x, genres from genres_x"),
        (("index_x", "x", "_x", "title"), "title; left out index_x, x, _x"),
    ],
)
def test_columns_that_pandas_merged(header: tuple[str, ...], told: str) -> None:
    assert choose(header).told() == f"took {told}"
