"""Decides which column holds which field, by one table of column names for all commands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..errors import UserError, unknown

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
    "people": ("people", "cast", "actors", "stars", "starring"),
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
and `seriesTitle` are the same.
"""

FIELDS = (*COLUMNS, "imdb_id", "tmdb_id")
"""The fields that `--column FIELD=COLUMN` accepts."""

OPTION = "--column {field}=COLUMN"
"""How users name the column of a field on the command line, for errors."""

WITH_YEAR = "movietitleyear"
"""A column of titles such as "Orbit - 1999", after `fold`."""

_FOLDED = re.compile(
    r"[\s_.\-*:?\[\]\"'\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+|^ï»¿|^#+|\((?=s\))|(?<=\(s)\)"
)
_AROUND = re.compile(r"^(?:movies|films|m|f)[./](?=\w)|\s*\([^()]*\)$", re.IGNORECASE)
"""What may stand around a column's name: a table's name, a remark as in `Title (English)`."""
_MERGED = re.compile(r"(.+)_[xy]")
_ONE_OF_SEVERAL = re.compile(
    r"(?:movie|film)?(?:genres?|labels?)/?\[?\d{1,3}\]?(?:/?name)?|(?:main|primary|secondary|side|sub)genre"
)
"""A column with one of a film's genres, after `fold`: `genre1`, `Genre 2`, `main_genre`."""


def fold(column: str) -> str:
    """A column's name in the form that is the same for all its spellings."""
    return _FOLDED.sub("", column.strip().casefold())


_FIELD_OF = {fold(name): field for field, names in COLUMNS.items() for name in names}
_RANK = {fold(name): i for names in COLUMNS.values() for i, name in enumerate(names)}
_KIND_OF = {fold(name): kind for kind, names in IDS.items() for name in names}


def field_of(column: str) -> str | None:
    """The field that a column with this name may hold; None if the name is unknown."""
    return _FIELD_OF.get(fold(column))


def known(column: str) -> bool:
    """Whether the name of a column is known."""
    return field_of(column) is not None


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The column of each field.

    `ids` are the id columns in order, with their origins. `hot` are columns that hold one genre
    each, if genres are stored so. `further` are the others if each of a film's genres has a column.
    """

    fields: Mapping[str, str]
    ids: tuple[tuple[str, str], ...] = ()
    hot: tuple[tuple[str, str], ...] = ()
    further: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    def __contains__(self, field: str) -> bool:
        return field in self.fields or (field == "genres" and bool(self.hot))

    def told(self) -> str:
        """A line for the user on which columns were read as what, and which were left out."""
        taken = [
            field if fold(column) == fold(field) else f"{field} from {some_of([column])}"
            for field, column in self.fields.items()
        ]
        if len(self.ids) > 1:
            taken[0] += "".join(f", else {column}" for _, column in self.ids[1:])
        if self.further:
            several = [self.fields["genres"], *self.further]
            taken = [each for each in taken if not each.startswith("genres")]
            taken.append(f"genres from {some_of(several)}")
        if self.hot:
            taken.append(
                f"genres from {len(self.hot)} columns ({some_of([c for c, _ in self.hot])})"
            )
        left = f"; left out {some_of(self.left_out)}" if self.left_out else ""
        return f"took {', '.join(taken) or 'nothing'}{left}"


def some_of(columns: Sequence[str], most: int = 12) -> str:
    """The names of the first columns, and how many more there are, for the user."""
    shown = ", ".join(" ".join(column.split()) or "one without a name" for column in columns[:most])
    return shown + (f" and {len(columns) - most} more" if len(columns) > most else "")


@lru_cache(maxsize=1000)
def choose(
    header: tuple[str, ...],
    explicit: tuple[tuple[str, str], ...] = (),
    hot: tuple[tuple[str, str], ...] = (),
) -> Chosen:
    """Choose from the columns of a row. `explicit` are the caller's (field, column) pairs, `hot`
    the columns that hold one genre each.
    """
    given = dict(explicit)
    present = set(header)
    best: dict[str, str] = {}
    kinds: dict[str, str] = {}
    for column in sorted(header, key=_rank):
        folded = _bare(column)
        field = _FIELD_OF.get(folded)
        if field == "id":
            kinds.setdefault(_KIND_OF[folded], column)
        elif field is not None:
            best.setdefault(field, column)
    for field, column in given.items():
        into = kinds if field in IDS else best
        into.pop(field, None)
        if column in present:
            into[field] = column
    if "id" in given and given["id"] in present:
        kinds = {"id": given["id"]} | {k: c for k, c in kinds.items() if c != given["id"]}
    ids = tuple((kind, kinds[kind]) for kind in IDS if kind in kinds)
    if {"imdb_id", "tmdb_id"} & kinds.keys():
        # A number from another list may be the TMDB number of another film.
        ids = tuple(pair for pair in ids if pair[0] != "movie_id")
    ours = tuple(pair for pair in hot if pair[0] in present) if "genres" not in best else ()
    several = [] if ours else _several(header, best.get("genres"))
    if several:
        best["genres"] = several[0]
    fields = {"id": ids[0][1]} if ids else {}
    fields |= {field: best[field] for field in COLUMNS if field in best}
    taken = {
        *fields.values(),
        *(column for _, column in ids),
        *(column for column, _ in ours),
        *several,
    }
    return Chosen(
        fields=fields,
        ids=ids,
        hot=ours,
        further=tuple(several[1:]),
        left_out=tuple(column for column in header if column not in taken),
    )


def _bare(column: str) -> str:
    """A column's name after `fold`, without a merge's suffix (`title_x`) and what is `_AROUND`."""
    folded = fold(column)
    if folded in _FIELD_OF:
        return folded
    merged = _MERGED.fullmatch(column.strip())
    plain = fold(merged[1] if merged else _AROUND.sub("", column.strip()))
    return plain if plain in _FIELD_OF else folded


def _rank(column: str) -> tuple[bool, int, bool]:
    """The sort key of columns that may hold the same field: unsuffixed names first, and the left
    one of two merged columns before the right one."""
    own = fold(column) in _FIELD_OF
    return not own, _RANK.get(_bare(column), 0), column.strip().endswith("_y")


def _several(header: Sequence[str], whole: str | None) -> list[str]:
    """The columns with one of a film's genres each; `whole` is the column that may have all.

    Beside `whole`, only columns of the same name count (`genre`, `genre`, which are made unique as
    `genre.1`), and those that number a `genre` (`genre2`).
    """
    if whole is None:
        return [column for column in header if _ONE_OF_SEVERAL.fullmatch(fold(column))]
    further = [
        column
        for column in header
        if re.fullmatch(rf"{re.escape(whole)}\.\d+", column)
        or (fold(whole) == "genre" and re.fullmatch(r"genre\d{1,2}", fold(column)))
    ]
    return [whole, *further] if further else []


def check(
    what: str, header: Sequence[str], explicit: Mapping[str, str], chosen: Chosen,
    needed: Iterable[str] = (), naming: str = OPTION,
) -> None:  # fmt: skip
    """Raise `UserError` for a missing field or column; `what` is the table's name in the error.

    `naming` shows how the caller names the column of a field.
    """
    hint = f"its columns are: {', '.join(header)}; name it: "
    for field, column in explicit.items():
        if field not in FIELDS:
            raise unknown("field", field, FIELDS)
        if column not in header:
            raise unknown(f"column in {what}", column, header)
    for field in needed:
        if field not in chosen:
            names = " or ".join(COLUMNS[field][:3])
            raise UserError(f"{what} has no column {names}", hint + naming.format(field=field))
    if not chosen.fields and not chosen.hot:
        raise UserError(
            f"{what} has none of our columns ({', '.join(COLUMNS)})",
            hint + naming.format(field="title"),
        )
