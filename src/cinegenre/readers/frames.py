"""Reads data frames of pandas or Polars row by row.

They are recognised by their methods, so that neither library is imported. An adapter library would
be more code than the few lines in which the two differ here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol, TypeVar

from ..errors import UserError
from .columns import known
from .text import Row


class Frame(Protocol):
    """A data frame of pandas or Polars."""

    @property
    def columns(self) -> Any: ...


AnyFrame = TypeVar("AnyFrame", bound=Frame)


def is_pandas(value: Any) -> bool:
    """Whether it is a data frame of pandas, or of a library with the same interface."""
    return hasattr(value, "itertuples") and hasattr(value, "index")


def is_polars(value: Any) -> bool:
    """Whether it is a data frame of Polars."""
    return hasattr(value, "iter_rows") and hasattr(value, "columns")


def is_frame(value: Any) -> bool:
    """Whether it is a data frame. Raises `UserError` for a lazy one of Polars."""
    if hasattr(value, "collect") and hasattr(value, "collect_schema") and not is_polars(value):
        raise UserError("a LazyFrame has no rows yet", "give frame.collect()")
    return not isinstance(value, type) and (is_pandas(value) or is_polars(value))


def rows_of(frame: Any) -> Iterator[Row]:
    """Each row's place ("row 0") and its cells by column.

    Levels of a pandas index whose names are known column names are columns too.
    """
    names, rows = _pandas(frame) if is_pandas(frame) else (frame.columns, frame.iter_rows())
    header = _once(names)
    for number, cells in enumerate(rows):
        named = zip(header, cells, strict=True)
        yield f"row {number}", {name: plain(cell) for name, cell in named}


def plain(cell: Any) -> Any:
    """A cell as a plain Python value: None for nulls of pandas and numpy, Python's numbers and
    lists.

    Arrays with two or more dimensions are kept, because they may be pixels.
    """
    kind = type(cell).__name__
    if kind in ("NAType", "NaTType"):
        return None
    if hasattr(cell, "dtype") and hasattr(cell, "tolist"):
        return cell if getattr(cell, "ndim", 0) > 1 else cell.tolist()
    return cell


def _pandas(frame: Any) -> tuple[list[Any], Iterable[tuple[Any, ...]]]:
    levels = [name for name in frame.index.names if isinstance(name, str) and known(name)]
    levels = [name for name in levels if name not in frame.columns]
    own = frame.itertuples(index=False, name=None)
    if not levels:
        return list(frame.columns), own
    ids = zip(*(frame.index.get_level_values(name) for name in levels), strict=True)
    return [*levels, *frame.columns], (a + b for a, b in zip(ids, own, strict=True))


def _once(names: Iterable[Any]) -> list[str]:
    """The names as texts, made unique."""
    header: list[str] = []
    for name in map(str, names):
        unique, number = name, 1
        while unique in header:
            unique, number = f"{name}.{number}", number + 1
        header.append(unique)
    return header
