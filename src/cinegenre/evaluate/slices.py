"""Parts of the scored films: by release year and by original language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..metrics.bootstrap import percentiles
from ..metrics.decisions import averages
from ..metrics.resampled import draws, micro_f1
from ..metrics.summary import Scored
from ..movie import Movie
from ..records import Record

LEAST_A_BIN, LEAST_A_LANGUAGE = 30, 15
"""The fewest films of a bin of years, and of a language that is shown by itself."""

OTHERS = "others"


@dataclass(frozen=True)
class Slice(Record):
    """Some of the films: micro F1 by fitted thresholds with its 95 % interval."""

    name: str
    films: int
    f1: float
    low: float
    high: float


def by_year_and_language(films: Sequence[Movie], scored: Scored) -> dict[str, tuple[Slice, ...]]:
    """Both kinds of slices of an evaluation; empty if no part has enough films."""
    return {
        "years": tuple(sliced(scored, years(films))),
        "languages": tuple(sliced(scored, languages(films))),
    }


def years(films: Sequence[Movie], least: int = LEAST_A_BIN) -> dict[str, np.ndarray]:
    """The rows of films by decade, merged with neighbours until each has `least` films. Films
    without a year are left out."""
    known = {i: film.year for i, film in enumerate(films) if film.year is not None}
    decades: dict[int, list[int]] = {}
    for i, year in known.items():
        decades.setdefault(year // 10 * 10, []).append(i)
    bins: list[tuple[int, int, list[int]]] = []
    for decade in sorted(decades):
        if bins and len(bins[-1][2]) < least:
            first, _, before = bins.pop()
            bins.append((first, decade, before + decades[decade]))
        else:
            bins.append((decade, decade, decades[decade]))
    if len(bins) > 1 and len(bins[-1][2]) < least:
        (first, _, before), (_, last, after) = bins[-2:]
        bins[-2:] = [(first, last, before + after)]
    named = {
        (f"{first}s" if first == last else f"{first}–{last + 9}"): np.array(sorted(of))
        for first, last, of in bins
    }
    return named if all(len(of) >= least for of in named.values()) else {}


def languages(films: Sequence[Movie], least: int = LEAST_A_LANGUAGE) -> dict[str, np.ndarray]:
    """The rows of films by language, the most common first; languages with few films are pooled."""
    given = [film.language for film in films]
    count = Counter(language for language in given if language)
    kept = [language for language, n in count.most_common() if n >= least]
    found = {language: np.flatnonzero([each == language for each in given]) for language in kept}
    rest = np.flatnonzero([bool(each) and each not in found for each in given])
    return found | ({OTHERS: rest} if len(rest) else {})


def sliced(scored: Scored, groups: Mapping[str, np.ndarray]) -> list[Slice]:
    """The figures of each group of rows."""
    found = []
    for name, of in groups.items():
        part = scored.of(of)
        drawn = micro_f1(part.truth, part.decided, draws(len(of), 1000))
        f1 = averages(part.truth, part.decided)["micro"]["f1"]
        found.append(Slice(name, len(of), f1, *percentiles(drawn)))
    return found
