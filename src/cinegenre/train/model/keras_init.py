"""The random numbers that Keras's layers start from, for papers whose models are of Keras.

Keras differs from torch where it matters for an LSTM: the forget gate's bias is 1, so that a new
network remembers; the recurrent weights are orthogonal; word embeddings are 20 times smaller.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


@torch.no_grad()
def keras_init(module: nn.Module) -> None:
    """Start all layers of `module` as Keras 3's `Dense`, `Conv2D`, `LSTM` and `Embedding` do.

    Rows of an embedding that are zeros (padding) stay zeros.
    """
    for layer in module.modules():
        if isinstance(layer, nn.Linear | nn.Conv2d):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
        elif isinstance(layer, nn.Embedding):
            words = layer.weight.any(dim=1, keepdim=True)
            layer.weight.uniform_(-0.05, 0.05).mul_(words)
        elif isinstance(layer, nn.LSTM):
            _lstm(layer)


def _lstm(layer: nn.LSTM) -> None:
    for inner, hidden, *biases in layer.all_weights:
        # Of both all gates are one matrix, in Keras (width, 4 × units), in torch its transpose.
        nn.init.xavier_uniform_(inner)
        nn.init.orthogonal_(hidden)
        for bias in biases:
            nn.init.zeros_(bias)
        if biases:  # torch has two, which are added
            _forget(biases[0]).fill_(1)


def _forget(bias: Tensor) -> Tensor:
    """The part of the forget gate: torch's order is input, forget, cell, output."""
    return bias.chunk(4)[1]
