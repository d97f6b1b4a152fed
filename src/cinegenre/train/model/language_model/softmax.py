"""The cross-entropy of a softmax over a whole vocabulary, tied to the embedding."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

_NUMBERS = 1 << 25
"""Logits at a time."""


def tied_cross_entropy(steps: Tensor, table: Tensor, bias: Tensor, targets: Tensor) -> Tensor:
    """The mean of -log softmax(steps · tableᵀ + bias) at the targets, float32 scalar.

    steps (rows, width), table (words, width), bias (words,), targets (rows,) int64. Computed in the
    autocast's type where one is on. Gradients are taken in the same pass, a piece of the rows at a
    time: half the time of torch's own, which walks over all logits five times.
    """
    if torch.is_grad_enabled():
        apply: Callable[..., Tensor] = _TiedCrossEntropy.apply
        return apply(steps, table, bias, targets)
    losses = [
        F.cross_entropy(F.linear(steps[rows], table, bias).float(), targets[rows], reduction="sum")
        for rows in _pieces(len(steps), len(table))
    ]
    return torch.stack(losses).sum() / len(steps)


class _TiedCrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, steps: Tensor, table: Tensor, bias: Tensor, targets: Tensor) -> Tensor:
        device = steps.device.type
        auto = torch.is_autocast_enabled(device)
        kind = torch.get_autocast_dtype(device) if auto else table.dtype
        with torch.autocast(device, enabled=False):
            low_steps, low_table, low_bias = (part.to(kind) for part in (steps, table, bias))
            by_steps = torch.empty_like(low_steps)
            by_table, by_bias = torch.zeros_like(table), torch.zeros_like(bias)
            loss = torch.zeros((), device=steps.device)
            for rows in _pieces(len(steps), len(table)):
                part, at = low_steps[rows], targets[rows, None]
                chances = torch.addmm(low_bias, part, low_table.T).softmax(dim=1)
                right = chances.gather(1, at)
                loss -= right.float().clamp(min=torch.finfo(torch.float32).tiny).log().sum()
                chances.scatter_(1, at, right - 1)  # now the gradient by the logits
                by_steps[rows] = chances @ low_table
                by_table += chances.T @ part
                by_bias += chances.sum(dim=0, dtype=torch.float32)
        ctx.save_for_backward(by_steps.to(steps.dtype), by_table, by_bias)
        ctx.rows = len(steps)
        return loss / len(steps)

    @staticmethod
    def backward(ctx: Any, *outer: Tensor) -> tuple[Tensor | None, ...]:
        scale = outer[0] / ctx.rows
        return (*(part * scale.to(part.dtype) for part in ctx.saved_tensors), None)


def _pieces(rows: int, words: int) -> Iterator[slice]:
    size = max(_NUMBERS // words, 1)
    return (slice(at, at + size) for at in range(0, rows, size))
