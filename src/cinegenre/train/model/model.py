"""The model of all recipes: encoders, a fusion and a head; any modality may be absent."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from itertools import product
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...errors import unknown
from ...inputs import PosterInput, TextInput
from ..recipe import ModelConfig, Recipe
from .corpus import Corpus
from .encoders import Encoder, Encoders, build_encoder
from .fusion import FUSIONS, Sum
from .keras_init import keras_init


class BatchNorm(nn.BatchNorm1d):
    """Batch normalisation that uses the running statistics for a batch of one film."""

    def forward(self, input: Tensor) -> Tensor:
        if self.training and len(input) == 1:
            one: Tensor = functional.batch_norm(
                input, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps
            )
            return one
        return super().forward(input)


class Head(nn.Module):
    """Fusion, fully connected layers with ReLU and dropout, and one logit per genre.

    Features are dropped with `feature_dropout`, except those of the modalities `whole`.
    """

    def __init__(
        self,
        widths: Mapping[str, int],
        genres: int,
        config: ModelConfig,
        whole: Collection[str] = (),
    ) -> None:
        super().__init__()
        self.whole = frozenset(whole)
        if config.fusion not in FUSIONS:
            raise unknown("fusion", config.fusion, FUSIONS)
        self.fusion = FUSIONS[config.fusion](widths, config.fusion_width)
        self.dropout = nn.Dropout(config.feature_dropout)
        layers: list[nn.Module] = []
        width = self.fusion.out_dim
        for hidden in config.hidden:
            norm = [BatchNorm(hidden)] if config.batch_norm else []
            layers += [nn.Linear(width, hidden), *norm, nn.ReLU(), nn.Dropout(config.dropout)]
            width = hidden
        self.classify = nn.Sequential(*layers, nn.Linear(width, genres))

    def forward(self, features: Mapping[str, Tensor], present: Tensor) -> Tensor:
        """The logits of features by modality, each (batch, width), and `present` masks."""
        kept = {
            name: feature if name in self.whole else self.dropout(feature)
            for name, feature in features.items()
        }
        logits: Tensor = self.classify(self.fusion(kept, present))
        return logits


class GenreModel(nn.Module):
    """The logits (batch, genres) of a batch by modality, with its `present` masks.

    In training mode each present modality is hidden with probability `modality_dropout`, but never
    the last one of a film.

    Modalities `apart` have learned from the labels before the training. If the model fits weights
    for its parts, they take no part in the training: an encoder that learns beside a good predictor
    only learns what that one lacks, and is worse alone and on films that are new to both. Their
    logits are ignored until `join`.
    """

    def __init__(self, encoders: Mapping[str, Encoder], genres: int, config: ModelConfig) -> None:
        super().__init__()
        self.encoders = Encoders(dict(encoders))
        widths = {name: encoder.out_dim for name, encoder in encoders.items()}
        # These outputs are logits of genres, which must not be dropped.
        logits = [name for name, encoder in encoders.items() if encoder.learns_apart]
        self.head = Head(widths, genres, config, logits)
        self.modality_dropout = config.modality_dropout
        apart = logits if config.weigh and len(logits) < len(encoders) else []
        self.apart = frozenset(apart)

    def forward(self, batch: Mapping[str, Tensor], present: Tensor) -> Tensor:
        """The logits of `batch`, by modality as its encoder reads it; `present` as above."""
        present = self._heard(present)
        if self.training and self.modality_dropout:
            present = self._hide(present)
        logits: Tensor = self.head(self.encode(batch, present), present)
        return logits

    def encode(self, batch: Mapping[str, Tensor], present: Tensor) -> dict[str, Tensor]:
        """The encoders' outputs by modality, (batch, width) each, zeros where not `present`."""
        return {
            name: _encode_present(encoder, batch[name], present[:, i])
            for i, (name, encoder) in enumerate(self.encoders.items())
        }

    def sets(self, batch: Mapping[str, Tensor], present: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
        """For every set of modalities, the rows of the batch that have one of them, and the logits
        of these rows from that set alone. Each encoder runs only once.
        """
        present = self._heard(present)
        features = self.encode(batch, present)
        choices = [(False,) if name in self.apart else (True, False) for name in self.encoders]
        for kept in product(*choices):
            part = present & torch.tensor(kept, device=present.device)
            rows = part.any(dim=1).nonzero().squeeze(1)
            if len(rows):
                some = {name: feature[rows] for name, feature in features.items()}
                yield rows, self.head(some, part[rows])

    def join(self) -> None:
        """Add the logits of the modalities `apart` unchanged from now on.

        Their layers in the fusion become the pseudo-inverse of the last layer.
        """
        last, fusion = self.head.classify[-1], self.head.fusion
        assert isinstance(last, nn.Linear) and isinstance(fusion, Sum)
        back = torch.linalg.pinv(last.weight.detach())  # (width, genres)
        for name, layer in zip(fusion.modalities, fusion.project, strict=True):
            if name in self.apart:
                assert isinstance(layer, nn.Linear)
                with torch.no_grad():
                    layer.weight.copy_(back)
                    layer.bias.copy_(-back @ last.bias)
        self.apart = frozenset()

    def _heard(self, present: Tensor) -> Tensor:
        if not self.apart:
            return present
        heard = [name not in self.apart for name in self.encoders]
        return present & torch.tensor(heard, device=present.device)

    def _hide(self, present: Tensor) -> Tensor:
        luck = torch.rand(present.shape, device=present.device).masked_fill(~present, -1)
        spared = torch.zeros_like(present).scatter_(1, luck.argmax(1, keepdim=True), True)
        return present & (spared | (luck >= self.modality_dropout))


def _encode_present(encoder: Encoder, inputs: Tensor, present: Tensor) -> Tensor:
    """The outputs of `encoder` for the present rows; zeros for the others, at no cost."""
    if present.all():
        encoded: Tensor = encoder(inputs)
        return encoded
    rows = present.nonzero().squeeze(1)
    features = torch.zeros(len(inputs), encoder.out_dim, device=inputs.device)
    if len(rows):
        features = features.index_copy(0, rows, encoder(inputs[rows]).to(features.dtype))
    return features


def build_model(
    recipe: Recipe, inputs: Mapping[str, TextInput | PosterInput], genres: int
) -> GenreModel:
    """The model that a recipe describes, with the inputs made for its films."""
    encoders = {
        name: build_encoder(name, recipe.encoders[name], reads, genres)
        for name, reads in inputs.items()
    }
    model = GenreModel(encoders, genres, recipe.model)
    if recipe.model.init == "keras":
        fresh = [e for e in encoders.values() if e.from_scratch and not e.frozen]
        for part in (model.head, *fresh):
            keras_init(part)
    return model


def begin(
    model: GenreModel, modalities: Collection[str], corpus: Callable[[str], Corpus]
) -> dict[str, dict[str, Any]]:
    """Call `begin` of the encoders of `modalities`, which may learn something before the training.

    `corpus` returns the texts of the training split for a modality. Returns what each reports.
    """
    records = {
        name: encoder.begin(partial(corpus, name))
        for name, encoder in model.encoders.items()
        if name in modalities
    }
    return {name: record for name, record in records.items() if record}
