"""An LSTM as ONNX's own operator."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def onnx_lstm(lstm: nn.LSTM, steps: Tensor) -> Tensor:
    """The output of `lstm` (batch first, in eval mode) for (batch, length, width), for an export.

    torch 2.13's exporter would fix the length of a text to the example's if one LSTM follows
    another, and in the second export of a process.
    """
    steps = steps.transpose(0, 1)
    for inner, hidden, *biases in lstm.all_weights:
        bias = torch.cat([_reordered(part) for part in biases], dim=1)
        [outputs] = torch.onnx.ops.symbolic_multi_out(
            "LSTM",
            (steps, _reordered(inner), _reordered(hidden), bias),
            {"hidden_size": lstm.hidden_size},
            dtypes=(steps.dtype,),
            shapes=((steps.shape[0], 1, steps.shape[1], lstm.hidden_size),),  # one direction
        )
        steps = outputs.squeeze(1)
    return steps.transpose(0, 1)


def _reordered(weights: Tensor) -> Tensor:
    """Weights in ONNX's order of gates (input, output, forget, cell); torch has input, forget,
    cell, output.
    """
    into, forget, cell, out = weights.chunk(4)
    return torch.cat([into, out, forget, cell]).unsqueeze(0)
