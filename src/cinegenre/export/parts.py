"""What each encoder of a bundle contributes to its logits, and bundles with fewer encoders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..errors import UserError, unknown
from ..inputs import TextInput
from ..tagger.bundle import Bundle
from ..tagger.runtime import Runtime

_STRAYS = 1e-3
"""How much a head's logits may differ from the sum of its modalities' logits."""


@dataclass(frozen=True)
class Part:
    """A modality's contribution to each genre's logit: features @ `weight` + `bias`."""

    weight: np.ndarray  # (width, genres)
    bias: np.ndarray  # (genres,)


def parts_of(runtime: Runtime) -> dict[str, Part]:
    """Each modality's own contribution to the logits, as the bundle's head computes it.

    Raises `UserError` if the head is not a sum of these, because they could not be weighted.
    """
    bundle = runtime.bundle
    widths = dict(bundle.widths)
    found = {}
    for at, (name, width) in enumerate(widths.items()):
        rows = width + 2
        asked = np.zeros((rows, width), np.float32)
        asked[1 : width + 1] = np.eye(width, dtype=np.float32)
        asked[-1] = np.random.default_rng(0).normal(size=width)
        features = {n: np.zeros((rows, w), np.float32) for n, w in widths.items()} | {name: asked}
        present = np.zeros((rows, len(widths)), bool)
        present[:, at] = True
        logits = runtime.base_logits(features, present)
        part = Part(logits[1 : width + 1] - logits[0], logits[0])
        apart = np.abs(asked[-1] @ part.weight + part.bias - logits[-1]).max()
        if not apart <= _STRAYS * max(1.0, np.abs(logits[-1]).max()):
            raise UserError(
                f"the head of {bundle.folder} does not add up what its encoders say",
                'join bundles of recipes with fusion = "sum", or of one encoder, without hidden '
                "layers",
            )
        found[name] = part
    return found


def only(bundle: Bundle, names: Sequence[str] | None) -> Bundle:
    """`bundle` with the encoders `names` alone, or as it is if that is None.

    Its head still wants the features of all. Raises `UserError` for an encoder that it does not
    have.
    """
    if names is None:
        return bundle
    for name in names:
        if name not in bundle.inputs:
            raise unknown(f"encoder of {bundle.folder}", name, bundle.inputs)
    inputs = {name: reads for name, reads in bundle.inputs.items() if name in names}
    reads_texts = any(isinstance(reads, TextInput) for reads in inputs.values())
    return replace(
        bundle,
        inputs=inputs,
        encoders={name: bundle.encoders[name] for name in inputs},
        widths={name: bundle.widths[name] for name in inputs},
        languages=bundle.languages if reads_texts else (),
        spared={name: texts for name, texts in bundle.spared.items() if name in inputs},
    )
