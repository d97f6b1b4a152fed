"""A stacked LSTM over word embeddings (CNN + LSTM slides, "Stacked LSTMs").

With `vectors` they start from pretrained ones (Mavromatakis, 2.2: word2vec's of 300 dimensions).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ...errors import UserError
from ...inputs import TextInput
from ..config import limited
from ..vectors import fill_rows


@dataclass(frozen=True, kw_only=True)
class LSTMOptions:
    """`dropout` follows each LSTM layer; `out` is the width of the fully connected layer.

    `vectors` is a file of word vectors, `embedding` numbers each, that training starts from;
    `freeze_vectors` keeps them, and the random ones of words the file lacks, as they are.
    """

    vectors: str = ""
    freeze_vectors: bool = False
    embedding: int = limited(128, at_least=1)
    units: int = limited(64, at_least=1)
    layers: int = limited(2, at_least=1)
    dropout: float = limited(0.0, at_least=0, below=1)
    out: int = limited(18, at_least=1)


class LSTM(nn.Module):
    """Token numbers (batch, length) to (batch, out_dim): the last valid step of the last layer."""

    Reads = TextInput
    Options = LSTMOptions

    def __init__(self, reads: TextInput, options: LSTMOptions) -> None:
        super().__init__()
        if options.freeze_vectors and not options.vectors:
            raise UserError("freeze_vectors is set without vectors", "name a file as vectors")
        self.vectors = options.vectors
        self.pad_id = reads.pad_id
        self.out_dim = options.out
        self.embedding = nn.Embedding(reads.vocabulary, options.embedding, padding_idx=self.pad_id)
        self.embedding.weight.requires_grad_(not options.freeze_vectors)
        between = options.dropout if options.layers > 1 else 0.0
        self.lstm = nn.LSTM(
            options.embedding, options.units, options.layers, batch_first=True, dropout=between
        )
        self.dropout = nn.Dropout(options.dropout)
        self.project = nn.Linear(options.units, options.out)

    def load_vectors(self, reads: TextInput) -> dict[str, Any]:
        """Start the embeddings from `vectors`; the file and how many words it had, for run.json.

        Called once, before training: a checkpoint holds what the file gave. Words that it lacks
        keep a small random vector, padding keeps zeros.
        """
        if not self.vectors:
            return {}
        words = reads.tokenizer.get_vocab()
        words = {word: row for word, row in words.items() if row != self.pad_id}
        table = self.embedding.weight.detach()
        table *= 0.1  # nn.Embedding's have deviation 1, pretrained ones 0.1 to 0.4
        found = fill_rows(Path(self.vectors), words, table.numpy())
        return {"file": self.vectors, "found": found, "of": len(words)}

    def forward(self, inputs: Tensor) -> Tensor:
        lengths = (inputs != self.pad_id).sum(dim=1)  # (batch,)
        steps, _ = self.lstm(self.embedding(inputs))  # (batch, length, units)
        # Padding stands behind the text, so no valid step has seen it. Packed sequences would say
        # the same but do not export to ONNX.
        rows = torch.arange(inputs.shape[0], device=inputs.device)
        last = steps[rows, (lengths - 1).clamp(min=0)]  # (batch, units)
        projected: Tensor = self.project(self.dropout(last))
        return projected
