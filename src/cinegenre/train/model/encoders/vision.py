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
    """`model` is a folder, or an id of the Hugging Face Hub; `frozen` keeps its weights.

    `pool` is "average" or "max" over the last maps (of a ViT: over its tokens). Batch normalisation
    keeps the means and deviations it came with, so that in training too a film does not depend on
    its neighbours; with `train_norms` it takes each batch's, which needs large batches.
    `last_stages` lets only so many of its last stages learn (0: all), and what stands before them
    is computed once; `mirror` is the chance that a poster's maps are mirrored in training then.
    """

    model: str
    frozen: bool = True
    pool: str = limited("average", of=("average", "max"))
    train_norms: bool = False
    last_stages: int = limited(0, at_least=0)
    mirror: float = limited(0.0, at_least=0, below=1)


class Vision(Encoder):
    """Pixels (batch, height, width, 3) in 0..255, of any size, to (batch, out_dim).

    They are scaled as the model's preprocessor_config.json says. Raises `UserError` for a model
    that reads no images, or posters too small for it.
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
        # Not in checkpoints: they come with the model, as its architecture does.
        self.register_buffer("scale", torch.tensor(scale), persistent=False)
        self.register_buffer("shift", torch.tensor(shift), persistent=False)
        known = inspect.signature(self.body.forward).parameters
        # A ViT's table of positions is for one size of image.
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
        """The stages that learn, of a model with a stem."""
        return self._stages()[-self.options.last_stages :]

    def pooled(self, maps: Tensor, stages: Iterable[nn.Module]) -> Tensor:
        """What `stages` make of a stem's maps (batch, height, width, channels), (batch, width)."""
        return self.each_pooled(maps, stages)[-1]

    def each_pooled(self, maps: Tensor, stages: Iterable[nn.Module]) -> list[Tensor]:
        """The stem's maps and what each of `stages` makes of them, pooled, (batch, its width)."""
        maps = maps.permute(0, 3, 1, 2).to(torch.float32)
        seen = [self._pool(maps)]
        for stage in stages:
            maps = stage(maps)
            seen.append(self._pool(maps.float()))
        return seen

    def _pool(self, maps: Tensor) -> Tensor:
        # (batch, width, height, width) of a convolutional network, (batch, tokens, width) of a ViT.
        places = (2, 3) if maps.dim() == 4 else (1,)
        pooled: Tensor = (
            maps.mean(dim=places) if self.options.pool == "average" else maps.amax(dim=places)
        )
        return pooled

    def stem(self, inputs: Tensor) -> Tensor:
        """Pixels to what the stages that learn read, (batch, height, width, channels)."""
        maps = self.body.get_submodule("embedder")(self._scaled(inputs))
        for stage in self._stages()[: -self.options.last_stages]:
            maps = stage(maps)
        behind: Tensor = maps.permute(0, 2, 3, 1)
        return behind

    def _scaled(self, inputs: Tensor) -> Tensor:
        # Scaled in whole rows: over three channels at a time a CPU's vectors stay nearly empty.
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
        """Those that learn, whether or not they do now."""
        kept = {id(part) for part in self._stem().parameters()} if self.has_stem else set()
        return [part for part in self.body.parameters() if id(part) not in kept]

    def _stem(self) -> nn.ModuleList:
        """What stands before the stages that learn."""
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
        """All of them. Raises `AttributeError` for a model that has none."""
        stages = self.body.get_submodule("encoder.stages")
        assert isinstance(stages, nn.ModuleList)
        return stages

    def train(self, mode: bool = True) -> Vision:
        """As of any module; frozen ones stay in eval mode, and norms without `train_norms`."""
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
        """Changes with the scaling of pixels, the pooling, and the weights; with a stem its own."""
        scaling = [*self.scale.flatten().tolist(), *self.shift.flatten().tolist(), self.flip]
        if self.has_stem:
            return pretrained.fingerprint(self.options.model, self._stem(), "stem", str(scaling))
        return pretrained.fingerprint(
            self.options.model, self.body, self.options.pool, str(scaling)
        )

    def _width(self, reads: PosterInput) -> int:
        """The width of the outputs, by trying one black poster."""
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
