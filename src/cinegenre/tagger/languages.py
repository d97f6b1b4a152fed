"""What is read of a film whose overview is in a language that the model does not read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..inputs import PosterInput, other_language
from ..movie import Movie
from .bundle import Bundle
from .runtime import Features, Runtime


@dataclass(frozen=True)
class Reading:
    """Films as they were read, the encoders' outputs, and notes on languages by row."""

    films: list[Movie]
    features: Features
    notes: dict[int, str]


def read_films(runtime: Runtime, films: Sequence[Movie], *, any_language: bool = False) -> Reading:
    """Encode `films`; of those in another language pass over overview and title.

    That is so where a poster can decide in their place: without a readable one the text is read
    all the same. `any_language` reads every text.
    """
    bundle = runtime.bundle
    read = list(films)
    others = {} if any_language else _others(bundle, films)
    passed = [row for row in others if _has_poster(bundle, films[row])]
    for row in passed:
        read[row] = replace(films[row], title=None, overview=None)
    features = runtime.encode(read)
    broken = [row for row in passed if row in features.faults]
    if broken:
        for row in broken:
            read[row] = films[row]
        again = runtime.encode([replace(films[row], poster=None) for row in broken])
        for name, encoded in features.features.items():
            encoded[broken] = again.features[name]
        features.present[broken] = again.present
    notes = {}
    for row, language in others.items():
        what = f"overview is in {language}, which {bundle.label} does not read"
        if row not in passed:
            done = "read all the same, for there is no poster: trust it less"
        elif row in broken:
            done = "read all the same, for the poster is unreadable: trust it less"
        else:
            done = "passed over"
        notes[row] = f"{what}: {done}"
    return Reading(read, features, notes)


def _others(bundle: Bundle, films: Sequence[Movie]) -> dict[int, str]:
    """The languages of overviews that the bundle does not read, by row."""
    if not bundle.languages or "overview" not in bundle.fields:
        return {}
    found = {
        row: other_language(film.overview or "", bundle.languages)
        for row, film in enumerate(films)
        if "overview" in film.inputs
    }
    return {row: language for row, language in found.items() if language is not None}


def _has_poster(bundle: Bundle, film: Movie) -> bool:
    reads = any(isinstance(reads, PosterInput) for reads in bundle.inputs.values())
    return reads and "poster" in film.inputs
