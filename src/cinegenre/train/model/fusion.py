"""Fusions by name: the encoders' outputs to one row a film.

One has `forward(features, present) -> (batch, out_dim)` and `out_dim`: `features` by modality, each
(batch, its width), `present` bool (batch, modalities), at least one true in a row. Its constructor
takes the encoders' widths by modality and the common width that a recipe asks for, 0 for that of
the widest encoder. An absent modality's features may be anything, NaN too.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn


class Concat(nn.Module):
    """The outputs beside each other (Suk and Shen 2013); an absent modality's part is zero.

    Each keeps its own width: a common `width` has no meaning here and changes nothing.
    """

    def __init__(self, widths: Mapping[str, int], width: int = 0) -> None:
        super().__init__()
        self.modalities = tuple(widths)
        self.out_dim = sum(widths.values())

    def forward(self, features: Mapping[str, Tensor], present: Tensor) -> Tensor:
        return torch.cat(_zero_absent(self.modalities, features, present), dim=1)


class Sum(nn.Module):
    """Each output through its own fully connected layer to one width, then added up.

    h = Σ W_m x_m + b_m over the present m (Mavromatakis, after Vinyals et al. 2015). A sum, not a
    mean: a modality says the same whatever stands beside it, so that its absence takes away its
    part and rescales none of the others, as a zero does in a concatenation.

    `shares` (sets, modalities) are factors of the parts, by the set of modalities present; 1 unless
    `export.weigh` fits them.
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
        # Absent inputs are zero already; their layers' biases are not.
        shares = self.shares[set_number(present)].masked_fill(~present, 0)
        return (projected * shares[:, :, None]).sum(dim=1)


def set_number(present: Tensor) -> Tensor:
    """The number of each row's set of modalities, its bits from the first modality on, (batch,)."""
    bits = 2 ** torch.arange(present.shape[1], device=present.device)
    return (present.long() * bits).sum(dim=1)


class Gated(nn.Module):
    """The gated multimodal unit of Arevalo et al. 2017, for any number of modalities.

    h_m = tanh(W_m x_m);  z = softmax over the present m of (V_m [x_1, x_2, …]);  h = Σ z_m * h_m

    with a gate a modality and dimension of h, absent x as zeros, and no biases, as in the paper.
    For two modalities that is its h = z * h_1 + (1 - z) * h_2 with z = sigmoid(V [x_1, x_2]) and
    V = V_1 - V_2. For more the paper has a sigmoid each, which need not add up to 1.
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
