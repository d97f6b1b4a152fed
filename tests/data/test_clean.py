"""Cleaning: what is dropped or mended is counted, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

from cinegenre.data.clean import EXAMPLES, ONE_MORE, Tally, clean, unique
from cinegenre.data.posters import checked
from cinegenre.movie import BadRow, Movie

from ..tiny import broken
from ..tiny.films import films


def _through(*rows: Movie | BadRow) -> tuple[list[Movie], Tally]:
    tally = Tally()
    return unique(clean(rows, tally), tally), tally


def test_white_space_and_repeats_go_and_the_order_of_genres_stays() -> None:
    (film,), tally = _through(
        Movie(
            id=" tt1 ",
            title=" The\u00a0\n Film ",
            overview=" \t",
            companies=("Studio  One", " ", "Studio One"),
            genres=("War", "Drama", "War"),
        )
    )
    assert film == Movie(
        id="tt1", title="The Film", companies=("Studio One",), genres=("War", "Drama")
    )
    assert not tally.dropped and not tally.mended


def test_placeholder_overviews_become_absent() -> None:
    kept, tally = _through(
        Movie(id="1", title="A", overview="No overview found."), Movie(id="2", overview="N/A")
    )
    assert kept == [Movie(id="1", title="A")]
    assert tally.mended == {"overview that only says there is none": 2}
    assert tally.dropped == {"no input left": 1}


def test_malformed_rows_are_counted_and_some_are_quoted() -> None:
    bad = [BadRow(where=f"line {n}", error="10 cells") for n in range(30)]
    kept, tally = _through(*bad, Movie(id="1", title="A"))
    assert len(kept) == 1
    assert tally.rows == 31
    assert tally.dropped == {"malformed row": 30}
    assert len(tally.examples) == EXAMPLES
    assert tally.examples[0] == "line 0: 10 cells"


def test_of_one_id_the_film_with_more_inputs_stays_in_the_first_one_s_place() -> None:
    poor, rich = Movie(id="1", title="A"), Movie(id="1", title="A", overview="Once upon a time.")
    other = Movie(id="2", title="B")
    assert _through(poor, other, rich)[0] == [rich, other]
    kept, tally = _through(rich, other, poor)
    assert kept == [rich, other]
    assert tally.dropped == {"same film again": 1}


def test_films_without_a_genre_stay() -> None:
    assert _through(Movie(id="1", title="A"))[0][0].genres == ()


def test_made_ids_follow_the_texts_and_else_the_row() -> None:
    one, two = Movie(title="A", overview="B"), Movie(title="A", overview="C")
    there = {film.id for film in _through(one, two)[0]}
    back = {film.id for film in _through(Movie(companies=("X",)), two, one)[0]}
    assert len(there) == 2
    assert back == {"row-1", *there}


def test_an_impossible_year_is_mended() -> None:
    (film,), tally = _through(Movie(id="1", title="Moon", year=21_999_999_999))
    assert film.year is None
    assert tally.mended == {"impossible year": 1}


def test_unreadable_posters_become_absent_and_the_film_stays(tmp_path: Path) -> None:
    good = next(film for film in films() if film.poster)
    missing = tmp_path / "none.jpg"
    posters = [poster for make in broken.REFUSED.values() if (poster := make())]
    rows = [good, *(Movie(id="1", title="A", poster=poster) for poster in (*posters, missing))]
    tally = Tally()
    hashes: dict[Path, object] = {}
    kept = list(checked(rows, tmp_path / "spool", tally, hashes))  # type: ignore[arg-type]
    assert tally.mended == {"unreadable poster": len(rows) - 1}
    assert [film.poster for film in kept[1:]] == [None] * (len(rows) - 1)
    spooled = kept[0].poster
    assert isinstance(spooled, Path)
    assert spooled.read_bytes() == good.poster
    assert list(hashes) == [spooled]


def test_a_row_for_each_genre_of_a_film() -> None:
    rows = [
        Movie(id="1", title="A", genres=("Drama",)),
        Movie(id="1", title="A", genres=("War",)),
        Movie(id="1", title="Other", genres=("Crime",)),
        Movie(id="2", title="B", genres=("Drama", "War")),
        Movie(id="2", title="B", genres=("Crime",)),
    ]
    tally = Tally()
    assert [film.genres for film in unique(rows, tally)] == [("Drama", "War"), ("Drama", "War")]
    assert tally.mended[ONE_MORE] == 1 and tally.dropped == {"same film again": 3}
