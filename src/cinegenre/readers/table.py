"""Reads any table of films (CSV, JSON, Parquet, workbooks …) with whatever columns it has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import Any

from ..errors import BadMovie
from ..movie import BadRow, Movie, is_address
from ..pixels import Poster
from .cells import absent, whole, year_of
from .choice import Chosen
from .columns import WITH_YEAR, fold
from .companies import at_commas
from .encodings import PIPED
from .form import Form, form_of
from .languages import code_of
from .log import ReadLog
from .people import people_in
from .posters import Beside, poster_of
from .rows import piped_rows, table_rows
from .shapes import entries, listed, named, text_of
from .text import Row
from .texts import BEHIND, as_utf8, without_markup, year_behind
from .values import genres_in, ids_of

_COMPANIES = "|;\n"
"""What separates companies, except the commas that `at_commas` judges."""
_APART = frozenset({"id", "genres", "people"})
"""Fields that may have several columns."""
_TEXTS = frozenset({"title", "overview", "language", "collection"})
_TITLE_AND_YEAR = re.compile(
    r"(?P<title>.*\S)\s+[-–—]\s+(?P<year>1[89]\d\d|2[01]\d\d)\s*", re.DOTALL
)


def read(
    source: Path,
    *,
    posters: Path | None = None,
    columns: Mapping[str, str] | None = None,
    log: ReadLog | None = None,
) -> Iterator[Movie | BadRow]:
    """Yield every film in the table `source` (`rows.FORMATS` lists the endings).

    `columns` says which column holds which field, if `columns.COLUMNS` does not know its name:
    `{"overview": "Handlung"}`. Lists may have any form of `shapes.entries`, or be texts with `|` or
    `;`, and for people and companies also `,` (`companies.at_commas`); genres are read by
    `genres.genres_of`. Numbers in the id column become texts. A poster's path is relative to the
    folder `posters`, else to the table's folder. For a row without a poster, or with an address,
    `posters` is searched for a file named after one of the film's ids. A film may have no id.
    """
    return films(source, posters=posters, columns=columns, log=log)


def films(
    source: Path,
    *,
    posters: Path | None,
    columns: Mapping[str, str] | None,
    needed: Iterable[str] = (),
    name: str = "",
    skip: int = 0,
    log: ReadLog | None = None,
) -> Iterator[Movie | BadRow]:
    """The same as `read`, with fields that must have a column, and a name for the file in places.

    The first `skip` rows are skipped.
    """
    log, name = log or ReadLog(), name or source.name
    rows = table_rows(source, name, log.mended)
    form, rows, _ = form_of(source, rows, columns or {}, needed, name=name, log=log)
    base = posters or source.parent
    log.posters = beside = Beside(posters)
    make = Maker(base=base, form=form, beside=beside, log=log)
    for row in islice(rows, skip, None):
        yield row if isinstance(row, BadRow) else make.film(*row)
    log.ended(name)


def piped(
    stream: BufferedReader,
    *,
    columns: Mapping[str, str] | None = None,
    log: ReadLog | None = None,
) -> Iterator[Movie | BadRow]:
    """The same as `read` for a table in CSV or JSON from a pipe. Paths are relative to the working
    folder."""
    log = log or ReadLog()
    rows = piped_rows(stream, log.mended)
    form, rows, _ = form_of(None, rows, columns or {}, name=PIPED, log=log)
    make = Maker(base=Path(), form=form, beside=Beside(None), log=log)
    for row in rows:
        yield row if isinstance(row, BadRow) else make.film(*row)
    log.ended(PIPED)


def movies(
    rows: Iterable[Row | BadRow],
    base: Path,
    *,
    columns: Mapping[str, str] | None = None,
    beside: Beside | None = None,
    log: ReadLog | None = None,
) -> Iterator[Movie | BadRow]:
    """The films in rows of named cells; `beside` finds the posters of rows without one."""
    make = Maker(
        base=base,
        form=Form(explicit=tuple((columns or {}).items())),
        beside=beside or Beside(None),
        log=log or ReadLog(),
    )
    for row in rows:
        yield row if isinstance(row, BadRow) else make.film(*row)


@dataclass(frozen=True, kw_only=True)
class Maker:
    """Makes films of rows. Posters are looked for in `beside`, paths are relative to `base`;
    `poster` reads the cell of a poster."""

    base: Path
    form: Form
    beside: Beside
    poster: Callable[[Any, Path], Poster | None] = poster_of
    log: ReadLog = field(default_factory=ReadLog)

    def film(self, where: str, cells: Mapping[str, Any]) -> Movie | BadRow:
        """The film of a row, or a `BadRow` with the reason why it is not one."""
        chosen = self.form.chosen(cells)
        ids = ids_of(cells, chosen.ids, self.log.mended)
        id_ = ids[0] if ids else None
        if not isinstance(id_, str | None) and not self.log.wants("id"):
            self.log.passed_over("id")
            id_ = None
        try:
            values = self._values(cells, chosen)
            given = values.get("poster")
            if given is None or is_address(given):
                found = self.beside.find(each for each in ids if isinstance(each, str))
                values |= {} if found is None else {"poster": found}
            else:
                values["poster"] = self.beside.named(given)
            return Movie(id=id_, **values)
        except BadMovie as error:
            return BadRow(where=where, error=str(error), id=id_ if isinstance(id_, str) else None)

    def _values(self, cells: Mapping[str, Any], chosen: Chosen) -> dict[str, Any]:
        """The arguments of `Movie` that the cells provide; `Movie` checks the types."""
        values: dict[str, Any] = {}
        for name, column in chosen.fields.items():
            cell = cells[column]
            if name in _APART or cell is None or (isinstance(cell, str) and not cell):
                continue
            try:
                value = self._value(name, cell)
            except (ValueError, BadMovie) as error:
                self._fault(name, error)
                continue
            if name in _TEXTS and not isinstance(value, str | None):
                if not self.log.wants(name):
                    self.log.passed_over(name)
                    continue
            elif name == "title" and value:
                self._title(value, column, values)
                continue
            if value is not None:
                values[name] = value
        try:
            values["people"] = people_in(cells, chosen.people, self.log.mended)
        except ValueError as error:
            self._fault("people", error)
        try:
            values["genres"] = genres_in(cells, chosen, self.form.numbers, self.log.mended)
        except ValueError as error:
            self._fault("genres", error)
        return values

    def _title(self, title: str, column: str, values: dict[str, Any]) -> None:
        """Set the title, and the year behind it; a year in its own column overrides this later."""
        if fold(column) == WITH_YEAR and (found := _TITLE_AND_YEAR.fullmatch(title)):
            values["title"], values["year"] = found["title"], int(found["year"])
            return
        values["title"], year = year_behind(title)
        if year is not None:
            values["year"] = year
            self.log.mended[BEHIND] += 1

    def _fault(self, name: str, error: Exception) -> None:
        """Raise `BadMovie` if the field is wanted, else ignore it."""
        if self.log.wants(name):
            raise error if isinstance(error, BadMovie) else BadMovie(f"{name}: {error}")
        self.log.passed_over(name)

    def _value(self, name: str, cell: Any) -> Any:
        if absent(cell, self.log.mended):
            return None
        if name == "companies":
            return _companies(cell) if isinstance(cell, str) else listed(cell, _COMPANIES)
        if name == "poster":
            return self.poster(cell, self.base)
        cell = text_of(cell)
        if name == "year":
            return year_of(cell)
        if name == "title" and (number := whole(cell)) is not None:
            return str(number)  # Excel has a number for "1917"
        if name in ("title", "overview"):
            text = _text(cell, longest=name == "overview")
            if not isinstance(text, str):
                return text
            return without_markup(as_utf8(text, self.log.mended), self.log.mended)
        first = _first(cell)
        return code_of(first) if name == "language" and isinstance(first, str) else first


@lru_cache(maxsize=30_000)  # most cells repeat
def _companies(cell: str) -> tuple[str, ...]:
    found = listed(cell, _COMPANIES)
    # The names in a list may contain commas.
    return found if cell.lstrip()[:1] in ("[", "{", "(", '"', "'") else at_commas(found)


def _text(cell: Any, *, longest: bool) -> Any:
    """A text as it is; of a list of texts, such as IMDb's plots, the first or the longest.

    For an object it is the text inside, and for texts by language the English one.
    """
    if isinstance(cell, Mapping):
        inner = named(dict(cell))
        if inner == cell:
            inner = cell.get("en") or (next(iter(cell.values())) if len(cell) == 1 else None)
        return inner if isinstance(inner, str) else cell
    if not isinstance(cell, list | tuple) or not all(isinstance(each, str) for each in cell):
        return cell
    texts = [each for each in cell if not absent(each)]
    return (max(texts, key=len) if longest else texts[0]) if texts else None


def _first(cell: Any) -> Any:
    """A text as it is; for TMDB's `{"id": ..., "name": ...}` or a list, the first name."""
    if isinstance(cell, str) and not cell.lstrip().startswith(("{", "[")):
        return cell
    if not isinstance(cell, str | Mapping | list | tuple):
        return cell
    found = entries(cell, brackets=False)
    return found if isinstance(found, str) else next(iter(found), None)
