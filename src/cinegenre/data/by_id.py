"""Reads tables about films of the source, found by id: a split, or a further set of genres."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import UserError, shown
from ..movie import BadRow
from ..readers.cells import absent
from ..readers.choice import Chosen
from ..readers.columns import IDS, fold
from ..readers.form import Form, form_of
from ..readers.log import ReadLog
from ..readers.rows import FORMATS, ending, table_rows
from ..readers.text import Row, csv_rows
from ..readers.values import genres_in, ids_of

ORDER = ("imdb_id", "id", "tmdb_id", "movie_id")
"""Origins of ids; the first id that is not blank identifies a film, as in the readers."""
SPLITS = ("split", "set", "subset", "fold", "partition")
"""Possible names of the column with the split."""

ONE_MORE = "rows with one more genre of a film, added to it"

SPLIT_NAMES = {
    "train": "train", "training": "train",
    "validation": "validation", "valid": "validation", "val": "validation", "dev": "validation",
    "test": "test", "testing": "test",
}  # fmt: skip


def read_splits(path: Path, log: ReadLog | None = None) -> dict[str, str]:
    """Film id → train, validation or test, from a table with an id column and `split`."""
    found: dict[str, str] = {}
    log, bad = log or ReadLog(), _Bad()
    rows, header, _ = _open(path, log)
    column = next((each for name in SPLITS for each in header if fold(each) == name), None)
    if column is None or not _ids(Form().chosen(header)):
        raise _lacks(path, header, "split")
    log.begun(path.name, f"took {column} for the split")
    for row in rows:
        if isinstance(row, BadRow):
            bad.add(row)
            continue
        film = _film(row[1], Form(), log)
        split = row[1].get(column)
        if film is not None and not absent(split) and str(split).strip():
            found.setdefault(film, str(split).strip())
    bad.tell(path, found, log)
    return named_splits(found, str(path))


def named_splits(listed: Mapping[str, str], where: str) -> dict[str, str]:
    """`listed` (film id → split) with our names for the splits; errors begin with `where`."""
    for film, name in listed.items():
        if name.lower() not in SPLIT_NAMES:
            raise UserError(
                f"{where}: film {shown(film)} has the split {shown(name)}",
                "use train, validation or test",
            )
    return {film: SPLIT_NAMES[name.lower()] for film, name in listed.items()}


def check_labels(path: Path) -> str:
    """The id of a film in a table of labels. Raises `UserError` if the table cannot be one."""
    rows, header, form = _open(path, ReadLog())
    chosen = form.chosen(header)
    if "genres" not in chosen or not _ids(chosen):
        raise _lacks(path, header, "genres")
    films = (_film(row[1], form, ReadLog()) for row in rows if not isinstance(row, BadRow))
    return next((film for film in films if film is not None), "")


def read_labels(
    path: Path, only: Collection[str] | None = None, log: ReadLog | None = None
) -> dict[str, tuple[str, ...]]:
    """Film id → genres, from a table with an id column and genres, in any form that readers know.

    IMDb's own `title.basics.tsv.gz` is such a table; only films in `only` are kept. The first row
    of a film counts, and in a table with a row for each of a film's genres, all of them; unreadable
    rows are counted and reported to `log`.
    """
    check_labels(path)
    found: dict[str, tuple[str, ...]] = {}
    single: set[str] = set()
    log, bad = log or ReadLog(), _Bad()
    rows, header, form = _open(path, log)
    log.begun(path.name, form.chosen(header).told())
    for row in rows:
        if isinstance(row, BadRow):
            bad.add(row)
            continue
        where, cells = row
        film = _film(cells, form, log)
        again = film in found
        if (
            film is None
            or (again and film not in single)
            or (only is not None and film not in only)
        ):
            continue
        try:
            genres = genres_in(cells, form.chosen(cells), form.numbers, log.mended)
        except ValueError as error:
            bad.add(BadRow(where=where, error=f"genres: {error}", id=film))
            continue
        if not again:
            found[film] = genres
            single.update([film] if len(genres) == 1 else [])
        elif len(genres) == 1 and genres[0] not in found[film]:
            found[film] += genres
            log.mended[ONE_MORE] += 1
    bad.tell(path, found, log)
    return found


class _Bad:
    """The number of unreadable rows, and the first of them."""

    def __init__(self) -> None:
        self.count = 0
        self.first = ""

    def add(self, row: BadRow) -> None:
        self.count += 1
        self.first = self.first or f"{row.where}: {row.error}"

    def tell(self, path: Path, found: Mapping[str, Any], log: ReadLog) -> None:
        """Report them; raise `UserError` if there was no other row in the table."""
        if self.count and not found:
            raise UserError(f"no row of {path} can be read: {self.first}", "mend the table")
        if self.count:
            log.tell(f"{path.name}: {self.count:,} rows cannot be read ({self.first})")
        log.ended(path.name)


def _open(path: Path, log: ReadLog) -> tuple[Iterator[Row | BadRow], tuple[str, ...], Form]:
    """A table's rows, its columns, and the form in which they are read."""
    # Such lists have all kinds of names.
    known = path.is_dir() or ending(path) in FORMATS
    rows = table_rows(path, mended=log.mended) if known else csv_rows(path, mended=log.mended)
    form, rows, header = form_of(path, rows, {}, checked=False)
    if not header:
        bad = next(rows, None)
        why = f": {bad.where}: {bad.error}" if isinstance(bad, BadRow) else " (it has none)"
        raise UserError(f"no row of {path} can be read{why}", "give one row a film")
    return rows, header, form


def _ids(chosen: Chosen) -> list[tuple[str, str]]:
    return sorted(chosen.ids, key=lambda pair: ORDER.index(pair[0]))


def _film(cells: Mapping[str, object], form: Form, log: ReadLog) -> str | None:
    ids = ids_of(cells, _ids(form.chosen(cells)), log.mended)
    return next((each for each in ids if isinstance(each, str)), None)


def _lacks(path: Path, header: Collection[str], column: str) -> UserError:
    ids = ", ".join(names[0] for names in IDS.values())
    return UserError(
        f"{path} has the columns {', '.join(header)}",
        f"it needs {column!r} and one of {ids}",
    )
