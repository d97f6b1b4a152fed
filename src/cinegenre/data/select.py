"""Selects the prepared films that a recipe trains on, and counts what each condition drops."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..errors import unknown
from ..movie import INPUTS, Movie
from ..taxonomy import within


def select(
    films: Iterable[Movie],
    *,
    taxonomy: tuple[str, ...] | None = None,
    languages: tuple[str, ...] = (),
    need: tuple[str, ...] = (),
    any_of: tuple[str, ...] = INPUTS,
    drop_genres: tuple[str, ...] = (),
) -> tuple[Iterator[Movie], Counter[str]]:
    """The selected films, as an iterator, and a counter of the films left out by reason.

    The counter is complete when the iterator is exhausted. A film is dropped if its original
    language is not among `languages` (none: any), if it lacks an input in `need`, has none of
    `any_of`, has one of `drop_genres`, or has no genre of `taxonomy` left (None: every genre
    counts). Genres outside the taxonomy are removed and counted by name. Raises `UserError` for an
    unknown input.
    """
    for name in (*need, *any_of):
        if name not in INPUTS:
            raise unknown("input", name, INPUTS)
    counts: Counter[str] = Counter()
    known = None if taxonomy is None else frozenset(taxonomy)

    def why_not(film: Movie) -> str | None:
        if languages and film.language not in languages:
            return "wrong language"
        for genre in film.genres:
            if genre in drop_genres:
                return f"labelled {genre}"
        present = film.inputs
        for name in need:
            if name not in present:
                return f"no {name}"
        if not set(present) & set(any_of or INPUTS):
            return "no input left"
        return None

    def kept() -> Iterator[Movie]:
        for film in films:
            reason = why_not(film)
            if reason is not None:
                counts[reason] += 1
                continue
            genres = film.genres if known is None else within(film.genres, known)
            counts.update(
                f"genre outside the taxonomy: {genre}"
                for genre in film.genres
                if genre not in genres
            )
            if not genres:
                counts["no genre left"] += 1
                continue
            yield film if genres == film.genres else replace(film, genres=genres)

    return kept(), counts
