"""A model's bundle in memory: what it reads, its encoders, its calibrations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..inputs import PosterInput, TextInput
from ..metrics.arrays import ACTIVATIONS
from ..metrics.calibration import Calibration
from ..metrics.thresholds import HALF
from ..movie import INPUTS, Movie
from .linear import LinearHead

OTHER_LANGUAGE = "other language"
"""A further entry in the key of a calibration, for films whose texts are in another language than
the home language, and were read by an encoder for that language."""


def card_name(taxonomy: str) -> str:
    """The file with the card of a further head."""
    return f"head-{taxonomy}.md"


@dataclass(frozen=True)
class Bundle:
    """A bundle that was read and checked; `calibrations` are keyed by a sorted `situation`."""

    folder: Path
    name: str
    version: str
    genres: tuple[str, ...]
    inputs: Mapping[str, TextInput | PosterInput]
    encoders: Mapping[str, Path]
    widths: Mapping[str, int]
    head: Path
    calibrations: Mapping[tuple[str, ...], Calibration]
    activation: str = "sigmoid"
    weights: str = "float32"
    linear: LinearHead | None = None
    languages: tuple[str, ...] = ()
    """Languages of the overviews that the model reads, by ISO 639-1 code; empty for any language.
    """
    spared: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Modality → texts; its encoder is skipped for films that have all of them (see `sparing`)."""
    optimized: bool = False
    """Whether the graphs were stored after onnxruntime's optimiser, which then must not run again.
    """
    taxonomy: str = ""
    """The further head that this is (see `heads`); empty for the bundle's own genres."""
    taxonomies: tuple[str, ...] = ()
    """The names of all its further heads."""

    @property
    def card(self) -> Path:
        """The model card; that of the further head, if this is one."""
        return self.folder / (card_name(self.taxonomy) if self.taxonomy else "README.md")

    @property
    def label(self) -> str:
        """The model's name, version and taxonomy, as predictions have it in `model`."""
        called = f"{self.name} {self.version}".strip()
        return f"{called} ({self.taxonomy})" if self.taxonomy else called

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """Uncalibrated probabilities from logits, (films, genres) float64."""
        return ACTIVATIONS[self.activation](logits)

    @property
    def fields(self) -> tuple[str, ...]:
        """The inputs (of `movie.INPUTS`) that the model reads, each once."""
        read = {name for reads in self.inputs.values() for name in reads.fields}
        return tuple(name for name in INPUTS if name in read)

    @property
    def home(self) -> tuple[str, ...]:
        """The home language: the languages that the first text encoder reads.

        A film whose language cannot be detected counts as in it. Empty if the model does not
        distinguish languages.
        """
        for reads in self.inputs.values():
            if isinstance(reads, TextInput) and reads.languages:
                return reads.languages
        return self.languages

    def situation(self, inputs: Iterable[str], present: np.ndarray) -> frozenset[str]:
        """The key of a film's calibration: the inputs that were read, and `OTHER_LANGUAGE` if its
        texts were read, but by no encoder for the home language.

        `present`, bool (modalities,), says which encoders were run on it.
        """
        ran = [
            reads.languages == self.home
            for reads, here in zip(self.inputs.values(), present, strict=True)
            if here and isinstance(reads, TextInput) and reads.languages
        ]
        other = {OTHER_LANGUAGE} if ran and not any(ran) else set()
        return frozenset(inputs) | other

    def inputs_read(self, film: Movie, present: np.ndarray) -> tuple[str, ...]:
        """The inputs of a film that reached an encoder, in the order of `INPUTS`.

        `present`, bool (modalities,), says which encoders were run on it.
        """
        read = {
            field
            for reads, here in zip(self.inputs.values(), present, strict=True)
            if here
            for field in reads.fields
        }
        return tuple(field for field in film.inputs if field in read)

    def thresholds(self, present: Iterable[str]) -> np.ndarray:
        """The thresholds on calibrated probabilities in this `situation`, (genres,).

        If no genre reaches its threshold, one is decided below it: see `Calibration.decide`.
        """
        calibration = self.calibration(frozenset(present))
        return np.full(len(self.genres), HALF) if calibration is None else calibration.threshold

    def calibration(self, present: frozenset[str]) -> Calibration | None:
        """The calibration for exactly this `situation`, else for the largest subset of it."""
        fitting = [key for key in self.calibrations if present.issuperset(key)]
        if not fitting:
            return None
        return self.calibrations[max(fitting, key=lambda key: (len(key), key))]
