"""Scores films with every subset of their inputs. Each subset is a mode with its own calibration.

Each encoder runs only once for every part of a film that it can read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations
from typing import Any

import numpy as np

from ..movie import Movie
from .bundle import OTHER_LANGUAGE, Bundle
from .runtime import Features, Runtime
from .sparing import is_spared


@dataclass(frozen=True)
class Mode:
    """The logits (rows, genres) of the films `rows`, scored with the inputs `inputs` alone.

    `situation` selects their calibration: films whose texts are in another language than the one
    the model mostly reads are a mode of their own.
    """

    inputs: tuple[str, ...]
    situation: frozenset[str]
    rows: np.ndarray
    logits: np.ndarray

    @property
    def is_other_language(self) -> bool:
        """Whether the texts are in another than the model's home language."""
        return OTHER_LANGUAGE in self.situation


def subsets(fields: Sequence[str]) -> list[tuple[str, ...]]:
    """Every non-empty subset of `fields`, the largest last."""
    sizes = range(1, len(fields) + 1)
    return list(chain.from_iterable(combinations(fields, size) for size in sizes))


def only(film: Movie, fields: Sequence[str], among: Sequence[str]) -> Movie:
    """The film without those inputs in `among` that are not in `fields`."""
    empty: dict[str, Any] = {"companies": (), "people": ()}
    taken: dict[str, Any] = {name: empty.get(name) for name in among if name not in fields}
    return replace(film, **taken)


Parts = Mapping[str, Mapping[tuple[str, ...], Features]]
"""Modality → subset of its fields → the features of the films encoded from that subset alone."""


@dataclass(frozen=True)
class Shown:
    """The features of the films `rows` with the inputs `inputs` alone, by modality."""

    inputs: tuple[str, ...]
    situation: frozenset[str]
    rows: np.ndarray
    features: Mapping[str, np.ndarray]
    present: np.ndarray


def score_modes(
    runtime: Runtime, films: Sequence[Movie], whole: Features | None = None
) -> Iterator[Mode]:
    """Score every subset of the model's inputs, on the films that have all inputs of the subset.

    `whole` may give the features of the films with all their inputs, if they are known already.
    """
    bundle = runtime.bundle
    parts: dict[str, dict[tuple[str, ...], Features]] = {}
    for name, reads in bundle.inputs.items():
        parts[name] = {
            fields: _part(whole, name, runtime)
            if whole and fields == reads.fields and name not in bundle.spared
            else runtime.encode([only(film, fields, reads.fields) for film in films], (name,))
            for fields in subsets(reads.fields)
        }
    for shown in every_set(bundle, films, parts):
        logits = runtime.classify(shown.features, shown.present)
        yield Mode(shown.inputs, shown.situation, shown.rows, logits)


def every_set(
    bundle: Bundle, films: Sequence[Movie], parts: Parts, *, by_language: bool = True
) -> Iterator[Shown]:
    """The films' features for every subset of inputs that at least one film has.

    With `by_language`, films whose texts are in another language than the one the model mostly
    reads come apart from the rest.
    """
    has = {field: np.array([field in film.inputs for film in films]) for field in bundle.fields}
    for inputs in subsets(bundle.fields):
        # For each modality, those of its fields that are in the subset; there may be none.
        chosen = [
            tuple(field for field in reads.fields if field in inputs)
            for reads in bundle.inputs.values()
        ]
        features: dict[str, np.ndarray] = {}
        present = np.zeros((len(films), len(chosen)), bool)
        for i, (name, fields) in enumerate(zip(bundle.inputs, chosen, strict=True)):
            if fields and not is_spared(bundle.spared, name, inputs):
                part = parts[name][fields]
                features[name] = part.features[name]
                present[:, i] = part.present[:, 0]
            else:
                features[name] = np.zeros((len(films), bundle.widths[name]), np.float32)
        read = np.ones(len(films), bool)
        for field in inputs:
            heard = [i for i, fields in enumerate(chosen) if field in fields]
            read &= has[field] & present[:, heard].any(axis=1)
        found = np.flatnonzero(read)
        # Without any encoder that ran there is no language to tell.
        situations = [bundle.situation(inputs, present[row] & by_language) for row in found]
        for situation in sorted(set(situations), key=len):
            rows = found[[each == situation for each in situations]]
            kept = {name: part[rows] for name, part in features.items()}
            yield Shown(inputs, situation, rows, kept, present[rows])


def _part(whole: Features, name: str, runtime: Runtime) -> Features:
    at = list(runtime.bundle.inputs).index(name)
    return Features({name: whole.features[name]}, whole.present[:, at : at + 1])
