"""A plain convolutional network over posters, with max-pooling and fully connected layers.

The CNN + LSTM slides' models 0 and 1; Mavromatakis' four convolutions (section 2.2) are `filters`
of four; Dave's seven layers (3.1) are `filters = [32, 32, 32, 64], hidden = [64], out = 32,
hidden_dropout = 0.5`, before a head without hidden layers.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ....errors import UserError
from ....inputs import PosterInput
from ...config import limited
from ..layout import channels_last
from .base import Encoder


@dataclass(frozen=True, kw_only=True)
class CNNOptions:
    """3×3 convolutions with `filters` channels, each with 2×2 max-pooling and ReLU.

    `dropout` follows the last of them. `hidden` and then `out` are the widths of the fully
    connected layers, each with ReLU and `hidden_dropout`.
    """

    filters: tuple[int, ...] = limited((64, 128), at_least=1)
    dropout: float = limited(0.0, at_least=0, below=1)
    hidden: tuple[int, ...] = limited((), at_least=1)
    hidden_dropout: float = limited(0.0, at_least=0, below=1)
    out: int = limited(512, at_least=1)


class CNN(Encoder):
    """Pixels (batch, height, width, 3) in 0..255 to (batch, out_dim)."""

    Reads = PosterInput
    Options = CNNOptions
    from_scratch = True

    def __init__(self, reads: PosterInput, options: CNNOptions) -> None:
        super().__init__()
        self.out_dim = options.out
        layers: list[nn.Module] = []
        channels, height, width = 3, reads.height, reads.width
        for filters in options.filters:
            # Max-pooling before the ReLU gives the same result, with a quarter of the ReLUs.
            layers += [nn.Conv2d(channels, filters, 3, padding=1), nn.MaxPool2d(2), nn.ReLU()]
            channels, height, width = filters, height // 2, width // 2
        if not height or not width:
            raise UserError(
                f"a poster of {reads.height} × {reads.width} pixels is too small for "
                f"{len(options.filters)} poolings, which halve it each",
                "make the poster larger, or name fewer filters",
            )
        self.convolutions = nn.Sequential(*layers)
        channels_last(self.convolutions)
        self.dropout = nn.Dropout(options.dropout)
        layers, inner = [], channels * height * width
        for outer in (*options.hidden, options.out):
            layers += [nn.Linear(inner, outer), nn.ReLU(), nn.Dropout(options.hidden_dropout)]
            inner = outer
        self.project = nn.Sequential(*layers)

    def forward(self, inputs: Tensor) -> Tensor:
        # (batch, height, width, 3) seen as (batch, 3, height, width) is channels-last already.
        pixels = inputs.permute(0, 3, 1, 2).to(torch.float32) / 127.5 - 1
        maps = self.dropout(self.convolutions(pixels))
        projected: Tensor = self.project(maps.flatten(1))
        return projected
