"""Makes films of what a Python program passes: texts, dicts, data frames, or iterables of these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from ..errors import BadMovie, UserError, shown, unknown
from ..faults import Fault, mistyped_name
from ..movie import BadRow, Movie
from ..pictures import ENDINGS
from ..pixels import Poster, is_array, is_image
from . import workbook
from .cells import absent
from .choice import some_of
from .columns import COLUMNS, FIELDS, field_of
from .form import Form, form_of
from .frames import Frame, is_frame, plain, rows_of
from .log import ReadLog
from .mistyped import mistyped
from .posters import Beside, poster_of
from .rows import FORMATS
from .table import Maker

One = Movie | BadRow | Mapping[str, Any] | str
"""One film: a `Movie`, a dict whose keys are known column names, or an overview."""

Many = Frame | Iterable[One]
"""Several films: a data frame of pandas or Polars, or an iterable of films of any kinds."""

NAMING = 'columns={{"{field}": COLUMN}}'
"""How a program names the column of a field, for errors."""

_TAKEN = (
    "give a Movie, a dict, an overview as a string, a pandas or Polars DataFrame, or an iterable "
    "of films"
)
_POSTER_ALONE = 'give a poster as {"poster": ...}, a table as a DataFrame'
_FILES = frozenset((*ENDINGS, *FORMATS))
_PANDAS = {".parquet": "parquet", ".json": "json", ".jsonl": "json", ".ndjson": "json"}
"""The function of pandas that reads a file with this ending, after `read_`."""


@dataclass(frozen=True)
class Given:
    """Makes films of what a program passes.

    `reads` are the fields to read; `columns` says which key or column holds which field.
    """

    reads: Iterable[str]
    columns: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.columns, Mapping):
            example = NAMING.format(field="overview")
            raise UserError(f"columns is {shown(self.columns)}", f"name fields: {example}")
        for name in self.columns:
            if name not in FIELDS:
                raise unknown("field", name, FIELDS)

    def one(self, film: Any) -> Movie | BadRow | None:
        """The film if `film` is one; None if it contains several.

        Raises `UserError` if it can be neither, and for a dict that is not a film.
        """
        if _is_one(film):
            made = self._maker().film_of(film, "")
            if isinstance(made, BadRow) and made is not film:
                raise BadMovie(made.error)
            return made
        if is_array(film) and film.ndim == 0:
            return self.one(film.item())
        if is_frame(film) or (isinstance(film, Iterable) and not _is_poster(film)):
            return None
        raise _no_film("", film)

    def many(self, films: Any) -> Iterator[Movie | BadRow]:
        """The films of a data frame or an iterable, in order and lazily.

        A dict that is not a film, or a string that names a file, becomes a `BadRow`; a null becomes
        a film without any input. Raises `UserError` for a frame without known columns, and for
        anything else in an iterable.
        """
        return (row for row, _ in self.noted(films))

    def noted(self, films: Any) -> Iterator[tuple[Movie | BadRow, Fault | None]]:
        """The films of `many`, each with its `note`."""
        if not is_frame(films):
            maker = self._maker()
            return (
                (maker.film_of(film, f"item {n}"), self.note(film)) for n, film in enumerate(films)
            )
        rows: Iterator[Any] = iter(rows_of(films))
        form, rows, header = form_of(None, rows, self.columns, name="the DataFrame", naming=NAMING)
        maker, note = self._maker(form), self._note("column", form, header)
        return ((row if isinstance(row, BadRow) else maker.made.film(*row), note) for row in rows)

    def note(self, film: Any) -> Fault | None:
        """The note on a dict with a key that looks mistyped."""
        if isinstance(film, Movie | BadRow | str) or not _is_one(film):
            return None
        form = Form(explicit=tuple(self.columns.items()))
        return self._note("key", form, tuple(map(str, dict(film))))

    def _note(self, kind: str, form: Form, names: tuple[str, ...]) -> Fault | None:
        chosen = form.chosen(names)
        found = mistyped(chosen.left_out, frozenset(chosen.fields), tuple(self.reads))
        return mistyped_name(kind, *found) if found else None

    def _maker(self, form: Form | None = None) -> _Maker:
        return _Maker(
            Maker(
                base=Path(),
                form=form or Form(explicit=tuple(self.columns.items())),
                beside=Beside(None),
                poster=_poster,
                log=ReadLog(reads=tuple(self.reads)),
            )
        )


@dataclass(frozen=True)
class _Maker:
    made: Maker

    def film_of(self, film: Any, where: str) -> Movie | BadRow:
        """The film made of one value. Raises `UserError` if it cannot be a film."""
        if isinstance(film, Movie | BadRow):
            return film
        if absent(plain(film)):
            return Movie()
        if isinstance(film, str):
            wrong = _names_a_file(film)
            return BadRow(where=where, error=wrong) if wrong else Movie(overview=film)
        if _is_one(film):
            return self._of_dict(dict(film), where)
        raise _no_film(where, film)

    def _of_dict(self, given: Mapping[Any, Any], where: str) -> Movie | BadRow:
        cells = {str(key): plain(value) for key, value in given.items()}
        chosen = self.made.form.chosen(cells).fields
        if _is_table({name: cells[column] for name, column in chosen.items()}):
            error = "a dict of lists has several films: give pandas.DataFrame(...) of it"
            return BadRow(where=where, error=error)
        if cells and not chosen:
            hint = f"its keys are: {some_of(list(cells))}; name it: {NAMING.format(field='title')}"
            return BadRow(
                where=where, error=f"a dict has none of our keys ({', '.join(COLUMNS)}): {hint}"
            )
        return self.made.film(where, cells)


def _is_table(cells: Mapping[str, Any]) -> bool:
    """Whether a dict has a list in each field, with as many titles or overviews, two or more."""
    lengths = [len(cell) if isinstance(cell, list | tuple) else 0 for cell in cells.values()]
    texts = "title" in cells or "overview" in cells
    return texts and len(set(lengths)) == 1 and lengths[0] > 1


def _names_a_file(text: str) -> str:
    """The error for a string that names a file instead of being an overview; "" for any other."""
    name = text.strip()
    ending = PurePath(name).suffix.lower() if len(name) < 300 else ""
    if ending not in _FILES or (" " in name and not Path(name).is_file()):
        return ""
    kind = "excel" if ending in workbook.ENDINGS else _PANDAS.get(ending, "csv")
    cure = f"pandas.read_{kind}({name!r})" if ending in FORMATS else f'{{"poster": {name!r}}}'
    return f"{shown(text)} names a file, and a string is a film's overview: give {cure}"


def _poster(value: Any, base: Path) -> Poster | None:
    """The poster in a value: anything that `poster_of` reads, or pixels."""
    if isinstance(value, list | tuple) and any(isinstance(row, list | tuple) for row in value):
        import numpy as np

        try:
            pixels = np.array(value)
        except ValueError:
            return value  # type: ignore[return-value]  # Movie refuses it
        whole = pixels.dtype.kind in "iu" and pixels.min() >= 0 and pixels.max() <= 255
        return pixels.astype(np.uint8) if whole else pixels
    return poster_of(value, base) if isinstance(value, str | dict | list | tuple) else value


def _is_row(value: Any) -> bool:
    """Whether it is a row of a data frame: a series of cells, indexed by the columns."""
    if not hasattr(value, "to_dict") or not hasattr(value, "index") or hasattr(value, "columns"):
        return False
    fields = {field_of(name) for name in value.index if isinstance(name, str)}
    return bool(fields & {"title", "overview", "poster", "companies"})


def _is_one(value: Any) -> bool:
    return isinstance(value, Movie | BadRow | str | Mapping) or _is_row(value)


def _is_poster(value: Any) -> bool:
    """Whether it could be a film's poster, and therefore is not a film."""
    pixels = is_image(value) or (is_array(value) and value.ndim > 1 and value.dtype.kind in "biuf")
    return pixels or isinstance(value, bytes | bytearray | PurePath)


def _no_film(where: str, value: Any) -> UserError:
    kind = type(value).__name__
    simple = isinstance(value, int | float | tuple | list)
    what = f"{kind} {shown(value)}" if simple else f"a value of type {kind}"
    what = "None" if value is None else what
    cure = _POSTER_ALONE if _is_poster(value) else _TAKEN
    return UserError(f"{where}, {what}, is not a film" if where else f"{what} is not a film", cure)
