"""The memory layout of convolution weights."""

from __future__ import annotations

import torch
from torch import nn


def channels_last(body: nn.Module) -> None:
    """Store them with the channels last, like the pixels, which makes convolutions faster."""
    for parameter in body.parameters():
        if parameter.dim() == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)
