"""Selects the films and genres that a head is fitted on, and counts what is left out and why."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from ..data.groups import same_overview
from ..data.spelling import respelled, same, spellings
from ..data.stratify import deal, labels_of
from ..data.web_posters import Fetcher, local
from ..errors import UserError, unknown
from ..faults import Fault
from ..movie import BadRow, Movie, is_address
from ..readers import table
from ..readers.given import Given, Many
from ..readers.log import ReadLog
from ..taxonomy import within

FOLDS = 5
QUOTED, _FIRST = 5, 3
UNREADABLE = "unreadable row"


@dataclass(frozen=True)
class Labelled:
    """Films with at least one of `genres`.

    `dropped` has the genres that too few films have or lack, each with the number of its films.
    `left_out` counts the rows that are not used, by reason. `quoted` are the first bad rows.
    """

    films: list[Movie]
    genres: tuple[str, ...]
    dropped: dict[str, int] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    quoted: list[str] = field(default_factory=list)


Rows = str | Path | Many
"""A table (CSV, TSV, JSON, JSONL, Parquet), or films themselves, as `Tagger.predict` takes many."""


Tell = Callable[[str], None]
"""A function that is called with each line of the report on how a table was read."""


def silent(line: str) -> None:
    """A `Tell` that ignores its line."""


def rows_of(
    films: Rows, fields: Iterable[str], columns: Mapping[str, str] | None, tell: Tell
) -> Iterable[Movie | BadRow]:
    """The rows of a table that must have genres, or the given films.

    The model reads the fields `fields`; `columns` says which column holds which field.
    """
    if not isinstance(films, str | Path):
        given = Given((*fields, "genres"), columns or {})
        one = given.one(films)
        return given.many(films) if one is None else [one]
    log = ReadLog(tell=tell, reads=(*fields, "genres"))
    return table.films(Path(films), posters=None, columns=columns, needed=("genres",), log=log)


class Posters:
    """Downloads posters at web addresses, if `fetch`, to files that are deleted at exit.

    `faults` has the posters that were not downloaded, with the reasons.
    """

    def __init__(self, *, fetch: bool) -> None:
        self.fetcher = Fetcher(wanted=fetch)
        self.faults: list[Fault] = []
        self._folder: Path | None = None
        self._kept = 0

    def local(self, rows: Iterable[Movie | BadRow]) -> Iterator[Movie | BadRow]:
        """The rows with files in place of addresses, or without a poster.

        Nothing is downloaded for films without genres, which are left out in any case.
        """
        asked = (
            replace(row, poster=None)
            if isinstance(row, Movie) and not row.genres and is_address(row.poster)
            else row
            for row in rows
        )
        return local(asked, self.fetcher, lambda film, fault: self.faults.append(fault), self._keep)

    def __enter__(self) -> Posters:
        return self

    def __exit__(self, *_: object) -> None:
        self.fetcher.close()  # the downloaded files stay

    def _keep(self, data: bytes) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="cinegenre-posters-"))
            atexit.register(shutil.rmtree, self._folder, ignore_errors=True)
        path = self._folder / f"{self._kept:08d}"
        self._kept += 1
        path.write_bytes(data)
        return path


def labelled(
    rows: Iterable[Movie | BadRow],
    fields: Sequence[str],
    *,
    genres: Sequence[str] = (),
    min_films: int = 8,
) -> Labelled:
    """The films with a genre and at least one of the inputs `fields`, and the genres to fit.

    `genres` restricts the genres. A genre that fewer than `min_films` films have or lack is
    dropped. Raises `UserError` for a genre that no film has, and if fewer than two genres are left.
    """
    films: list[Movie] = []
    left_out: Counter[str] = Counter()
    quoted: list[str] = []
    for row in rows:
        if isinstance(row, BadRow):
            left_out[UNREADABLE] += 1
            if len(quoted) < QUOTED:
                quoted.append(f"{row.where}: {row.error}")
        elif not row.genres:
            left_out["without a genre"] += 1
        elif not set(fields) & set(row.inputs):
            left_out[f"without {' or '.join(fields)}"] += 1
        else:
            films.append(row)
    if left_out and not films:
        raise _none(left_out, quoted)
    known = spellings(film.genres for film in films)
    films = [replace(film, genres=respelled(film.genres, known)) for film in films]
    counts = Counter(genre for film in films for genre in dict.fromkeys(film.genres))
    genres = [same(genre, counts) for genre in ((genres,) if isinstance(genres, str) else genres)]
    for genre in genres:
        if genre not in counts:
            raise unknown("genre", genre, counts)
    wanted = tuple(dict.fromkeys(genres)) or tuple(sorted(counts))
    few = {g: counts[g] for g in wanted if min(counts[g], len(films) - counts[g]) < min_films}
    kept = tuple(genre for genre in wanted if genre not in few)
    if len(kept) < 2:
        counted = ", ".join(f"{genre} {counts[genre]}" for genre in wanted[:QUOTED]) or "none"
        raise UserError(
            f"{len(kept)} genre{'s' * (len(kept) != 1)} of {len(wanted)} can be fitted on "
            f"{len(films):,} labelled films ({counted}{' …' * (len(wanted) > QUOTED)})",
            f"give two genres that {min_films} films have and {min_films} lack, "
            f"or lower --min-films{_refused(left_out, quoted)}",
        )
    chosen = [replace(film, genres=within(film.genres, kept)) for film in films]
    left_out["with other genres only"] = sum(not film.genres for film in chosen)
    return Labelled([film for film in chosen if film.genres], kept, few, +left_out, quoted)


def _none(left_out: Counter[str], quoted: Sequence[str]) -> UserError:
    """The error if no row can be used."""
    counts = ", ".join(f"{count:,} {why}" for why, count in left_out.most_common())
    cure = "give films with genres and inputs"
    if quoted:
        cure = f"the first: {'; '.join(quoted[:_FIRST])}"
    return UserError(f"none of {left_out.total():,} rows can be used ({counts})", cure)


def _refused(left_out: Counter[str], quoted: Sequence[str]) -> str:
    if not quoted:
        return ""
    return f"; {left_out[UNREADABLE]:,} rows were refused, the first: {quoted[0]}"


def folds_of(films: Sequence[Movie], seed: int = 0) -> np.ndarray:
    """The fold of each film, (films,), below `FOLDS`, stratified over genres.

    Rows of one film (with the same id or overview) and films of one collection are in one fold.
    Raises `UserError` if that makes one fold of all.
    """
    together = _groups(films)
    members: dict[int, list[int]] = {}
    for i, group in enumerate(together.tolist()):
        members.setdefault(group, []).append(i)
    if len(members) < 2:
        raise UserError(
            f"all {len(films):,} rows share an id, overview or collection, and count as one film",
            "give each film an id of its own, or films that differ",
        )
    labels = [[labels_of(films[i]) for i in rows] for rows in members.values()]
    part = deal(labels, (1 / FOLDS,) * FOLDS, seed)
    fold = np.empty(len(films), np.int64)
    for rows, number in zip(members.values(), part, strict=True):
        fold[rows] = number
    return fold


def _groups(films: Sequence[Movie]) -> np.ndarray:
    """The number of each film's group; films are in one group if any of their keys is the same."""
    group = np.arange(len(films))
    keys: dict[tuple[str, str], list[int]] = {}
    for i, film in enumerate(films):
        overview = same_overview(film.overview) if "overview" in film.inputs else ""
        for kind, value in (("id", film.id), ("said", overview), ("part of", film.collection)):
            if value:
                keys.setdefault((kind, value), []).append(i)
    shared = [rows for rows in keys.values() if len(rows) > 1]
    changed = True
    while changed:
        changed = False
        for rows in shared:
            least = group[rows].min()
            changed |= bool((group[rows] != least).any())
            group[rows] = least
    return group
