"""A stacked LSTM over word embeddings (CNN + LSTM slides, "Stacked LSTMs")."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ...inputs import TextInput


@dataclass(frozen=True, kw_only=True)
class LSTMOptions:
    """`dropout` follows each LSTM layer; `out` is the width of the fully connected layer."""

    embedding: int = 128
    units: int = 64
    layers: int = 2
    dropout: float = 0.0
    out: int = 18


class LSTM(nn.Module):
    """Token numbers (batch, length) to (batch, out_dim): the last valid step of the last layer."""

    Options = LSTMOptions

    def __init__(self, reads: TextInput, options: LSTMOptions) -> None:
        super().__init__()
        self.pad_id = reads.pad_id
        self.out_dim = options.out
        self.embedding = nn.Embedding(reads.vocabulary, options.embedding, padding_idx=self.pad_id)
        between = options.dropout if options.layers > 1 else 0.0
        self.lstm = nn.LSTM(
            options.embedding, options.units, options.layers, batch_first=True, dropout=between
        )
        self.dropout = nn.Dropout(options.dropout)
        self.project = nn.Linear(options.units, options.out)

    def forward(self, inputs: Tensor) -> Tensor:
        lengths = (inputs != self.pad_id).sum(dim=1)  # (batch,)
        steps, _ = self.lstm(self.embedding(inputs))  # (batch, length, units)
        # Padding stands behind the text, so no valid step has seen it. Packed sequences would say
        # the same but do not export to ONNX.
        rows = torch.arange(inputs.shape[0], device=inputs.device)
        last = steps[rows, (lengths - 1).clamp(min=0)]  # (batch, units)
        projected: Tensor = self.project(self.dropout(last))
        return projected
