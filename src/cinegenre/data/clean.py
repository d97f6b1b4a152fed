"""Cleans the films of a source, and counts everything that is dropped or repaired.

Films without a genre are kept: another label set may have their genres, and recipes select.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from ..faults import Fault
from ..movie import BadRow, Movie, is_placeholder
from .manifest import Cleaning
from .spelling import RESPELLED, respelled, spellings

ONE_MORE = "row with one more genre of the film, added to it"
EXAMPLES = 20
"""How many errors a tally quotes; further ones are only counted."""


@dataclass(slots=True)
class Tally:
    """The counts of cleaning: `dropped` counts films, `mended` counts fields, both by reason."""

    rows: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    mended: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    def quote(self, error: str) -> None:
        """Keep `error` as an example, unless there are enough."""
        if len(self.examples) < EXAMPLES:
            self.examples.append(error)

    def lost(self, film: Movie, fault: Fault) -> None:
        """Count a poster that is ignored, by what is wrong with it."""
        self.mended[fault.kind.noun.removeprefix("a ").removeprefix("an ")] += 1
        self.quote(f"film {film.id}: {fault}")

    def found(self) -> Cleaning:
        """The part of it that `dataset.json` stores, the most frequent reasons first."""
        return Cleaning(
            rows=self.rows,
            dropped=dict(self.dropped.most_common()),
            mended=dict(self.mended.most_common()),
            examples=tuple(self.examples),
        )


def clean(rows: Iterable[Movie | BadRow], tally: Tally) -> Iterator[Movie]:
    """Yield each row's film with cleaned texts and an id; bad rows are counted and left out.

    White space is collapsed, and blank texts and placeholder overviews become absent. Posters are
    checked elsewhere (`posters.checked`), and so are duplicates (`unique`).
    """
    for row in rows:
        tally.rows += 1
        if isinstance(row, BadRow):
            tally.dropped["malformed row"] += 1
            tally.quote(f"{row.where}: {row.error}")
            continue
        yield _cleaned(row, tally)


def unique(films: Iterable[Movie], tally: Tally) -> list[Movie]:
    """The films with an input, one for each id: the one with the most inputs, or the first of
    these.

    It is put in the place of the first film with its id. If every row of a film has one genre, as
    tables with a row for each of a film's genres do, the film gets all of them.
    """
    kept: dict[str, Movie] = {}
    single: dict[str, tuple[str, ...]] = {}
    for film in films:
        if not film.inputs:
            tally.dropped["no input left"] += 1
            continue
        key = film.id or ""
        known = kept.get(key)
        if known is not None:
            tally.dropped["same film again"] += 1
            more = len(film.genres) == 1 and _texts_of(film) == _texts_of(known)
            if more and film.genres[0] not in single.get(key, film.genres):
                single[key] += film.genres
                tally.mended[ONE_MORE] += 1
        elif len(film.genres) == 1:
            single[key] = film.genres
        if known is None or len(film.inputs) > len(known.inputs):
            kept[key] = film
    return [replace(film, genres=single.get(key, film.genres)) for key, film in kept.items()]


def _texts_of(film: Movie) -> tuple[str | None, str | None]:
    return film.title, film.overview


def one_spelling(films: list[Movie], tally: Tally) -> list[Movie]:
    """The films with one spelling for each genre (`spelling`); films with others are counted."""
    known = spellings(film.genres for film in films)
    kept = []
    for film in films:
        genres = respelled(film.genres, known)
        if genres != film.genres:
            tally.mended[RESPELLED] += 1
            film = replace(film, genres=genres)
        kept.append(film)
    return kept


def _cleaned(film: Movie, tally: Tally) -> Movie:
    overview = _text(film.overview)
    if overview is not None and is_placeholder(overview):
        overview = None
        tally.mended["overview that only says there is none"] += 1
    year = film.year
    if year is not None and not 1800 <= year <= 2200:
        year = None
        tally.mended["impossible year"] += 1
    cleaned = replace(
        film,
        id=_text(film.id),
        title=_text(film.title),
        overview=overview,
        companies=_texts(film.companies),
        people=_texts(film.people),
        genres=_texts(film.genres),
        year=year,
        language=_text(film.language),
        collection=_text(film.collection),
    )
    if cleaned.id is None:
        tally.mended["no id, made one"] += 1
        cleaned = replace(cleaned, id=_made_id(cleaned, tally.rows))
    return cleaned


def _text(value: str | None) -> str | None:
    return None if value is None else " ".join(value.split()) or None


def _texts(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for value in values if (text := _text(value))))


def _made_id(film: Movie, row: int) -> str:
    """An id that depends only on the film's texts, or on its row if it has no texts."""
    if not (film.title or film.overview):
        return f"row-{row}"
    texts = (film.title, film.overview, film.companies, film.people, film.year)
    return "text-" + hashlib.sha256(repr(texts).encode("utf-8")).hexdigest()[:16]
