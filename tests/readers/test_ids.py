"""Ids as spreadsheets, services and people write them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from cinegenre.movie import Movie
from cinegenre.readers.values import ADDRESSES, FRACTION, SPELLED, WHOLE, id_of

from .test_table import one


@pytest.mark.parametrize(
    ("cell", "expected", "why"),
    [
        ("862,0", "862", WHOLE),
        ("1,234", "1234", WHOLE),
        ("1,234,567.0", "1234567", WHOLE),
        ("1.234.567", "1234567", WHOLE),
        ("1 234 567", "1234567", WHOLE),
        ("8.62E+02", "862", WHOLE),
        ("1.14709e+05", "114709", WHOLE),
        ("1.1471E+05", None, FRACTION),  # a digit is lost
        ("12.345", None, FRACTION),
        ("7e12", "7e12", None),
        ("'862", "862", None),
        ("TT0114709", "tt0114709", SPELLED),
        ("tt114709", "tt0114709", SPELLED),
        ("tt0114709/", "tt0114709", SPELLED),
        ("tt10872600", "tt10872600", None),
        ("tt1", "tt1", None),
        ("imdb://tt0114709", "tt0114709", ADDRESSES),
        ("www.imdb.com/title/tt0114709/?ref_=fn", "tt0114709", ADDRESSES),
        ("https://m.imdb.com/title/tt114709", "tt0114709", ADDRESSES),
        ("/title/tt0114709/", "tt0114709", ADDRESSES),
        ("https://www.themoviedb.org/movie/862-toy-story", "862", ADDRESSES),
        ("http://www.wikidata.org/entity/Q171048", "Q171048", ADDRESSES),
        ("https://example.org/862", "https://example.org/862", None),
        ({"type": "uri", "value": "http://www.wikidata.org/entity/Q1"}, "Q1", ADDRESSES),
        ({"rating": 6.2, "id": 5}, "5", None),
        ({"$oid": "573a"}, "573a", None),
    ],
)
def test_one_id(cell: object, expected: str | None, why: str | None) -> None:
    mended: Counter[str] = Counter()
    assert id_of(cell, "id", mended) == expected
    assert [*mended][:1] == ([why] if why else [])


def test_a_poster_is_found_by_an_id_in_an_address(tmp_path: Path) -> None:
    (tmp_path / "posters").mkdir()
    poster = tmp_path / "posters" / "tt0114709.jpg"
    poster.write_bytes(b"x")
    text = "title,movie_imdb_link\nA,http://www.imdb.com/title/tt0114709/?ref_=fn_tt_tt_1\n"
    film = one(tmp_path / "a.csv", text, posters=tmp_path / "posters")
    assert film == Movie(id="tt0114709", title="A", poster=poster)
