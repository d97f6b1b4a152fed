"""Describes a prepared data set: its genres, label sets, texts, and what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import TypeVar

import numpy as np
from rich.console import Console
from rich.table import Table

from ..files import check_room
from ..movie import INPUTS, Movie
from .dataset import PreparedSet
from .description import (
    CommonSet,
    Cooccurrence,
    Description,
    GenreCounts,
    Lengths,
    SetCounts,
    SplitCounts,
)

Key = TypeVar("Key")
WORDS = ("title", "overview")
"""The fields whose words are counted."""

COMMON_SETS = 20
"""How many of the most frequent label sets a description lists."""


def describe(folder: str | Path, *, labels: str = "", out: str | Path | None = None) -> Description:
    """Describe the prepared set in `folder`, with the label set `labels` (by default its first).

    If `out` names a folder, plots are written there.
    """
    if out is not None:
        check_room(Path(out))
    prepared = PreparedSet.open(folder)
    found = replace(
        describe_films({split: prepared.films(split, labels) for split in prepared.splits}),
        source=prepared.manifest.source,
        labels=labels or "genres",
        fingerprint=prepared.fingerprint,
    )
    if out is None:
        return found
    from . import plots

    return replace(found, plots=tuple(map(str, plots.save(found, Path(out)))))


def describe_films(films: Mapping[str, Iterable[Movie]]) -> Description:
    """Describe any films, given by split. Each split is iterated over once."""
    seen = {split: _Split(some) for split, some in films.items()}
    total = _sum(each.genres for each in seen.values())
    with_poster = _sum(each.with_poster for each in seen.values())
    both = _sum(each.both for each in seen.values())
    genres = tuple(
        genre for genre, _ in sorted(total.items(), key=lambda item: (-item[1], item[0]))
    )
    return Description(
        splits={split: each.counts() for split, each in seen.items()},
        genres={
            genre: GenreCounts(
                films=total[genre],
                with_poster=with_poster[genre],
                by_split={split: each.genres[genre] for split, each in seen.items()},
            )
            for genre in genres
        },
        cooccurrence=Cooccurrence(genres=genres, counts=_square(genres, total, both)),
        label_sets=_label_sets(_sum(each.sets for each in seen.values())),
        words={
            name: _lengths([length for each in seen.values() for length in each.words[name]])
            for name in WORDS
        },
        languages=dict(_sum(each.languages for each in seen.values()).most_common()),
    )


class _Split:
    """The counts of one split's films."""

    def __init__(self, films: Iterable[Movie]) -> None:
        self.films = self.labelled = 0
        self.missing: Counter[str] = Counter()
        self.genres: Counter[str] = Counter()
        self.with_poster: Counter[str] = Counter()
        self.both: Counter[tuple[str, str]] = Counter()
        self.sets: Counter[tuple[str, ...]] = Counter()
        self.languages: Counter[str] = Counter()
        self.words: dict[str, list[int]] = {name: [] for name in WORDS}
        for film in films:
            self._add(film)

    def _add(self, film: Movie) -> None:
        present = film.inputs
        genres = tuple(sorted(film.genres))
        self.films += 1
        self.labelled += bool(genres)
        self.missing.update(name for name in INPUTS if name not in present)
        self.genres.update(genres)
        if film.poster:
            self.with_poster.update(genres)
        self.both.update(combinations(genres, 2))
        self.sets[genres] += 1
        self.languages[film.language or ""] += 1
        for name in WORDS:
            if name in present:
                self.words[name].append(len(getattr(film, name).split()))

    def counts(self) -> SplitCounts:
        return SplitCounts(
            films=self.films,
            labelled=self.labelled,
            missing={name: self.missing[name] for name in INPUTS},
        )


def _sum(counters: Iterable[Counter[Key]]) -> Counter[Key]:
    return sum(counters, Counter())


def show(description: Description, console: Console | None = None) -> None:
    """Print a description as tables."""
    console = console or Console()
    films = Table("films", *description.splits)
    about = description.splits.values()
    films.add_row("all", *(f"{each.films:,}" for each in about))
    films.add_row("with a genre", *(f"{each.labelled:,}" for each in about))
    for name in INPUTS:
        films.add_row(f"without {name}", *(f"{each.missing[name]:,}" for each in about))
    genres = Table("genre", "films", "poster", *description.splits)
    for genre, counts in description.genres.items():
        numbers = (counts.films, counts.with_poster, *counts.by_split.values())
        genres.add_row(genre, *(f"{number:,}" for number in numbers))
    texts = Table("words in", "median", "95 %", "longest")
    for name, words in description.words.items():
        texts.add_row(name, *(f"{n:,}" for n in (words.median, words.p95, words.longest)))
    for table in (films, genres, texts):
        for column in table.columns[1:]:
            column.justify = "right"
        console.print(table)
    sets = description.label_sets
    sizes = ", ".join(f"{size}: {number:,}" for size, number in sets.by_size.items())
    console.print(f"{sets.distinct:,} different label sets; films by number of genres: {sizes}")


def _square(
    genres: Sequence[str], total: Mapping[str, int], both: Mapping[tuple[str, str], int]
) -> tuple[tuple[int, ...], ...]:
    """The matrix of how many films have both genres; on the diagonal, how many have the genre."""
    return tuple(
        tuple(total[a] if a == b else both.get((min(a, b), max(a, b)), 0) for b in genres)
        for a in genres
    )


def _label_sets(sets: Counter[tuple[str, ...]]) -> SetCounts:
    sizes: Counter[int] = Counter()
    for genres, number in sets.items():
        sizes[len(genres)] += number
    ranked = sorted(sets.items(), key=lambda item: (-item[1], item[0]))
    common = [CommonSet(genres=genres, films=number) for genres, number in ranked if genres]
    return SetCounts(
        by_size={str(size): sizes[size] for size in sorted(sizes)},
        distinct=len(common),
        most_common=tuple(common[:COMMON_SETS]),
    )


def _lengths(lengths: Sequence[int]) -> Lengths:
    if not lengths:
        return Lengths(median=0, p95=0, longest=0, films={})
    median, p95 = np.percentile(lengths, (50, 95))
    return Lengths(
        median=round(float(median)),
        p95=round(float(p95)),
        longest=max(lengths),
        films={str(size): number for size, number in sorted(Counter(lengths).items())},
    )
