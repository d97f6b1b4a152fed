"""Which posters to fetch: a source's rows, and what TMDB may know each film by."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...errors import BadMovie, UserError
from ...movie import BadRow
from ...readers.cells import absent
from ...readers.posters import local_poster
from ...readers.rows import table_rows
from ...readers.table import COLUMNS
from .tmdb import poster_path

TMDB_ID = ("tmdb_id", "tmdbid", "tmdb")
IMDB_ID = ("imdb_id", "imdbid", "imdb")
PATH = ("poster_path", "tmdb_poster_path", "poster", "poster_url")
"""What the columns may be called, in any case. Where none of `TMDB_ID` is there, an `id` of digits
is TMDB's; an `id` such as tt0114709 is IMDb's anyway."""

_DIGITS = re.compile(r"0*([1-9]\d{0,8})(\.0)?", re.ASCII)
_IMDB = re.compile(r"tt(\d{6,9})|(\d{5,9})(\.0)?", re.ASCII)
_PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A film whose poster may be at TMDB; `name` is what its file is called, without ending."""

    name: str
    id: str = ""
    title: str = ""
    path: str | None = None
    tmdb: str | None = None
    imdb: str | None = None

    @property
    def known(self) -> bool:
        """Whether there is anything to ask TMDB by."""
        return bool(self.path or self.tmdb or self.imdb)


@dataclass
class Films:
    """What a source asks for; filled by `read`."""

    wanted: dict[str, Wanted] = field(default_factory=dict)
    columns: dict[str, None] = field(default_factory=dict)
    bad: list[BadRow] = field(default_factory=list)
    rows: int = 0
    own_poster: int = 0


def source_file(source: Path) -> Path:
    """The table that a source names: itself, or The Movies Dataset's in a folder."""
    if not source.is_dir():
        return source
    for name in ("movies_metadata.csv", "movies_metadata.csv.gz"):
        if (source / name).is_file():
            return source / name
    raise UserError(
        f"{source} is a folder without movies_metadata.csv",
        "name a table of films (CSV, TSV, JSON, JSONL or Parquet)",
    )


def read(source: Path) -> Films:
    """Every film of the table `source`, one of each name; films with a poster at hand are counted.

    Raises `UserError` where no column says what TMDB knows a film by.
    """
    found = Films()
    for row in table_rows(source):
        if isinstance(row, BadRow):
            found.bad.append(row)
            continue
        _, cells = row
        found.rows += 1
        found.columns.update(dict.fromkeys(cells))
        if own_poster(cells, source.parent) is not None:
            found.own_poster += 1
            continue
        film = wanted(cells)
        found.wanted.setdefault(film.name, film)
    if found.rows and not used_columns(found.columns):
        raise UserError(
            f"{source} has no column {', '.join((TMDB_ID[0], IMDB_ID[0], 'id', PATH[0]))}",
            f"its columns are: {', '.join(found.columns)}",
        )
    return found


def used_columns(columns: Mapping[str, Any]) -> dict[str, str]:
    """Which column is read as what, for a person to check."""
    ours = {"TMDB id": TMDB_ID, "IMDb id": IMDB_ID, "poster path": PATH}
    found = {what: _column(columns, names) for what, names in ours.items()}
    if found["TMDB id"] is None:
        found["TMDB id"] = _column(columns, ("id",))
    return {what: column for what, column in found.items() if column is not None}


def wanted(cells: Mapping[str, Any]) -> Wanted:
    """What TMDB may know a row's film by. An odd cell counts as empty."""
    own = _cell(cells, ("id",))
    tmdb = _number(_cell(cells, TMDB_ID))
    if _column(cells, TMDB_ID) is None:
        tmdb = _number(own)
    imdb = _imdb(_cell(cells, IMDB_ID)) or (_imdb(own) if own.startswith("tt") else None)
    path = next((p for name in PATH if (p := poster_path(_cell(cells, (name,))))), None)
    title = _cell(cells, COLUMNS["title"])
    name = imdb or tmdb or _safe(own or (path or "")[1:] or title)
    return Wanted(name=name, id=own, title=title, path=path, tmdb=tmdb, imdb=imdb)


def own_poster(cells: Mapping[str, Any], base: Path) -> Path | bytes | None:
    """The poster that a row has already, if there is such a file."""
    column = _column(cells, COLUMNS["poster"])
    try:
        value = local_poster(cells[column], base) if column else None
    except BadMovie:
        return None
    if value is None or isinstance(value, bytes):
        return value or None
    try:
        return Path(value) if Path(value).is_file() else None
    except (OSError, ValueError):  # no name that this system could have
        return None


def _column(cells: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    folded = {str(column).strip().casefold(): column for column in reversed(list(cells))}
    return next((folded[name] for name in names if name in folded), None)


def _cell(cells: Mapping[str, Any], names: tuple[str, ...]) -> str:
    column = _column(cells, names)
    value = None if column is None else cells[column]
    return "" if absent(value) or isinstance(value, bytes | dict | list) else str(value).strip()


def _number(text: str) -> str | None:
    """862, and the 862.0 that pandas makes of it beside an empty cell."""
    found = _DIGITS.fullmatch(text)
    return found[1] if found else None


def _imdb(text: str) -> str | None:
    """tt0114709, also of MovieLens' 114709."""
    found = _IMDB.fullmatch(text)
    return f"tt{(found[1] or found[2]).zfill(7)}" if found and int(found[1] or found[2]) else None


def _safe(text: str) -> str:
    """A file's name for any id, on any system: never reserved, nor differing by case alone."""
    if _PLAIN.fullmatch(text):
        return f"film-{text}"
    plain = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")[:40]
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"film-{plain}-{digest}" if plain else f"film-{digest}"
