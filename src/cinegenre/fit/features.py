"""Encodes films with a bundle's encoders, for every subset of a modality's fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import BadImage
from ..movie import Movie
from ..progress import Stage, silent
from ..tagger.modes import Parts, only, subsets
from ..tagger.runtime import Features, Runtime
from .cache import FeatureCache, key_of

CHUNK = 512
SAVED = 4096
"""The number of films after which features are written to the cache; a stop loses no more."""


@dataclass(frozen=True)
class Encoded:
    """Features by modality and subset of its fields; `faults` are the unreadable posters."""

    parts: Parts
    faults: dict[int, BadImage]

    def whole(self, runtime: Runtime) -> Features:
        """The features of the films with all the inputs that they have."""
        inputs = runtime.bundle.inputs
        whole = {name: self.parts[name][reads.fields] for name, reads in inputs.items()}
        return Features(
            {name: part.features[name] for name, part in whole.items()},
            np.concatenate([part.present for part in whole.values()], axis=1),
            self.faults,
        )


def encode(
    runtime: Runtime,
    films: Sequence[Movie],
    cache: Path | None,
    stage: Stage = silent,
    *,
    partial: bool = True,
    add: bool = True,
) -> Encoded:
    """Encode the films, or read their features in the folder `cache`; store new ones if `add`.

    With `partial`, also for every smaller subset of a modality's fields (such as the title alone).
    """
    parts: dict[str, dict[tuple[str, ...], Features]] = {}
    faults: dict[int, BadImage] = {}
    for name, reads in runtime.bundle.inputs.items():
        kept = FeatureCache(cache, runtime.bundle, name, add=add)
        parts[name] = {}
        for fields in subsets(reads.fields) if partial else [reads.fields]:
            shown = [only(film, fields, reads.fields) for film in films]
            part = _encode(runtime, name, fields, shown, kept, stage)
            faults |= part.faults
            parts[name][fields] = part
    return Encoded(parts, faults)


def _encode(
    runtime: Runtime,
    name: str,
    fields: tuple[str, ...],
    films: Sequence[Movie],
    cache: FeatureCache,
    stage: Stage,
) -> Features:
    has = [i for i, film in enumerate(films) if set(fields) & set(film.inputs)]
    keys = {i: key_of(films[i], runtime.bundle.inputs[name].fields) for i in has}
    features = np.zeros((len(films), runtime.bundle.widths[name]), np.float32)
    present = np.zeros((len(films), 1), bool)
    if has:
        features[has], known = cache.find(list(keys.values()))
        present[has, 0] = known
    faults: dict[int, BadImage] = {}
    todo = [i for i in has if not present[i, 0]]
    if not todo:
        return Features({name: features}, present, faults)
    fresh: list[int] = []

    def keep() -> None:
        rows = [i for i in fresh if keys[i] is not None]
        cache.save([key for i in rows if (key := keys[i])], features[rows])
        fresh.clear()

    with stage(f"encoding {name}: {' + '.join(fields)}", len(todo)) as advance:
        try:
            for start in range(0, len(todo), CHUNK):
                rows = todo[start : start + CHUNK]
                part = runtime.encode([films[i] for i in rows], (name,))
                features[rows], present[rows] = part.features[name], part.present
                faults |= {rows[i]: fault for i, fault in part.faults.items()}
                fresh += [i for i in rows if present[i, 0]]
                advance(len(rows))
                if len(fresh) >= SAVED:
                    keep()
        finally:
            keep()
    return Features({name: features}, present, faults)
