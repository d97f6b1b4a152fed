"""Reads which posters to fetch: the rows of a source, and the ids that TMDB may know."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ...errors import BadMovie, UserError, unknown
from ...movie import BadRow
from ...readers.cells import absent
from ...readers.choice import some_of
from ...readers.columns import IDS, fold, names_of
from ...readers.log import ReadLog
from ...readers.posters import local_poster
from ...readers.rows import table_rows
from ...readers.values import id_of
from .tmdb import poster_path

NAMES: dict[str, tuple[str, ...]] = {
    "tmdb_id": IDS["tmdb_id"],
    "imdb_id": IDS["imdb_id"],
    "poster": ("poster_path", *names_of("poster")),
    "id": (*IDS["id"], *IDS["movie_id"]),
    "title": names_of("title"),
}
"""Possible column names. Without a column of TMDB ids, an `id` of digits is TMDB's; an `id` such as
tt0114709 is always IMDb's."""

_DIGITS = re.compile(r"0*([1-9]\d{0,8})", re.ASCII)
_IMDB = re.compile(r"tt(\d{6,10})", re.ASCII)
_PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A film whose poster may be at TMDB; `name` is the name of its file without the ending."""

    name: str
    id: str = ""
    title: str = ""
    path: str | None = None
    tmdb: str | None = None
    imdb: str | None = None

    @property
    def known(self) -> bool:
        """Whether there is anything with which TMDB can be asked."""
        return bool(self.path or self.tmdb or self.imdb)


@dataclass
class Films:
    """The films of a source; filled by `read`. `named` are the columns that the caller named."""

    named: tuple[tuple[str, str], ...] = ()
    wanted: dict[str, Wanted] = field(default_factory=dict)
    columns: dict[str, None] = field(default_factory=dict)
    bad: list[BadRow] = field(default_factory=list)
    rows: int = 0
    own_poster: int = 0


def source_file(source: Path) -> Path:
    """The table in a source: the file itself, or The Movies Dataset's in a folder."""
    if not source.is_dir():
        return source
    for name in ("movies_metadata.csv", "movies_metadata.csv.gz"):
        if (source / name).is_file():
            return source / name
    raise UserError(
        f"{source} is a folder without movies_metadata.csv",
        "name a table of films (CSV, TSV, JSON, JSONL, Parquet, Excel or ODS)",
    )


def read(
    source: Path, columns: Mapping[str, str] | None = None, log: ReadLog | None = None
) -> Films:
    """Read every film of the table `source`, one for each name; count films that have a poster.

    `columns` says which column holds which of `NAMES`. Raises `UserError` if no column has anything
    by which TMDB knows a film.
    """
    log = log or ReadLog()
    found = Films(named=tuple((columns or {}).items()))
    for row in table_rows(source, mended=log.mended):
        if isinstance(row, BadRow):
            found.bad.append(row)
            continue
        _, cells = row
        if not found.rows:
            _begun(source, cells, found, log)
        found.rows += 1
        found.columns.update(dict.fromkeys(cells))
        if own_poster(cells, source.parent, found.named) is not None:
            found.own_poster += 1
            continue
        film = wanted(cells, found.named, log.mended)
        found.wanted.setdefault(film.name, film)
    if found.rows and not used_columns(found):
        names = ", ".join(NAMES[field][0] for field in ("tmdb_id", "imdb_id", "id", "poster"))
        raise UserError(
            f"{source} has no column {names}", f"its columns are: {', '.join(found.columns)}"
        )
    if found.bad and not found.rows:
        first = found.bad[0]
        raise UserError(f"no row of {source} can be read: {first.where}: {first.error}", "mend it")
    log.ended(source.name)
    return found


def _begun(source: Path, cells: Mapping[str, Any], films: Films, log: ReadLog) -> None:
    for name, column in films.named:
        if name not in NAMES:
            raise unknown("field", name, NAMES)
        if column not in cells:
            raise unknown(f"column in {source.name}", column, cells)
    used = _columns(tuple(cells), films.named)
    taken = {column for columns in used.values() for column in columns}
    columns_used = [f"{name} from {columns[0]}" for name, columns in used.items() if columns]
    left = some_of([column for column in cells if column not in taken])
    line = f"took {', '.join(columns_used) or 'nothing'}"
    log.begun(source.name, f"{line}; left out {left}" if left else line)


def used_columns(films: Films) -> dict[str, str]:
    """Which column is read as what, so that the user can check it."""
    used = _columns(tuple(films.columns), films.named)
    tmdb = used["tmdb_id"] or used["id"]
    found = {"TMDB id": tmdb, "IMDb id": used["imdb_id"], "poster path": used["poster"]}
    return {what: names[0] for what, names in found.items() if names}


def wanted(
    cells: Mapping[str, Any],
    named: tuple[tuple[str, str], ...] = (),
    mended: Counter[str] | None = None,
) -> Wanted:
    """The ids by which TMDB may know a row's film. Unreadable cells count as empty."""
    used = _columns(tuple(cells), named)
    mended = Counter() if mended is None else mended

    def id_in(field: str) -> str:
        found = (id_of(cells[column], field, mended) for column in used[field])
        return next((each for each in found if isinstance(each, str)), "")

    own = id_in("id")
    tmdb = _number(id_in("tmdb_id") if used["tmdb_id"] else own)
    imdb = _imdb(id_in("imdb_id")) or _imdb(own)
    path = next((p for column in used["poster"] if (p := poster_path(_text(cells[column])))), None)
    title = next((text for column in used["title"] if (text := _text(cells[column]))), "")
    name = imdb or tmdb or _safe(own or (path or "")[1:] or title)
    return Wanted(name=name, id=own, title=title, path=path, tmdb=tmdb, imdb=imdb)


def own_poster(
    cells: Mapping[str, Any], base: Path, named: tuple[tuple[str, str], ...] = ()
) -> Path | bytes | None:
    """The poster that a row already has, if that file exists."""
    for column in _columns(tuple(cells), named)["poster"]:
        try:
            value = local_poster(cells[column], base)
            if isinstance(value, bytes):
                return value or None
            if value is not None and Path(value).is_file():
                return Path(value)
        except (BadMovie, OSError, ValueError):  # not a possible name on this system
            continue
    return None


@lru_cache(maxsize=1000)
def _columns(
    header: tuple[str, ...], named: tuple[tuple[str, str], ...]
) -> dict[str, tuple[str, ...]]:
    """The columns of each field, the best first; only the caller's column if there is one."""
    folded = {fold(column): column for column in reversed(header)}
    used = {
        field: tuple(dict.fromkeys(folded[f] for name in names if (f := fold(name)) in folded))
        for field, names in NAMES.items()
    }
    return used | {field: (column,) for field, column in named if column in header}


def _text(value: object) -> str:
    return "" if absent(value) or isinstance(value, bytes | dict | list) else str(value).strip()


def _number(text: str) -> str | None:
    found = _DIGITS.fullmatch(text)
    return found[1] if found else None


def _imdb(text: str) -> str | None:
    found = _IMDB.fullmatch(text)
    return f"tt{found[1].zfill(7)}" if found and int(found[1]) else None


def _safe(text: str) -> str:
    """A file name for any id that is valid on every system, even those that ignore case."""
    if _PLAIN.fullmatch(text):
        return f"film-{text}"
    plain = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")[:40]
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"film-{plain}-{digest}" if plain else f"film-{digest}"
