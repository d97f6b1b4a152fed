"""The contract of an encoder, and what it may ask of the training around it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, ItemsView, ValuesView
from typing import Any, ClassVar, Protocol, cast

import numpy as np
from torch import Tensor, nn

from ....inputs import PosterInput, TextInput
from ..corpus import Corpus


class Column(Protocol):
    """What one modality reads of the training films, a row a film."""

    @property
    def present(self) -> np.ndarray:
        """Which films have it, bool (films,)."""

    def batch(self, films: np.ndarray) -> np.ndarray:
        """The rows `films` as `Encoder.forward` reads them, (films, …)."""


class Encoder(nn.Module, ABC):
    """One modality of a batch to (batch, out_dim) features.

    A kind of encoder sets `Reads` and `Options`, its constructor takes an instance of each, and it
    sets `out_dim`. Masking and normalising are its own: nothing outside repeats them. All else has
    a default, for an encoder that learns by gradients with the rest of the model.
    """

    Reads: ClassVar[type[TextInput] | type[PosterInput]]
    """The class of input that it reads."""
    Options: ClassVar[type[Any]]
    """The dataclass of its table in a recipe."""
    has_lstm: ClassVar[bool] = False
    """It has an LSTM, which not every processor trains in 16 bits."""

    out_dim: int

    frozen: bool = False
    """It never learns: its outputs are computed once and kept on disk, its weights are in no
    checkpoint."""
    has_stem: bool = False
    """Its first layers, `stem`, never learn: theirs are the outputs that are kept on disk, and
    `forward` takes them in place of its inputs."""

    learns_apart: ClassVar[bool] = False
    """It fits itself, by `learn`, on the training films' labels before the training. It gives
    logits: its constructor takes the number of genres as well, which is its `out_dim`."""
    has_teacher: ClassVar[bool] = False
    """Of one that learns apart: a teacher's judgement is in the targets that it is given."""
    epochs: int = 1
    """Of one that learns apart: how often a fit goes over the films."""
    folds: int = 0
    """Of one that learns apart: in how many parts films are judged by fits on the others."""

    @abstractmethod
    def forward(self, inputs: Tensor) -> Tensor:
        """Inputs of films that have this modality to (batch, out_dim)."""

    def begin(self, corpus: Callable[[], Corpus]) -> dict[str, Any]:
        """Start from word vectors or a language model; what run.json says of it, {} for nothing.

        Called once before training, never on resume or at export. `corpus` gives the texts of the
        training split, where the modality is a text.
        """
        return {}

    def depths(self) -> list[list[nn.Parameter]]:
        """Its parts from the input to the output, for rates and unfreezing by depth.

        Every parameter is in exactly one.
        """
        return [list(self.parameters())]

    @property
    def fingerprint(self) -> str:
        """Changes with what is kept on disk: of a frozen encoder or a stem, with its weights."""
        raise NotImplementedError(f"{type(self).__name__} is frozen, or has a stem: it needs one")

    def stem(self, inputs: Tensor) -> Tensor:
        """What the layers that never learn make of the inputs."""
        raise NotImplementedError(f"{type(self).__name__} has a stem: it needs this")

    def learn(
        self,
        column: Column,
        target: np.ndarray,
        fold: np.ndarray | None,
        advance: Callable[[int], None] = lambda films: None,
    ) -> np.ndarray | None:
        """Fit it on the training films; return their logits, (films, genres) float32.

        `column` is what it reads of them, or what its stem made of that, `target` (films, genres)
        their genres, float32 in 0..1, `fold` (films,) each film's number below `folds`: its logits
        are those of a fit without the films of its fold. Without `fold` there are none. `advance`
        is told of films gone over. In the training that follows the logits stand for the films'
        inputs, and `forward` gives them on as they are.
        """
        raise NotImplementedError(f"{type(self).__name__} learns apart: it needs this")


class Encoders(nn.ModuleDict):
    """Encoders by modality."""

    def __getitem__(self, key: str) -> Encoder:
        return cast(Encoder, super().__getitem__(key))

    def items(self) -> ItemsView[str, Encoder]:
        return cast("ItemsView[str, Encoder]", super().items())

    def values(self) -> ValuesView[Encoder]:
        return cast("ValuesView[Encoder]", super().values())
