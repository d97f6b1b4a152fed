"""Writes the files beside the posters: a table of films, what is missing, the attribution."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...files import whole, write_json, write_text
from ...movie import BadRow
from ...readers.rows import table_rows
from ...records import Record
from .film import store
from .tmdb import Poster
from .wanted import Films, Wanted, own_poster, wanted

FILMS, MISSING, REPORT, ATTRIBUTION = "films.csv", "missing.csv", "report.json", "ATTRIBUTION.txt"

NOTICE = "This product uses the TMDB API but is not endorsed or certified by TMDB."

_ATTRIBUTION = f"""{NOTICE}

The posters in this folder come from The Movie Database (TMDB), https://www.themoviedb.org. They
belong to their owners. What you may do with them is in TMDB's terms, which you have agreed to for
your key: https://www.themoviedb.org/api-terms-of-use. Among them:

- Whoever shows or passes on what comes from TMDB says so, with TMDB's logo and the sentence above
  (in the terms' present wording: "This product uses TMDB and the TMDB APIs but is not endorsed,
  certified, or otherwise approved by TMDB.").
- The key is for use that is not commercial; anything else needs an agreement with TMDB. The terms
  count training or validating a machine-learning system with TMDB's content as commercial.
- Nothing from TMDB is kept for more than six months without being fetched anew
  (cinegenre data posters … --recheck).
"""


@dataclass(frozen=True, kw_only=True)
class Report(Record):
    """The result of a run: report.json. `columns` says which column each id was read from.

    `missing` are films for which TMDB has no poster, `failed` those that another run may get, both
    by reason; `not_asked_for` are those left when the run was interrupted.
    """

    source: str
    columns: Mapping[str, str]
    rows: int
    bad_rows: int
    size: str
    films: int
    own_poster: int
    already_there: int
    fetched: int
    megabytes: float
    missing: Mapping[str, int]
    failed: Mapping[str, int]
    not_asked_for: int
    older_than_180_days: int
    seconds: float
    notice: str = NOTICE


@dataclass(frozen=True)
class Missing:
    """A film without a poster, why, and whether another run may get it."""

    film: Wanted
    why: str
    again: bool


def write(
    folder: Path,
    table: Path,
    films: Films,
    files: Mapping[str, str],
    missing: Mapping[str, Missing],
    told: Report,
) -> None:
    """Write all four files; `files` is the poster file of each film by its name."""
    write_text(folder / ATTRIBUTION, _ATTRIBUTION)
    _write_csv(folder / MISSING, _missing(missing, films))
    _write_csv(folder / FILMS, _films(folder, table, films, files))
    write_json(folder / REPORT, told.as_dict())


def _missing(missing: Mapping[str, Missing], films: Films) -> Iterator[list[str]]:
    yield ["id", "title", "tmdb_id", "imdb_id", "why", "worth_another_run"]
    for each in missing.values():
        film = each.film
        yield [film.id or film.name, film.title, film.tmdb or "", film.imdb or "", each.why,
               "yes" if each.again else "no"]  # fmt: skip
    for row in films.bad:
        yield [row.id or "", "", "", "", f"{row.where}: {row.error}", "no"]


def _films(
    folder: Path, table: Path, films: Films, files: Mapping[str, str]
) -> Iterator[list[str]]:
    """The source's rows, with the poster's file in a column `poster`."""
    columns = list(films.columns)
    column = next((each for each in columns if each.strip().casefold() == "poster"), None)
    if column is None:
        column = "poster"
        columns.append(column)
    yield columns
    for row in table_rows(table):
        if isinstance(row, BadRow):
            continue
        _, cells = row
        poster = _poster(folder, table, cells, films, files)
        yield [poster if each == column else _text(cells.get(each)) for each in columns]


def _poster(
    folder: Path, table: Path, cells: Mapping[str, Any], films: Films, files: Mapping[str, str]
) -> str:
    own = own_poster(cells, table.parent, films.named)
    name = wanted(cells, films.named).name
    if isinstance(own, bytes):  # a CSV cannot hold it
        return files.get(name) or store(folder, name, Poster(own, ".jpg"))
    if own is not None:
        try:
            return os.path.relpath(own, folder)
        except ValueError:  # another drive
            return str(own.resolve())
    return files.get(name, "")


def _text(value: object) -> str:
    if value is None or isinstance(value, bytes):
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _write_csv(path: Path, rows: Iterator[list[str]]) -> None:
    with whole(path) as staged, staged.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
