"""Fusions by name: the encoders' outputs to one row a film.

One has `forward(features, present) -> (batch, out_dim)` and `out_dim`; its constructor takes the
encoders' widths by modality.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn


class Concat(nn.Module):
    """The outputs beside each other (Suk and Shen 2013); an absent modality's part is zero."""

    def __init__(self, widths: Mapping[str, int]) -> None:
        super().__init__()
        self.modalities = tuple(widths)
        self.out_dim = sum(widths.values())

    def forward(self, features: Mapping[str, Tensor], present: Tensor) -> Tensor:
        """`features` by modality, each (batch, width); `present` bool (batch, modalities)."""
        # where, not a product: an absent modality's features may be anything, NaN too.
        parts = [
            torch.where(present[:, i, None], features[name], torch.zeros_like(features[name]))
            for i, name in enumerate(self.modalities)
        ]
        return torch.cat(parts, dim=1)


FUSIONS: dict[str, type[Concat]] = {"concat": Concat}
