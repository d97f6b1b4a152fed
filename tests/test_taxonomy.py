"""The genre lists, and the names that two sources give one genre."""

from __future__ import annotations

from pathlib import Path

import pytest

from cinegenre.errors import UserError
from cinegenre.taxonomy import (
    IMDB,
    IMDB_TO_TMDB,
    TAXONOMIES,
    TMDB,
    TMDB_TO_IMDB,
    renamed,
    taxonomy,
)

SIZES = {
    "tmdb": 19, "tmdb-18": 18, "tmdb-18-foreign": 19, "imdb": 27, "imdb-21": 21, "imdb-10": 10,
    "mm-imdb": 23, "dave": 4,
}  # fmt: skip
"""The numbers that the sources and papers state."""

PUBLISHED_MM_IMDB = {
    "Crime", "Drama", "Thriller", "Action", "Comedy", "Romance", "Documentary", "Short", "Mystery",
    "History", "Family", "Adventure", "Fantasy", "Sci-Fi", "Western", "Horror", "Sport", "War",
    "Music", "Musical", "Animation", "Biography", "Film-Noir",
}  # fmt: skip
"""The labels that the published code for MM-IMDb trains on."""


def test_every_taxonomy_is_tested() -> None:
    assert SIZES.keys() == TAXONOMIES.keys()


@pytest.mark.parametrize("name", TAXONOMIES)
def test_genres_of_one_source_each_once(name: str) -> None:
    genres = taxonomy(name)
    assert len(genres) == len(set(genres)) == SIZES[name]
    known = {*TMDB, "Foreign"} if name.startswith("tmdb") else set(IMDB)
    assert set(genres) <= known
    assert "TV Movie" not in genres or name == "tmdb"


@pytest.mark.parametrize("name", TAXONOMIES)
def test_the_docs_name_it(name: str) -> None:
    page = Path(__file__).parents[1] / "docs" / "data.md"
    assert f"| `{name}` | {SIZES[name]} |" in page.read_text(encoding="utf-8")


def test_lists_of_the_papers() -> None:
    assert set(taxonomy("mm-imdb")) == PUBLISHED_MM_IMDB
    assert "Mystery" in taxonomy("imdb-10")
    assert "Documentary" not in taxonomy("imdb-10")
    assert taxonomy("dave") == ("Romance", "Action", "Horror", "Documentary")


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UserError, match=r"unknown taxonomy 'imbd': did you mean 'imdb'\?.*tmdb-18"):
        taxonomy("imbd")


def test_names_of_the_other_source() -> None:
    assert renamed(("Drama", "Science Fiction"), TMDB_TO_IMDB) == ("Drama", "Sci-Fi")
    assert renamed(("Sci-Fi", "Film-Noir"), IMDB_TO_TMDB) == ("Science Fiction", "Film-Noir")
    assert renamed(["Sci-Fi", "Science Fiction", "Sci-Fi"], TMDB_TO_IMDB) == ("Sci-Fi",)
    assert set(TMDB_TO_IMDB) <= set(TMDB) - set(IMDB)
    assert set(IMDB_TO_TMDB) <= set(IMDB) - set(TMDB)


@pytest.mark.parametrize("genre", [genre for genre in TMDB if genre != "TV Movie"])
def test_there_and_back(genre: str) -> None:
    [there] = renamed([genre], TMDB_TO_IMDB)
    assert there in IMDB
    assert renamed([there], IMDB_TO_TMDB) == (genre,)
