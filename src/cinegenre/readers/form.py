"""Decides from a table's first rows how all of them are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..genre_names import NUMBERS
from ..movie import BadRow
from .choice import OPTION, Chosen, check, choose, columns_in
from .classes import class_names
from .genres import TMDBS, Numbers, numbers_in
from .hot import hot_columns
from .log import ReadLog
from .rows import with_columns
from .text import Row


@dataclass(frozen=True, kw_only=True)
class Form:
    """The caller's columns, the columns with one genre each, and the meaning of genre numbers."""

    explicit: tuple[tuple[str, str], ...] = ()
    hot: tuple[tuple[str, str], ...] = ()
    numbers: Numbers = TMDBS

    def chosen(self, header: Iterable[str]) -> Chosen:
        """The columns of a row with these names."""
        return choose(tuple(header), self.explicit, self.hot)


def form_of(
    source: Path | None,
    rows: Iterator[Row | BadRow],
    columns: Mapping[str, str],
    needed: Iterable[str] = (),
    *,
    name: str = "",
    log: ReadLog | None = None,
    checked: bool = True,
    naming: str = OPTION,
) -> tuple[Form, Iterator[Row | BadRow], tuple[str, ...]]:
    """The form of the rows of `source`, judged by the first hundred; all rows; the columns.

    If `checked`, raises `UserError` for a missing column. `log` is told which columns are read.
    `source` is None if the rows do not come from a file; then `name` is used in errors.
    """
    name = name or (source.name if source else "")
    header, first, rows = with_columns(rows)
    if not header:
        return Form(explicit=tuple(columns.items())), rows, ()
    cells = [row for _, row in first]
    explicit, hot = _one_a_genre(columns, header)
    form = Form(explicit=tuple(explicit.items()), hot=hot or hot_columns(header, cells))
    chosen = form.chosen(header)
    if checked:
        check(name, header, explicit, chosen, needed, naming)
    if column := chosen.fields.get("genres"):
        form = replace(form, numbers=_numbers(source, column, cells))
    if log is not None:
        log.begun(name, chosen.told())
    return form, rows, tuple(header)


def _one_a_genre(
    columns: Mapping[str, str], header: Sequence[str]
) -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    """`genres=Heist,Noir` names one column per genre, unless a column has that whole name."""
    explicit = dict(columns)
    wanted = explicit.get("genres", "")
    parts = columns_in(wanted, header)
    if len(parts) < 2 or not set(parts) <= set(header):
        return explicit, ()
    del explicit["genres"]
    return explicit, tuple((part, part) for part in parts)


def _numbers(source: Path | None, column: str, rows: Sequence[Mapping[str, object]]) -> Numbers:
    """The meaning of numbers in the genres column: TMDB's, if all of them are TMDB's numbers."""
    found = {number for cells in rows for number in numbers_in(cells.get(column))}
    if not found:
        return TMDBS
    names = class_names(source, column) if source else ()
    return Numbers(names=names, tmdb=not names and found <= NUMBERS.keys())
