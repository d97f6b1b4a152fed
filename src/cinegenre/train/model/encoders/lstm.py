"""A stacked LSTM over word embeddings (CNN + LSTM slides, "Stacked LSTMs").

With `vectors` the embeddings start from pretrained word vectors (Mavromatakis, 2.2: word2vec with
300 dimensions), or from word2vec vectors trained on the training films' texts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from ....errors import UserError
from ....inputs import TextInput
from ...config import limited
from ..corpus import Corpus
from ..onnx_lstm import onnx_lstm
from ..start_vectors import start_from_vectors
from .base import Encoder


@dataclass(frozen=True, kw_only=True)
class LSTMOptions:
    """`dropout` follows each LSTM layer; `out` is the width of the fully connected layer.

    `vectors` is a file of word vectors with `embedding` numbers each, or "train" for vectors that
    gensim makes of the training films' texts. `freeze_vectors` keeps the embeddings unchanged in
    training, including the random ones of words without a vector.

    `read_padding` pads each text to the longest that the input allows, and takes the output at the
    last step instead of at the last word, as Keras does without masking.
    """

    vectors: str = ""
    freeze_vectors: bool = False
    read_padding: bool = False
    embedding: int = limited(128, at_least=1)
    units: int = limited(64, at_least=1)
    layers: int = limited(2, at_least=1)
    dropout: float = limited(0.0, at_least=0, below=1)
    out: int = limited(18, at_least=1)


class LSTM(Encoder):
    """Token numbers (batch, length) to (batch, out_dim): the last layer at the last word."""

    Reads = TextInput
    Options = LSTMOptions
    has_lstm = True
    from_scratch = True

    def __init__(self, reads: TextInput, options: LSTMOptions) -> None:
        super().__init__()
        if options.freeze_vectors and not options.vectors:
            raise UserError("freeze_vectors is set without vectors", "name a file as vectors")
        self.vectors = options.vectors
        self.pad_id = reads.pad_id
        self.padded_to = reads.max_tokens if options.read_padding else 0
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
        """Start the embeddings from `vectors`; words without one keep a small random vector."""
        if not self.vectors:
            return {}
        with (
            torch.no_grad()
        ):  # nn.Embedding starts with deviation 1; pretrained ones have 0.1 to 0.4
            self.embedding.weight *= 0.1
        return start_from_vectors(self.embedding, self.vectors, corpus())

    def forward(self, inputs: Tensor) -> Tensor:
        if self.padded_to:
            padding = inputs.new_full((inputs.shape[0], self.padded_to), self.pad_id)
            padded = torch.cat([inputs, padding], dim=1)[:, : self.padded_to]
            return self._project(self._steps(self.embedding(padded))[:, -1])
        lengths = (inputs != self.pad_id).sum(dim=1)  # (batch,)
        steps = self._steps(self.embedding(inputs))  # (batch, length, units)
        # Padding comes after the text, so no valid step depends on it. Packed sequences would give
        # the same result, but cannot be exported to ONNX.
        rows = torch.arange(inputs.shape[0], device=inputs.device)
        last = steps[rows, (lengths - 1).clamp(min=0)]  # (batch, units)
        return self._project(last)

    def _project(self, step: Tensor) -> Tensor:
        projected: Tensor = self.project(self.dropout(step))
        return projected

    def _steps(self, words: Tensor) -> Tensor:
        if torch.onnx.is_in_onnx_export():
            return onnx_lstm(self.lstm, words)
        steps: Tensor = self.lstm(words)[0]
        return steps
