"""Losses by name: logits (batch, genres) and truth (batch, genres) to one number."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional


def binary_cross_entropy(logits: Tensor, truth: Tensor) -> Tensor:
    """Each genre a yes-or-no question of its own, the mean over all."""
    return functional.binary_cross_entropy_with_logits(logits, truth)


LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "binary_cross_entropy": binary_cross_entropy,
}
