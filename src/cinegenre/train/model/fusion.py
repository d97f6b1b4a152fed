"""Fusions by name, which join the encoders' outputs into one row per film.

A fusion has `out_dim` and `forward(features, present) -> (batch, out_dim)`: `features` by modality,
each (batch, its width), and `present` bool (batch, modalities), at least one true in each row. Its
constructor takes the encoders' widths by modality, and the common width in the recipe (0 for the
width of the widest encoder). The features of an absent modality may be anything, even NaN.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn


class Concat(nn.Module):
    """Concatenates the outputs (Suk and Shen 2013); the part of an absent modality is zero.

    Each output keeps its own width, so the common `width` is ignored.
    """

    def __init__(self, widths: Mapping[str, int], width: int = 0) -> None:
        super().__init__()
        self.modalities = tuple(widths)
        self.out_dim = sum(widths.values())

    def forward(self, features: Mapping[str, Tensor], present: Tensor) -> Tensor:
        return torch.cat(_zero_absent(self.modalities, features, present), dim=1)


class Sum(nn.Module):
    """Passes each output through its own fully connected layer to one width, and adds them up.

    h = Σ W_m x_m + b_m over the present m (Mavromatakis, after Vinyals et al. 2015). It is a sum
    and not a mean, so that a modality contributes the same whatever the others are: its absence
    removes its part and rescales none of the others, like a zero in a concatenation.

    `shares` (sets, modalities) are factors of the parts, for each set of modalities present; they
    are 1 unless `export.weigh` fits them.
    """

    shares: Tensor

    def __init__(self, widths: Mapping[str, int], width: int = 0) -> None:
        super().__init__()
        self.modalities = tuple(widths)
        self.out_dim = width or max(widths.values())
        self.project = nn.ModuleList(nn.Linear(w, self.out_dim) for w in widths.values())
        self.register_buffer("shares", torch.ones(2 ** len(widths), len(widths)))

    def forward(self, features: Mapping[str, Tensor], present: Tensor) -> Tensor:
        parts = _zero_absent(self.modalities, features, present)
        projected = torch.stack(_each(self.project, parts), dim=1)  # (batch, modalities, out_dim)
        # Absent inputs are already zero, but the biases of their layers are not.
        shares = self.shares[set_number(present)].masked_fill(~present, 0)
        return (projected * shares[:, :, None]).sum(dim=1)


def set_number(present: Tensor) -> Tensor:
    """The number of each row's set of modalities, (batch,); the first is its lowest bit."""
    bits = 2 ** torch.arange(present.shape[1], device=present.device)
    return (present.long() * bits).sum(dim=1)


class Gated(nn.Module):
    """The gated multimodal unit of Arevalo et al. 2017, for any number of modalities.

    h_m = tanh(W_m x_m);  z = softmax over the present m of (V_m [x_1, x_2, …]);  h = Σ z_m * h_m

    with a gate for each modality and dimension of h, zeros for absent x, and no biases, as in the
    paper. For two modalities this is the paper's h = z * h_1 + (1 - z) * h_2 with
    z = sigmoid(V [x_1, x_2]) and V = V_1 - V_2. For more the paper has a sigmoid for each, which
    need not add up to 1.
    """

    def __init__(self, widths: Mapping[str, int], width: int = 0) -> None:
        super().__init__()
        self.modalities = tuple(widths)
        self.out_dim = width or max(widths.values())
        self.project = nn.ModuleList(
            nn.Linear(w, self.out_dim, bias=False) for w in widths.values()
        )
        self.gate = nn.Linear(sum(widths.values()), len(widths) * self.out_dim, bias=False)

    def forward(self, features: Mapping[str, Tensor], present: Tensor) -> Tensor:
        parts = _zero_absent(self.modalities, features, present)
        hidden = torch.stack(_each(self.project, parts), dim=1).tanh()
        gates = self.gate(torch.cat(parts, dim=1)).unflatten(1, (len(parts), self.out_dim))
        weights = gates.masked_fill(~present[:, :, None], -torch.inf).softmax(dim=1)
        fused: Tensor = (weights * hidden).sum(dim=1)  # all (batch, modalities, out_dim) before
        return fused


FUSIONS: dict[str, type[Concat] | type[Sum] | type[Gated]] = {
    "concat": Concat,
    "gated": Gated,
    "sum": Sum,
}


def _zero_absent(
    modalities: tuple[str, ...], features: Mapping[str, Tensor], present: Tensor
) -> list[Tensor]:
    # masked_fill, not a product: NaN × 0 is NaN, in the gradients too.
    return [
        features[name].masked_fill(~present[:, i, None], 0) for i, name in enumerate(modalities)
    ]


def _each(layers: nn.ModuleList, parts: list[Tensor]) -> list[Tensor]:
    return [layer(part) for layer, part in zip(layers, parts, strict=True)]
