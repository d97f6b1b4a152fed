"""An LSTM as ONNX's own operator."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def onnx_lstm(lstm: nn.LSTM, steps: Tensor) -> Tensor:
    """What `lstm`, batch first and in eval mode, gives for (batch, length, width), in an export.

    torch 2.13's exporter fixes the length of a text to the example's when one LSTM follows another,
    and in the second export of a process.
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
    """torch has the gates input, forget, cell, output; ONNX wants input, output, forget, cell."""
    into, forget, cell, out = weights.chunk(4)
    return torch.cat([into, out, forget, cell]).unsqueeze(0)
