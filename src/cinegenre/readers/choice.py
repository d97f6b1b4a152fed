"""Decides which column holds which field."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..errors import UserError, unknown
from .columns import COLUMNS, FIELDS, IDS, bare, field_of, fold, is_foreign, part_of, rank
from .people import ALL, CREDITS, CREW, ONE

OPTION = "--column {field}=COLUMN"
"""How users name the column of a field on the command line, for errors."""

_ONE_OF_SEVERAL = re.compile(
    r"(?:movie|film)?(?:genres?|labels?)/?\[?\d{1,3}\]?(?:/?name)?|(?:main|primary|secondary|side|sub)genre"
)
"""A column with one of a film's genres, after `fold`: `genre1`, `Genre 2`, `main_genre`."""
_NUMBERED = re.compile(r"(?P<name>\D+?)/?(?P<number>\d{1,3})(?:/?name)?")
"""A column with one of several, after `fold`: `actor1name`, `cast/0/name`."""
_ONE_PERSON = re.compile(r"(?:co|lead|leading|main|supporting)?(?:actor|actress|star)")
_NOT_TOLD = {"crew": CREW, "credits": CREDITS, "casts": CREDITS}
"""Columns, after `fold`, that hold people only if they have TMDB's form."""


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The column of each field.

    `ids` are the id columns in order, with their origins. `hot` are columns that hold one genre
    each, if genres are stored so. `further` are the others if each of a film's genres has a column.
    `people` are the columns of people in order, directors first, with how to read each.
    """

    fields: Mapping[str, str]
    ids: tuple[tuple[str, str], ...] = ()
    hot: tuple[tuple[str, str], ...] = ()
    further: tuple[str, ...] = ()
    people: tuple[tuple[str, str], ...] = ()
    left_out: tuple[str, ...] = ()

    def __contains__(self, field: str) -> bool:
        return field in self.fields or (field == "genres" and bool(self.hot))

    def told(self) -> str:
        """A line for the user on which columns were read as what, and which were left out."""
        taken = [
            field if fold(column) == fold(field) else f"{field} from {some_of([column])}"
            for field, column in self.fields.items()
        ]
        if len(self.people) > 1:
            told = some_of([column for _, column in self.people], last=" and ")
            taken[[*self.fields].index("people")] = f"people from {told}"
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


def some_of(columns: Sequence[str], most: int = 12, last: str = ", ") -> str:
    """The names of the first columns, and how many more there are, for the user. `last` is written
    before the last one if these are all."""
    shown = [" ".join(column.split()) or "one without a name" for column in columns[:most]]
    if len(columns) > most:
        return f"{', '.join(shown)} and {len(columns) - most} more"
    return last.join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


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
    parts: dict[str, str] = {}
    for column in sorted(header, key=rank):
        if field := field_of(bare(column)):
            (parts if part_of(column) else best).setdefault(part_of(column) or field, column)
    for field, column in given.items():
        into = parts if field in IDS else best
        into.pop(field, None)
        if column in present:
            into[field] = column
    ids = _ids({kind: parts[kind] for kind in IDS if kind in parts}, given.get("id"))
    if "people" in given:
        wanted = columns_in(given["people"], present)
        people = tuple((_how(column), column) for column in wanted if column in present)
    else:
        people = _people(header, parts)
    ours = tuple(pair for pair in hot if pair[0] in present) if "genres" not in best else ()
    several = [] if ours else _several(header, best.get("genres"))
    best |= {"genres": several[0]} if several else {}
    best |= {"people": people[0][1]} if people else {}
    fields = {"id": ids[0][1]} if ids else {}
    fields |= {field: best[field] for field in COLUMNS if field in best}
    taken = {*fields.values(), *(column for _, column in (*ids, *ours, *people)), *several}
    return Chosen(
        fields=fields,
        ids=ids,
        hot=ours,
        further=tuple(several[1:]),
        people=people,
        left_out=tuple(column for column in header if column not in taken),
    )


def columns_in(named: str, header: Collection[str]) -> list[str]:
    """The columns that `A,B` names: two, unless one has that whole name."""
    return [named] if named in header else [part.strip() for part in named.split(",")]


def _ids(kinds: dict[str, str], named: str | None) -> tuple[tuple[str, str], ...]:
    """The id columns with their origins, in order; `named` is the one that the caller named."""
    if "id" in kinds and kinds["id"] == named:
        kinds = {"id": named} | {kind: c for kind, c in kinds.items() if c != named}
    if {"imdb_id", "tmdb_id"} & kinds.keys():
        # A number from another list may be the TMDB number of another film.
        kinds.pop("movie_id", None)
    return tuple((kind, kinds[kind]) for kind in IDS if kind in kinds)


def _people(header: Sequence[str], whole: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The columns of people, directors first; `whole` are those with all people of a part."""
    if "people" in whole:
        return ((ALL, whole["people"]),)
    found: dict[str, list[tuple[str, str]]] = {
        part: [(ALL, whole[part])] if part in whole else [] for part in ("director", "cast")
    }
    ones = [(number, part, c) for c in header for part, number in _one_person(c)]
    for _, part, column in sorted(ones, key=lambda one: one[0]):
        if column != whole.get(part):
            found[part].append((ONE, column))
    told = {how: (how, column) for column in header if (how := _NOT_TOLD.get(fold(column)))}
    directors, cast = found.values()
    directors = directors or [told[CREW] for _ in range(CREW in told)]
    # In the credits are directors and cast.
    both = [told[CREDITS]] if CREDITS in told and not (directors and cast) else []
    return (*directors, *both, *cast)


def _how(column: str) -> str:
    """How the cells of a column of people are read."""
    return _NOT_TOLD.get(fold(column), ONE if _one_person(column) else ALL)


def _one_person(column: str) -> list[tuple[str, int]]:
    """The part and number of the one person in `Star1`, `actor_2_name` or `lead_actress`; empty if
    it is another column."""
    folded = bare(column)
    numbered = _NUMBERED.fullmatch(folded)
    name, number = (numbered["name"], int(numbered["number"])) if numbered else (folded, 0)
    if _ONE_PERSON.fullmatch(name):
        return [("cast", number)] if numbered or name != "star" else []
    part = part_of(name) if numbered else ""
    return [(part, number)] if part in ("director", "cast") else []


def _several(header: Sequence[str], whole: str | None) -> list[str]:
    """The columns with one of a film's genres each; `whole` is the column that may have all.

    Beside `whole`, only columns of the same name count (`genre`, `genre`, which are made unique as
    `genre.1`), and those that number a `genre` (`genre2`).
    """
    if whole is None:
        return [column for column in header if _is_one_genre(column)]
    further = [
        column
        for column in header
        if re.fullmatch(rf"{re.escape(whole)}\.\d+", column)
        or (fold(whole) == "genre" and re.fullmatch(r"genre\d{1,2}", fold(column)))
    ]
    return [whole, *further] if further else []


def _is_one_genre(column: str) -> bool:
    found = _NUMBERED.fullmatch(fold(column))
    if found and is_foreign(found["name"]):
        return field_of(found["name"]) == "genres"
    return _ONE_OF_SEVERAL.fullmatch(fold(column)) is not None


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
        for name in columns_in(column, header) if field == "people" else [column]:
            if name not in header:
                raise unknown(f"column in {what}", name, header)
    for field in needed:
        if field not in chosen:
            names = " or ".join(COLUMNS[field][:3])
            raise UserError(f"{what} has no column {names}", hint + naming.format(field=field))
    if not chosen.fields and not chosen.hot:
        raise UserError(
            f"{what} has none of our columns ({', '.join(COLUMNS)})",
            hint + naming.format(field="title"),
        )
