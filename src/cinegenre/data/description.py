"""The types of a description of films."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..records import OPTIONAL, SPREAD, Record


@dataclass(frozen=True, kw_only=True)
class SplitCounts(Record):
    """A split's films, those with a genre, and those that lack each input."""

    films: int
    labelled: int
    missing: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class GenreCounts(Record):
    """A genre's films, those with a poster, and those in each split."""

    films: int
    with_poster: int
    by_split: Mapping[str, int] = field(metadata=SPREAD)


@dataclass(frozen=True, kw_only=True)
class Cooccurrence(Record):
    """A matrix of how many films have both genres; on the diagonal, how many have the genre."""

    genres: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, kw_only=True)
class CommonSet(Record):
    """A set of genres, and how many films have exactly these."""

    genres: tuple[str, ...]
    films: int


@dataclass(frozen=True, kw_only=True)
class SetCounts(Record):
    """Films by number of genres, how many different sets there are, the most frequent of them."""

    by_size: Mapping[str, int]
    distinct: int
    most_common: tuple[CommonSet, ...]


@dataclass(frozen=True, kw_only=True)
class Lengths(Record):
    """Numbers of words: median, 95th percentile and longest, and films by number of words."""

    median: int
    p95: int
    longest: int
    films: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Description(Record):
    """A description of films; genres and languages are ordered by frequency.

    `source`, `labels` and `fingerprint` identify the prepared set and label set, and `plots` is the
    folder of the plots; all four are None for films that are not from a prepared set. `words` are
    those of title and overview; an unknown language is "".
    """

    source: str | None = field(default=None, metadata=OPTIONAL)
    labels: str | None = field(default=None, metadata=OPTIONAL)
    fingerprint: str | None = field(default=None, metadata=OPTIONAL)
    splits: Mapping[str, SplitCounts]
    genres: Mapping[str, GenreCounts]
    cooccurrence: Cooccurrence
    label_sets: SetCounts
    words: Mapping[str, Lengths]
    languages: Mapping[str, int]
    plots: tuple[str, ...] | None = field(default=None, metadata=OPTIONAL)
