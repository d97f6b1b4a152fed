"""Encoders that are not run beside certain texts: with an overview one of two models of the poster
says nearly all that both would, at half the time.

A bundle's `spared` names for a modality the texts beside all of which it is spared. Calibration and
thresholds of those sets of inputs are fitted without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from ..errors import UserError, shown, unknown
from ..movie import INPUTS, Movie


class Reads(Protocol):
    """What is read of a film: the names of its inputs."""

    @property
    def fields(self) -> tuple[str, ...]: ...


def checked(
    spared: Any, fields: Mapping[str, Sequence[str]], where: str
) -> dict[str, tuple[str, ...]]:
    """A table of modality → texts, as a bundle or a recipe has it; `fields` are read by modality.

    Raises `UserError`, which begins with `where`, for one that names what is not there, or that
    would leave an input of a film unread.
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
            # Whether a poster can be read is known only when it has been decoded.
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

    A text counts where it reached an encoder: one of which nothing is left to read does not.
    """
    names = list(inputs)
    for name, texts in spared.items():
        for row, film in enumerate(films):
            here = [n for n, there in zip(names, present[row], strict=True) if there and n != name]
            heard = {field for each in here for field in inputs[each].fields} & set(film.inputs)
            if heard.issuperset(texts):
                present[row, names.index(name)] = False


def is_spared(spared: Mapping[str, tuple[str, ...]], name: str, fields: Iterable[str]) -> bool:
    """Whether the modality `name` is spared for films with exactly the inputs `fields`."""
    return name in spared and set(fields).issuperset(spared[name])


def _is_texts(value: object) -> bool:
    listed = isinstance(value, list | tuple) and bool(value)
    return listed and all(isinstance(text, str) for text in value)  # type: ignore[attr-defined]
