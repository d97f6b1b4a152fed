"""A pretrained image model over posters: ResNet (He et al. 2016), ViT (Dosovitskiy et al. 2021)."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from ....errors import UserError
from ....inputs import PosterInput
from ...config import limited
from .. import pretrained
from ..layout import channels_last
from .base import Encoder


@dataclass(frozen=True, kw_only=True)
class VisionOptions:
    """`model` is a folder, or an id on the Hugging Face Hub; with `frozen` it does not learn.

    `pool` is "average" or "max" over the last maps (in a ViT, over its tokens). Batch normalisation
    keeps its pretrained means and deviations, so that a film does not depend on its neighbours in
    training either; with `train_norms` it uses those of each batch, which needs large batches. With
    `last_stages` only that many of its last stages learn (0 for all), and the outputs of the stages
    before them are computed once; `mirror` is the probability that they are mirrored in training.
    """

    model: str
    frozen: bool = True
    pool: str = limited("average", of=("average", "max"))
    train_norms: bool = False
    last_stages: int = limited(0, at_least=0)
    mirror: float = limited(0.0, at_least=0, below=1)


class Vision(Encoder):
    """Pixels (batch, height, width, 3) in 0..255, of any size, to (batch, out_dim).

    Pixels are scaled as the model's preprocessor_config.json says. Raises `UserError` for a model
    that does not read images, or for posters that are too small for it.
    """

    Reads = PosterInput
    Options = VisionOptions
    scale: Tensor
    shift: Tensor

    def __init__(self, reads: PosterInput, options: VisionOptions) -> None:
        super().__init__()
        self.options, self.frozen = options, options.frozen
        self.body = pretrained.load_body(options.model)
        channels_last(self.body)
        scale, shift, self.flip = pretrained.pixel_scale(options.model)
        # Not in checkpoints, because they are part of the pretrained model, like its architecture.
        self.register_buffer("scale", torch.tensor(scale), persistent=False)
        self.register_buffer("shift", torch.tensor(shift), persistent=False)
        known = inspect.signature(self.body.forward).parameters
        # A ViT has position embeddings for one image size; for others they must be interpolated.
        self.extra = {k: True for k in ("interpolate_pos_encoding",) if k in known}
        self.body.requires_grad_(not self.frozen)
        self.has_stem = not self.frozen and options.last_stages > 0
        if self.has_stem:
            self._stem().requires_grad_(False)
        self.eval()
        self.out_dim = self._width(reads)
        self.train()

    def forward(self, inputs: Tensor) -> Tensor:
        if self.has_stem:
            maps = self.stem(inputs) if inputs.dtype == torch.uint8 else inputs
            return self.pooled(self._mirrored(maps), self.last_stages())
        maps = self.body(self._scaled(inputs), **self.extra).last_hidden_state
        return self._pool(maps.float())

    def last_stages(self) -> nn.ModuleList:
        """The stages that learn, in a model with a stem."""
        return self._stages()[-self.options.last_stages :]

    def pooled(self, maps: Tensor, stages: Iterable[nn.Module]) -> Tensor:
        """The pooled output (batch, width) of `stages` for maps (batch, height, width,
        channels).
        """
        return self.each_pooled(maps, stages)[-1]

    def each_pooled(self, maps: Tensor, stages: Iterable[nn.Module]) -> list[Tensor]:
        """The pooled maps of the stem and of each of `stages`, (batch, its width) each."""
        maps = maps.permute(0, 3, 1, 2).to(torch.float32)
        seen = [self._pool(maps)]
        for stage in stages:
            maps = stage(maps)
            seen.append(self._pool(maps.float()))
        return seen

    def _pool(self, maps: Tensor) -> Tensor:
        # (batch, channels, height, width) in a convolutional network, (batch, tokens, width) in a
        # ViT.
        places = (2, 3) if maps.dim() == 4 else (1,)
        pooled: Tensor = (
            maps.mean(dim=places) if self.options.pool == "average" else maps.amax(dim=places)
        )
        return pooled

    def stem(self, inputs: Tensor) -> Tensor:
        """The inputs of the stages that learn, (batch, height, width, channels), from pixels."""
        maps = self.body.get_submodule("embedder")(self._scaled(inputs))
        for stage in self._stages()[: -self.options.last_stages]:
            maps = stage(maps)
        behind: Tensor = maps.permute(0, 2, 3, 1)
        return behind

    def _scaled(self, inputs: Tensor) -> Tensor:
        # Scaled by whole rows: with three channels at a time, a CPU's vector units are hardly used.
        scale, shift = (
            (part.flip(0) if self.flip else part).repeat(inputs.shape[2])
            for part in (self.scale, self.shift)
        )
        rows = inputs.flatten(2).to(torch.float32) * scale - shift  # (batch, height, width * 3)
        # (batch, height, width, 3) seen as (batch, 3, height, width) is channels-last already.
        pixels: Tensor = rows.unflatten(2, (inputs.shape[2], 3)).permute(0, 3, 1, 2)
        return pixels.flip(1) if self.flip else pixels

    def _mirrored(self, maps: Tensor) -> Tensor:
        if not (self.training and self.options.mirror):
            return maps
        chosen = torch.rand(len(maps), device=maps.device) < self.options.mirror
        return torch.where(chosen[:, None, None, None], maps.flip(2), maps)

    def tail_parameters(self) -> list[nn.Parameter]:
        """The parameters that can learn, whether or not they are frozen now."""
        kept = {id(part) for part in self._stem().parameters()} if self.has_stem else set()
        return [part for part in self.body.parameters() if id(part) not in kept]

    def _stem(self) -> nn.ModuleList:
        """The layers before the stages that learn."""
        try:
            embedder, stages = self.body.get_submodule("embedder"), self._stages()
        except AttributeError:
            raise UserError(
                f"last_stages is set, and {self.options.model} has no stages",
                "leave it out, or name a ResNet, a RegNet or an EfficientNet-Lite",
            ) from None
        asked = self.options.last_stages
        if asked >= len(stages):
            raise UserError(
                f"last_stages is {asked}, {self.options.model} has {len(stages)}",
                "leave it out, so that all learn",
            )
        return nn.ModuleList([embedder, *stages[:-asked]])

    def _stages(self) -> nn.ModuleList:
        """All stages of the model. Raises `AttributeError` if it has none."""
        stages = self.body.get_submodule("encoder.stages")
        assert isinstance(stages, nn.ModuleList)
        return stages

    def train(self, mode: bool = True) -> Vision:
        """As in any module, but frozen parts stay in eval mode, and norms without `train_norms`."""
        super().train(mode and not self.frozen)
        if not self.options.train_norms:
            for part in self.body.modules():
                if isinstance(part, _BatchNorm):
                    part.eval()
        return self

    def depths(self) -> list[list[nn.Parameter]]:
        """The stem, then each stage (of a ViT: the embeddings, then each layer)."""
        return pretrained.depths(self.body)

    @cached_property
    def fingerprint(self) -> str:
        """A key for stored outputs, which changes with the scaling, the pooling and the weights."""
        scaling = [*self.scale.flatten().tolist(), *self.shift.flatten().tolist(), self.flip]
        if self.has_stem:
            return pretrained.fingerprint(self.options.model, self._stem(), "stem", str(scaling))
        return pretrained.fingerprint(
            self.options.model, self.body, self.options.pool, str(scaling)
        )

    def _width(self, reads: PosterInput) -> int:
        """The width of the outputs, found by running one black poster."""
        black: Any = torch.zeros(1, reads.height, reads.width, 3, dtype=torch.uint8)
        try:
            with torch.no_grad():
                return int(self(black).shape[1])
        except (TypeError, ValueError, RuntimeError, AttributeError, IndexError) as error:
            first = next(iter(str(error).splitlines()), type(error).__name__)
            raise UserError(
                f"{self.options.model} reads no posters of {reads.height} × {reads.width} pixels "
                f"({first})",
                "name an image model, or larger posters",
            ) from None
