"""Rows of a source to what the encoders say of them, with notes on what of each was passed over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeVar

from .. import faults
from ..errors import UserError
from ..faults import Fault
from ..inputs import PosterInput
from ..movie import BadRow, Movie, is_address
from .bundle import Bundle
from .runtime import Features, Runtime
from .speaking import is_read, spoken

Row = TypeVar("Row")


@dataclass(frozen=True)
class Reading:
    """`rows` as they came, the encoders' outputs, and by row what was passed over.

    `films` are the rows as they were read: without what was passed over, and without any input
    where a row is no film.
    """

    rows: Sequence[Movie | BadRow]
    films: list[Movie]
    features: Features
    notes: Mapping[int, tuple[Fault, ...]]


def in_parts(rows: Iterable[Row], most: int) -> Iterator[list[Row]]:
    """`rows` in lists of `most`, lazily. Raises `UserError` at once if that is less than one."""
    if most < 1:
        raise UserError(f"chunk is {most}", "give 1 or more")
    rest = iter(rows)
    return iter(lambda: list(islice(rest, most)), [])


def read_films(
    runtime: Runtime,
    rows: Sequence[Movie | BadRow],
    *,
    any_language: bool = False,
    notes: Mapping[int, Fault] | None = None,
) -> Reading:
    """Encode the films among `rows`, each in its place.

    `notes` are what whoever made the rows has to tell of some of them, by row (a poster that was
    not fetched); what is found here comes behind them. Title and overview of a film in another
    language are passed over where a poster can decide in their place: without a readable one the
    text is read all the same. `any_language` reads every text. A poster at an address is never
    fetched here; its note says so.
    """
    bundle = runtime.bundle
    given = [row if isinstance(row, Movie) else Movie(id=row.id) for row in rows]
    noted = {row: [note] for row, note in (notes or {}).items()}
    for row, film in enumerate(given):
        if is_address(film.poster):
            noted.setdefault(row, []).append(faults.unfetched_poster(str(film.poster)))
            given[row] = replace(film, poster=None)
    read = list(given)
    others = {} if any_language else _others(bundle, given)
    passed = [row for row in others if _has_poster(bundle, given[row])]
    for row in passed:
        read[row] = replace(given[row], title=None, overview=None)
    features = runtime.encode(read)
    broken = [row for row in passed if row in features.faults]
    if broken:
        for row in broken:
            read[row] = given[row]
        again = runtime.encode([replace(given[row], poster=None) for row in broken])
        for name, encoded in features.features.items():
            encoded[broken] = again.features[name]
        features.present[broken] = again.present
    for row, error in features.faults.items():
        noted.setdefault(row, []).append(faults.unreadable_poster(error))
    for row, language in others.items():
        missing = None if row in passed else "there is no poster"
        missing = "the poster is unreadable" if row in broken else missing
        note = faults.other_language(language, bundle.label, missing)
        noted.setdefault(row, []).append(note)
    return Reading(rows, read, features, {row: tuple(found) for row, found in noted.items()})


def unread(bundle: Bundle, row: Movie | BadRow, notes: Iterable[Fault]) -> Fault:
    """Why nothing was read of a row."""
    if isinstance(row, BadRow):
        return faults.bad_row(row)
    lost = (note for note in notes if note.kind.lost)
    return next(lost, None) or faults.no_input(row, bundle.name, bundle.fields)


def _others(bundle: Bundle, films: Sequence[Movie]) -> dict[int, str]:
    """The languages of overviews that the bundle does not read, by row."""
    if not bundle.languages:  # it reads any, however its encoders share them
        return {}
    found = {row: spoken(bundle, film) for row, film in enumerate(films)}
    return {
        row: language
        for row, language in found.items()
        if language is not None and not is_read(bundle, language)
    }


def _has_poster(bundle: Bundle, film: Movie) -> bool:
    reads = any(isinstance(reads, PosterInput) for reads in bundle.inputs.values())
    return reads and "poster" in film.inputs
