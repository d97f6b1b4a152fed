"""The contract between an encoder and the training around it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, ItemsView, ValuesView
from typing import Any, ClassVar, Protocol, cast

import numpy as np
from torch import Tensor, nn

from ....inputs import PosterInput, TextInput
from ..corpus import Corpus


class Column(Protocol):
    """The arrays that one modality reads of the training films, one row per film."""

    @property
    def present(self) -> np.ndarray:
        """Whether each film has this modality, bool (films,)."""

    def batch(self, films: np.ndarray) -> np.ndarray:
        """The inputs of the rows `films` as `Encoder.forward` takes them, (films, …)."""


class Encoder(nn.Module, ABC):
    """Turns the inputs of one modality into features (batch, out_dim).

    A subclass sets `Reads` and `Options`; its constructor takes an instance of each and sets
    `out_dim`. It masks padding and normalises pixels itself. Everything else has a default, which
    fits an encoder that learns by gradients together with the rest of the model.
    """

    Reads: ClassVar[type[TextInput] | type[PosterInput]]
    """The class of inputs that it reads."""
    Options: ClassVar[type[Any]]
    """The dataclass of its options, which are its table in a recipe."""
    has_lstm: ClassVar[bool] = False
    """Whether it has an LSTM, which not every processor can train in 16 bits."""

    from_scratch: ClassVar[bool] = False
    """Whether all its weights start from random numbers of torch's kind, which `model.init` may
    replace. Not of encoders whose weights are pretrained or have a start of their own."""

    out_dim: int

    frozen: bool = False
    """Whether it never learns. Its outputs are then computed once and stored on disk, and its
    weights are not in checkpoints."""
    has_stem: bool = False
    """Whether only its first layers, the `stem`, never learn. The outputs of the stem are then
    stored on disk, and `forward` accepts them in place of its inputs."""

    learns_apart: ClassVar[bool] = False
    """Whether it is fitted by `learn`, before the training of the rest. Its outputs are then
    logits: its constructor also takes the number of genres, which is its `out_dim`."""
    has_teacher: ClassVar[bool] = False
    """For an encoder that learns apart: whether its targets include a teacher's probabilities."""
    epochs: int = 1
    """For an encoder that learns apart: how often each fit goes over the films."""
    folds: int = 0
    """For an encoder that learns apart: the number of folds, each of which is predicted by a fit on
    the others."""

    @abstractmethod
    def forward(self, inputs: Tensor) -> Tensor:
        """Features (batch, out_dim) of films that have this modality."""

    def begin(self, corpus: Callable[[], Corpus]) -> dict[str, Any]:
        """Initialise from word vectors or a language model; return what run.json records about it.

        Called once before training, but not on resume or export, where the weights are loaded. If
        the modality is a text, `corpus` gives the texts of the training split.
        """
        return {}

    def depths(self) -> list[list[nn.Parameter]]:
        """Its parameters in groups from the input to the output, for rates and unfreezing by depth.

        Every parameter is in exactly one group.
        """
        return [list(self.parameters())]

    @property
    def fingerprint(self) -> str:
        """A key for stored outputs, which changes with the weights that they were computed by."""
        raise NotImplementedError(f"{type(self).__name__} is frozen, or has a stem: it needs one")

    def stem(self, inputs: Tensor) -> Tensor:
        """The outputs of the layers that never learn."""
        raise NotImplementedError(f"{type(self).__name__} has a stem: it needs this")

    def learn(
        self,
        column: Column,
        target: np.ndarray,
        fold: np.ndarray | None,
        advance: Callable[[int], None] = lambda films: None,
    ) -> np.ndarray | None:
        """Fit the encoder on the training films; return their logits, (films, genres) float32.

        `column` has the films' inputs, or the outputs of its stem. `target` (films, genres) float32
        in 0..1 are their genres. `fold` (films,) is each film's fold, below `folds`; its logits
        come from a fit without its fold. Without `fold`, no logits are returned. `advance` is
        called with the number of films processed. In the training that follows, the logits replace
        the films' inputs, and `forward` returns them unchanged.
        """
        raise NotImplementedError(f"{type(self).__name__} learns apart: it needs this")


class Encoders(nn.ModuleDict):
    """The encoders of a model, by modality."""

    def __getitem__(self, key: str) -> Encoder:
        return cast(Encoder, super().__getitem__(key))

    def items(self) -> ItemsView[str, Encoder]:
        return cast("ItemsView[str, Encoder]", super().items())

    def values(self) -> ValuesView[Encoder]:
        return cast("ValuesView[Encoder]", super().values())
