"""A pretrained image model over posters: ResNet (He et al. 2016), ViT (Dosovitskiy et al. 2021)."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from ...errors import UserError
from ...inputs import PosterInput
from .. import pretrained
from ..config import limited


@dataclass(frozen=True, kw_only=True)
class VisionOptions:
    """`model` is a folder, or an id of the Hugging Face Hub; `frozen` keeps its weights.

    `pool` is "average" or "max" over the last maps (of a ViT: over its tokens). Batch normalisation
    keeps the means and deviations it came with, so that in training too a film does not depend on
    its neighbours; with `train_norms` it takes each batch's, which needs large batches.
    """

    model: str
    frozen: bool = True
    pool: str = limited("average", of=("average", "max"))
    train_norms: bool = False


class Vision(nn.Module):
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
        self.body.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        scale, shift, self.flip = pretrained.pixel_scale(options.model)
        # Not in checkpoints: they come with the model, as its architecture does.
        self.register_buffer("scale", torch.tensor(scale).view(3, 1, 1), persistent=False)
        self.register_buffer("shift", torch.tensor(shift).view(3, 1, 1), persistent=False)
        known = inspect.signature(self.body.forward).parameters
        # A ViT's table of positions is for one size of image.
        self.extra = {k: True for k in ("interpolate_pos_encoding",) if k in known}
        self.body.requires_grad_(not self.frozen)
        self.eval()
        self.out_dim = self._width(reads)
        self.train()

    def forward(self, inputs: Tensor) -> Tensor:
        # (batch, height, width, 3) seen as (batch, 3, height, width) is channels-last already.
        pixels = inputs.permute(0, 3, 1, 2).to(torch.float32)
        pixels = pixels.flip(1) if self.flip else pixels
        maps = self.body(pixels * self.scale - self.shift, **self.extra).last_hidden_state.float()
        # (batch, width, height, width) of a convolutional network, (batch, tokens, width) of a ViT.
        places = (2, 3) if maps.dim() == 4 else (1,)
        pooled: Tensor = (
            maps.mean(dim=places) if self.options.pool == "average" else maps.amax(dim=places)
        )
        return pooled

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
        """Changes with the weights, the scaling of pixels and the pooling."""
        scaling = [*self.scale.flatten().tolist(), *self.shift.flatten().tolist(), self.flip]
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
