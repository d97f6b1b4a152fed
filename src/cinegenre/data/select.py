"""Selection: which prepared films a recipe trains on, with what each choice drops counted."""

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
    """The films that fit, one at a time, and the count of each reason for what was left out.

    The counter fills while the films are taken: read it when they are through. A film is dropped
    when its original language is not among `languages` (none given: any will do), when it lacks
    an input named in `need`, has none of `any_of`, carries one of `drop_genres`, or has no genre
    of `taxonomy` left (None: every genre is within). Genres outside the taxonomy are removed and
    counted by name. Raises `UserError` for an unknown input.
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
