"""Films to fit on, as a program has them."""

from __future__ import annotations

from typing import Any

import pandas as pd
import polars as pl
import pytest

from cinegenre import BadRow, Movie, UserError
from cinegenre.fit.films import labelled, rows_of, silent

CELLS: dict[str, list[Any]] = {
    "Series_Title": ["The Clown", "The Ghost"],
    "Genre": ["Comedy, Drama", "HORROR"],
    "poster": ["a.jpg", None],
}
FILMS = [
    Movie(title="The Clown", genres=("Comedy", "Drama"), poster="a.jpg"),
    Movie(title="The Ghost", genres=("HORROR",)),
]


@pytest.mark.parametrize(
    "given", [FILMS, iter(FILMS), pd.DataFrame(CELLS), pl.DataFrame(CELLS),
              pd.DataFrame(CELLS).to_dict("records")],
)  # fmt: skip
def test_tables_of_a_program_are_read_as_files_are(given: Any) -> None:
    rows = list(rows_of(given, ("title", "poster"), None, silent))
    assert [(row.title, row.genres, str(row.poster)) for row in rows if isinstance(row, Movie)] == [
        (film.title, film.genres, str(film.poster)) for film in FILMS
    ]


def test_genres_that_are_none_are_a_bad_row() -> None:
    [good, bad] = rows_of([{"title": "A", "genres": "Drama"}, {"title": "B", "genres": 5}],
                          ("title",), None, silent)  # fmt: skip
    assert good == Movie(title="A", genres=("Drama",))
    assert isinstance(bad, BadRow)
    given: Any = 5
    with pytest.raises(UserError, match="int 5 is not a film"):
        rows_of(given, ("title",), None, silent)


def test_one_genre_needs_no_list() -> None:
    films = [Movie(title=f"{number}", genres=(genre,)) for genre in ("A", "B", "C")
             for number in range(4)]  # fmt: skip
    with pytest.raises(UserError, match="unknown genre 'Comedy': known: A, B, C"):
        labelled(films, ("title",), genres="Comedy", min_films=2)
    assert labelled(films, ("title",), genres=("A", "B"), min_films=2).genres == ("A", "B")
