"""A stacked LSTM over word embeddings (CNN + LSTM slides, "Stacked LSTMs").

With `vectors` the embeddings start from pretrained word vectors (Mavromatakis, 2.2: word2vec with
300 dimensions), or from word2vec vectors trained on the training films' texts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ....errors import UserError
from ....inputs import TextInput
from ...config import limited
from ..corpus import Corpus
from ..onnx_lstm import onnx_lstm
from ..vectors import fill_rows
from ..word2vec import trained_vectors
from .base import Encoder

TRAIN = "train"
"""The value of `vectors` for word vectors trained on the training films."""


@dataclass(frozen=True, kw_only=True)
class LSTMOptions:
    """`dropout` follows each LSTM layer; `out` is the width of the fully connected layer.

    `vectors` is a file of word vectors with `embedding` numbers each, or "train" for vectors that
    gensim makes of the training films' texts. `freeze_vectors` keeps the embeddings unchanged in
    training, including the random ones of words without a vector.
    """

    vectors: str = ""
    freeze_vectors: bool = False
    embedding: int = limited(128, at_least=1)
    units: int = limited(64, at_least=1)
    layers: int = limited(2, at_least=1)
    dropout: float = limited(0.0, at_least=0, below=1)
    out: int = limited(18, at_least=1)


class LSTM(Encoder):
    """Token numbers (batch, length) to (batch, out_dim): the last valid step of the last layer."""

    Reads = TextInput
    Options = LSTMOptions
    has_lstm = True

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

    def begin(self, corpus: Callable[[], Corpus]) -> dict[str, Any]:
        """Initialise the embeddings from `vectors`.

        Returns the file, or the number of texts they were trained on, and how many words have a
        vector. Words without one keep a small random vector, and padding keeps zeros.
        """
        if not self.vectors:
            return {}
        texts = corpus()
        words = texts.reads.tokenizer.get_vocab()
        words = {word: row for word, row in words.items() if row != self.pad_id}
        table = self.embedding.weight.detach()
        table *= 0.1  # nn.Embedding starts with deviation 1; pretrained vectors have 0.1 to 0.4
        if self.vectors == TRAIN:
            own, count = trained_vectors(texts, table.shape[1])
            rows = [row for row in words.values() if not np.isnan(own[row, 0])]
            table[rows] = torch.from_numpy(own[rows])
            return {"trained_on": count, "found": len(rows), "of": len(words)}
        filled = fill_rows(Path(self.vectors), words, table.numpy())
        return {"file": self.vectors, "found": filled, "of": len(words)}

    def forward(self, inputs: Tensor) -> Tensor:
        lengths = (inputs != self.pad_id).sum(dim=1)  # (batch,)
        steps = self._steps(self.embedding(inputs))  # (batch, length, units)
        # Padding comes after the text, so no valid step depends on it. Packed sequences would give
        # the same result, but cannot be exported to ONNX.
        rows = torch.arange(inputs.shape[0], device=inputs.device)
        last = steps[rows, (lengths - 1).clamp(min=0)]  # (batch, units)
        projected: Tensor = self.project(self.dropout(last))
        return projected

    def _steps(self, words: Tensor) -> Tensor:
        if torch.onnx.is_in_onnx_export():
            return onnx_lstm(self.lstm, words)
        steps: Tensor = self.lstm(words)[0]
        return steps
