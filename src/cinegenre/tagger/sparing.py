"""Encoders that are skipped if a film has certain texts.

With an overview, one of two poster encoders is nearly as good as both, in half the time. A bundle's
`spared` gives, for a modality, the texts that a film must have for its encoder to be skipped. The
calibration for those sets of inputs is fitted without that encoder.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from ..errors import UserError, shown, unknown
from ..movie import INPUTS, Movie


class Reads(Protocol):
    """Anything that has the names of the inputs that it reads of a film."""

    @property
    def fields(self) -> tuple[str, ...]: ...


def checked(
    spared: Any, fields: Mapping[str, Sequence[str]], where: str
) -> dict[str, tuple[str, ...]]:
    """Check a table of modality → texts from a bundle or a recipe, and return it.

    `fields` are the inputs that each modality reads. Raises `UserError`, whose text begins with
    `where`, for unknown names and for a table that would leave an input without any encoder.
    """
    if not isinstance(spared, Mapping) or not all(map(_is_texts, spared.values())):
        raise UserError(
            f"{where}: spared is {shown(spared)}", 'write it as poster = ["title", "overview"]'
        )
    read = {field for each in fields.values() for field in each}
    for name, texts in spared.items():
        if name not in fields:
            raise unknown(f"modality in spared of {where}", name, fields)
        for text in texts:
            # Only texts are allowed: whether a poster is readable is known only after decoding it.
            if text not in read or text == "poster":
                raise unknown(f"text in spared of {where}", text, read - {"poster"})
        rest = {f for other, each in fields.items() if other not in spared for f in each}
        needed = {*fields[name], *texts}
        if not needed <= rest:
            raise UserError(
                f"{where}: spared names {name!r}, and nothing else reads "
                f"{', '.join(f for f in INPUTS if f in needed - rest)}",
                "spare an encoder beside another one of the same input",
            )
    return {name: tuple(texts) for name, texts in spared.items()}


def spare(
    spared: Mapping[str, tuple[str, ...]],
    inputs: Mapping[str, Reads],
    films: Sequence[Movie],
    present: np.ndarray,
) -> None:
    """Set `present`, bool (films, modalities), to False in place where an encoder is spared.

    A text counts only if it reached an encoder; one that cleaning leaves empty does not.
    """
    names = list(inputs)
    for name, texts in spared.items():
        for row, film in enumerate(films):
            here = [n for n, there in zip(names, present[row], strict=True) if there and n != name]
            seen = {field for each in here for field in inputs[each].fields} & set(film.inputs)
            if seen.issuperset(texts):
                present[row, names.index(name)] = False


def is_spared(spared: Mapping[str, tuple[str, ...]], name: str, fields: Iterable[str]) -> bool:
    """Whether the encoder of `name` is skipped for films with exactly the inputs `fields`."""
    return name in spared and set(fields).issuperset(spared[name])


def _is_texts(value: object) -> bool:
    listed = isinstance(value, list | tuple) and bool(value)
    return listed and all(isinstance(text, str) for text in value)  # type: ignore[attr-defined]
