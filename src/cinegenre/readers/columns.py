"""The names that columns of tables have, in one list for all commands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from .translated import NAMES

IDS: dict[str, tuple[str, ...]] = {
    "id": ("id",),
    "imdb_id": (
        "imdb_id", "imdb_title_id", "tconst", "imdb_tconst", "imdb", "const", "title_id",
        "imdb_number", "imdb_code", "imdb_link", "imdb_url", "movie_imdb_link",
    ),
    "tmdb_id": ("tmdb_id", "tmdb_movie_id", "themoviedb_id", "tmdb"),
    "movie_id": ("movie_id", "film_id", "show_id", "item_id"),
}  # fmt: skip
"""Possible names of id columns, by origin: the table's own, IMDb's, TMDB's, any other. In this
order, the first one that is not empty is a film's id; posters are looked for by all of them."""

PEOPLE: dict[str, tuple[str, ...]] = {
    "people": ("people",),
    "cast": (
        "cast", "actors", "stars", "starring", "actor", "cast_members", "cast_member", "cast_list",
        "cast_names", "actor_names", "actor_name", "main_cast", "main_actors", "lead_actors",
        "top_cast", "actor_label", "cast_label", "cast_member_label",
    ),
    "director": (
        "director", "directors", "director_name", "director_names", "directed_by",
        "movie_director", "film_director", "director_label",
    ),
}  # fmt: skip
"""Possible names of columns with people, by their part in the film; `people` is everyone."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "id": tuple(name for names in IDS.values() for name in names),
    "title": (
        "title", "name", "primary_title", "movie_title", "film_title", "series_title", "movie_name",
        "film_name", "title_en", "english_title", "original_title", "movie title - year",
        "film_label", "movie_label", "item_label", "movie", "film",
    ),
    "overview": (
        "overview", "plot", "description", "synopsis", "summary", "extract", "plot_synopsis",
        "plot_summary", "storyline", "plot_outline", "full_plot", "wiki_plot", "movie_info",
        "short_description", "long_description", "plot_text", "overview_text", "movie_overview",
        "movie_plot", "movie_description", "movie_synopsis", "film_plot", "logline", "text",
    ),
    "companies": (
        "companies", "production_companies", "studios", "studio", "production_company", "company",
        "production", "production_company_name", "production_house",
    ),
    "people": tuple(name for names in PEOPLE.values() for name in names),
    "poster": (
        "poster", "poster_path", "poster_file_name", "file_name", "image", "poster_url",
        "image_url", "poster_link", "poster_file", "poster_image", "image_path", "img_path",
        "img", "img_url", "tmdb_poster_path", "cover", "cover_url", "movie_poster", "poster_src",
        "thumbnail", "thumbnail_url",
    ),
    "genres": (
        "genres", "genre", "labels", "listed_in", "genre_names", "genre_list", "movie_genre",
        "movie_genres", "genre_label", "genres_label", "genre_labels", "genre_ids", "genre_id",
        "label",
    ),
    "year": (
        "year", "release_year", "release_date", "start_year", "released_year", "released",
        "year_of_release", "premiered", "title_year", "movie_release_date", "date_published",
        "production_year", "original_release_date",
    ),
    "language": ("language", "original_language", "lang", "language_code", "original_lang"),
    "collection": ("collection", "belongs_to_collection"),
}  # fmt: skip
"""Field of `Movie` → possible column names; the first one present is used. Case, spaces,
underscores, hyphens, marks that are not seen and a `#` before the name are ignored: `Series_Title`
and `seriesTitle` are the same. Those of people are used together (`choice.people_of`). After these
names come those of other languages, in `translated`.
"""

FIELDS = (*COLUMNS, "imdb_id", "tmdb_id")
"""The fields that `--column FIELD=COLUMN` accepts."""

WITH_YEAR = "movietitleyear"
"""A column of titles such as "Orbit - 1999", after `fold`."""

_FOLDED = re.compile(
    r"[\s_.\-*:?\[\]\"'’\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+|^ï»¿|^#+|\((?=s\))|(?<=\(s)\)"
)
_AROUND = re.compile(r"^(?:movies|films|m|f)[./](?=\w)|\s*\([^()]*\)$", re.IGNORECASE)
"""What may stand around a column's name: a table's name, a remark as in `Title (English)`."""
_MERGED = re.compile(r"(.+)_[xy]")
_SHORTEST = 4
"""The fewest letters of a foreign name that is known without its accents too."""


def fold(column: str) -> str:
    """A column's name in the form that is the same for all its spellings."""
    text = column.strip().casefold()
    if not text.isascii():
        # Letters that look the same may be one character or two, and Turkish has two i in capitals.
        text = unicodedata.normalize("NFKC", text).replace("i\u0307", "i").replace("ı", "i")
    return _FOLDED.sub("", text)


class _Name(NamedTuple):
    """What a column's name stands for. `part` is an id's origin or a person's part in the film;
    of several columns for a field, the one with the lowest `place` is used."""

    field: str
    part: str
    place: tuple[bool, int]


def _names() -> Iterator[tuple[str, _Name]]:
    parts = {name: part for part, names in (IDS | PEOPLE).items() for name in names}
    for field, names in COLUMNS.items():
        for i, name in enumerate(names):
            yield fold(name), _Name(field, parts.get(name, ""), (False, i))
    for fields in NAMES.values():
        for field, listed in fields.items():
            part = field if field in PEOPLE else ""
            for i, name in enumerate(listed.split(", ")):
                found = _Name("people" if part else field, part, (True, i))
                yield fold(name), found
                yield _without_accents(name), found


def _without_accents(name: str) -> str:
    """A folded name in plain letters, as many tables have it (`titulo`), unless it is too short to
    be sure ("ar" is no year) or has other letters."""
    apart = unicodedata.normalize("NFD", fold(name).replace("ł", "l").replace("ø", "o"))
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return plain if plain.isascii() and len(plain) >= _SHORTEST else fold(name)


_KNOWN: dict[str, _Name] = {}
for _folded, _name in _names():
    _KNOWN.setdefault(_folded, _name)


def field_of(column: str) -> str | None:
    """The field that a column with this name may hold; None if the name is unknown."""
    found = _KNOWN.get(fold(column))
    return found.field if found else None


def part_of(column: str) -> str:
    """The origin of a column of ids (`IDS`), or the part in the film of people (`PEOPLE`)."""
    found = _KNOWN.get(bare(column))
    return found.part if found else ""


def is_foreign(column: str) -> bool:
    """Whether the name is known in another language than English only."""
    found = _KNOWN.get(fold(column))
    return found is not None and found.place[0]


def known(column: str) -> bool:
    """Whether the name of a column is known."""
    return field_of(column) is not None


def names_of(field: str) -> tuple[str, ...]:
    """The folded names of a field's columns in all languages, the best first."""
    found = ((name.place, folded) for folded, name in _KNOWN.items() if name.field == field)
    return tuple(folded for _, folded in sorted(found))


def bare(column: str) -> str:
    """A column's name after `fold`, without a merge's suffix (`title_x`) and what is `_AROUND`."""
    folded = fold(column)
    if folded in _KNOWN:
        return folded
    text = column.strip()
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    merged = _MERGED.fullmatch(text)
    plain = fold(merged[1] if merged else _AROUND.sub("", text))
    return plain if plain in _KNOWN else folded


def rank(column: str) -> tuple[bool, bool, int, bool]:
    """The sort key of columns that may hold the same field: English names first, then unsuffixed
    ones, and the left one of two merged columns before the right one."""
    found = _KNOWN.get(bare(column))
    foreign, place = found.place if found else (False, 0)
    return foreign, fold(column) not in _KNOWN, place, column.strip().endswith("_y")
