"""A film's probabilities without each of its inputs, and with each input alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..tagger.modes import only
from ..tagger.runtime import Features
from ..tagger.sparing import spare
from .base import Base

if TYPE_CHECKING:
    from ..tagger.tagger import Tagger


def without_and_alone(
    tagger: Tagger, base: Base
) -> dict[str, tuple[np.ndarray | None, np.ndarray | None]]:
    """For each input, the probabilities (genres,) without it, and those with it alone.

    Each set of inputs has its own calibration. None if nothing is left that the model can read.
    """
    names = base.inputs
    sets = [tuple(n for n in names if n != name) for name in names] + [(name,) for name in names]
    scored = probabilities(tagger, base, sets)
    return dict(zip(names, zip(scored, scored[len(names) :], strict=False), strict=True))


def probabilities(
    tagger: Tagger, base: Base, sets: Sequence[tuple[str, ...]]
) -> list[np.ndarray | None]:
    """Calibrated probabilities (genres,) of the film with each set of inputs alone.

    An encoder runs once for each different part of the film that it reads.
    """
    runtime, bundle = tagger.runtime, tagger.bundle
    films = [only(base.film, fields, bundle.fields) for fields in sets]
    features: dict[str, np.ndarray] = {}
    present = np.zeros((len(sets), len(bundle.inputs)), bool)
    for i, (name, reads) in enumerate(bundle.inputs.items()):
        whole = tuple(field for field in base.film.inputs if field in reads.fields)
        parts = [tuple(field for field in whole if field in fields) for fields in sets]
        # An encoder that was skipped because of a text is needed when that text is left out.
        known = whole if base.features.present[0, i] else ()
        different = [part for part in dict.fromkeys(parts) if part and part != known]
        encoded = runtime.encode([only(base.film, p, bundle.fields) for p in different], (name,))
        width = bundle.widths[name]
        rows = np.vstack(
            [np.zeros((1, width)), base.features.features[name], encoded.features[name]]
        )
        has = np.array([False, base.features.present[0, i], *encoded.present[:, 0]])
        place = {(): 0, known: 1} | {part: 2 + k for k, part in enumerate(different)}
        chosen = [place[part] if part else 0 for part in parts]
        features[name], present[:, i] = rows[chosen].astype(np.float32), has[chosen]
    spare(bundle.spared, bundle.inputs, films, present)
    seen = Features(features, present)
    inputs, situations = tagger.situations(films, seen)
    scores, _ = tagger.decide(runtime.classify(features, present), situations)
    return [row if read else None for row, read in zip(scores, inputs, strict=True)]
