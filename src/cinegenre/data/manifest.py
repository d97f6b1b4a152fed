"""The types of dataset.json, which says what a prepared data set contains and how it was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..records import OPTIONAL, Record


@dataclass(frozen=True, kw_only=True)
class Cleaning(Record):
    """The counts of cleaning: `dropped` films and `mended` fields by reason, and some errors."""

    rows: int
    dropped: Mapping[str, int]
    mended: Mapping[str, int]
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SplitFacts(Record):
    """How the films were split: "given" by a `file` or the source, or "own" by proportions and
    seed.

    `counts` has the films that were moved or taken out, by reason.
    """

    method: str
    proportions: tuple[float, ...] | None = field(default=None, metadata=OPTIONAL)
    seed: int | None = field(default=None, metadata=OPTIONAL)
    counts: Mapping[str, int] = field(default_factory=dict)
    file: str | None = field(default=None, metadata=OPTIONAL)


@dataclass(frozen=True, kw_only=True)
class LabelSet(Record):
    """The number of films with a genre of the set, and with each genre."""

    films: int
    genres: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Shard(Record):
    """The number of films in a file, and its size."""

    films: int
    bytes: int


@dataclass(frozen=True, kw_only=True)
class Origin(Record):
    """Where the films came from and what was done to them before they were written."""

    source: str
    reader: str
    cleaning: Cleaning | None = field(default=None, metadata=OPTIONAL)
    split: SplitFacts | None = field(default=None, metadata=OPTIONAL)


@dataclass(frozen=True, kw_only=True)
class Manifest(Record):
    """dataset.json. `films` and `with_poster` are by split, `label_sets` and `shards` by name.

    `fingerprint` is a SHA-256 over the content of every film, the same on every machine.
    """

    format_version: int
    cinegenre: str = ""
    source: str = ""
    reader: str = ""
    cleaning: Cleaning | None = field(default=None, metadata=OPTIONAL)
    split: SplitFacts | None = field(default=None, metadata=OPTIONAL)
    films: Mapping[str, int]
    with_poster: Mapping[str, int] = field(default_factory=dict)
    label_sets: Mapping[str, LabelSet]
    shards: Mapping[str, Shard]
    fingerprint: str = ""
