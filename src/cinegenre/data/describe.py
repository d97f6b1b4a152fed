"""What is in a prepared data set: its genres, label sets, texts, and what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from ..movie import INPUTS, Movie
from .dataset import PreparedSet

COMMON_SETS = 20
"""How many of the most frequent label sets a description lists."""


def describe(
    folder: str | Path, *, labels: str = "", out: str | Path | None = None
) -> dict[str, Any]:
    """Describe the prepared set in `folder` by its label set `labels` (its own when not named).

    Returns the JSON-ready dict of `describe_films`, with `source`, `labels`, `fingerprint`, and
    with `plots`, the paths of the PNGs, when `out` names a folder to put them in.
    """
    prepared = PreparedSet.open(folder)
    found: dict[str, Any] = {
        "source": prepared.info["source"],
        "labels": labels or "genres",
        "fingerprint": prepared.fingerprint,
    }
    found |= describe_films({split: prepared.films(split, labels) for split in prepared.splits})
    if out is not None:
        from . import plots

        found["plots"] = [str(path) for path in plots.save(found, Path(out))]
    return found


def describe_films(films: Mapping[str, Iterable[Movie]]) -> dict[str, Any]:
    """The same for any films, given by split; each split is gone through once.

    - `splits`: split → films, labelled films, and the films that lack each input
    - `genres`: genre → films in all, with a poster, and by split; the most frequent first
    - `cooccurrence`: `genres` and `counts`, a square of films that have both
    - `label_sets`: films by number of genres, distinct sets, the most frequent sets
    - `words`: for title and overview: median, 95th percentile, longest, films by length
    - `languages`: original language → films, "" for unknown; the most frequent first
    """
    splits: dict[str, Any] = {}
    by_split: dict[str, Counter[str]] = {}
    with_poster: Counter[str] = Counter()
    both: Counter[tuple[str, str]] = Counter()
    sets: Counter[tuple[str, ...]] = Counter()
    languages: Counter[str] = Counter()
    words: dict[str, list[int]] = {"title": [], "overview": []}
    for split, some in films.items():
        counts = by_split[split] = Counter()
        missing: Counter[str] = Counter()
        number = labelled = 0
        for film in some:
            number += 1
            labelled += bool(film.genres)
            present = film.inputs
            missing.update(name for name in INPUTS if name not in present)
            counts.update(film.genres)
            if film.poster:
                with_poster.update(film.genres)
            genres = tuple(sorted(film.genres))
            both.update(combinations(genres, 2))
            sets[genres] += 1
            languages[film.language or ""] += 1
            for name, lengths in words.items():
                if name in present:
                    lengths.append(len(getattr(film, name).split()))
        splits[split] = {
            "films": number,
            "labelled": labelled,
            "missing": {name: missing[name] for name in INPUTS},
        }
    total: Counter[str] = sum(by_split.values(), Counter())
    genres = tuple(
        genre for genre, _ in sorted(total.items(), key=lambda item: (-item[1], item[0]))
    )
    return {
        "splits": splits,
        "genres": {
            genre: {"films": total[genre], "with_poster": with_poster[genre]}
            | {split: counts[genre] for split, counts in by_split.items()}
            for genre in genres
        },
        "cooccurrence": {"genres": list(genres), "counts": _square(genres, total, both)},
        "label_sets": _label_sets(sets),
        "words": {name: _lengths(lengths) for name, lengths in words.items()},
        "languages": dict(languages.most_common()),
    }


def show(description: Mapping[str, Any], console: Console | None = None) -> None:
    """Print a description as tables."""
    console = console or Console()
    splits = list(description["splits"])
    films = Table("films", *splits)
    about = description["splits"].values()
    films.add_row("all", *(f"{each['films']:,}" for each in about))
    films.add_row("with a genre", *(f"{each['labelled']:,}" for each in about))
    for name in INPUTS:
        films.add_row(f"without {name}", *(f"{each['missing'][name]:,}" for each in about))
    genres = Table("genre", "films", "poster", *splits)
    for genre, counts in description["genres"].items():
        genres.add_row(genre, *(f"{number:,}" for number in counts.values()))
    texts = Table("words in", "median", "95 %", "longest")
    for name, words in description["words"].items():
        texts.add_row(name, *(f"{words[key]:,}" for key in ("median", "p95", "longest")))
    for table in (films, genres, texts):
        for column in table.columns[1:]:
            column.justify = "right"
        console.print(table)
    sets = description["label_sets"]
    sizes = ", ".join(f"{size}: {number:,}" for size, number in sets["by_size"].items())
    console.print(f"{sets['distinct']:,} different label sets; films by number of genres: {sizes}")


def _square(
    genres: Sequence[str], total: Mapping[str, int], both: Mapping[tuple[str, str], int]
) -> list[list[int]]:
    """Films that have both genres; on the diagonal, films that have the one."""
    return [
        [total[a] if a == b else both.get((min(a, b), max(a, b)), 0) for b in genres]
        for a in genres
    ]


def _label_sets(sets: Counter[tuple[str, ...]]) -> dict[str, Any]:
    sizes: Counter[int] = Counter()
    for genres, number in sets.items():
        sizes[len(genres)] += number
    return {
        "by_size": {str(size): sizes[size] for size in sorted(sizes)},
        "distinct": sum(1 for genres in sets if genres),
        "most_common": [
            {"genres": list(genres), "films": number}
            for genres, number in sorted(sets.items(), key=lambda item: (-item[1], item[0]))
            if genres
        ][:COMMON_SETS],
    }


def _lengths(lengths: Sequence[int]) -> dict[str, Any]:
    if not lengths:
        return {"median": 0, "p95": 0, "longest": 0, "films": {}}
    median, p95 = np.percentile(lengths, (50, 95))
    return {
        "median": round(float(median)),
        "p95": round(float(p95)),
        "longest": max(lengths),
        "films": {str(size): number for size, number in sorted(Counter(lengths).items())},
    }
