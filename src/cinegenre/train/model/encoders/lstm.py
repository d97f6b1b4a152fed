"""A stacked LSTM over word embeddings (CNN + LSTM slides, "Stacked LSTMs").

With `vectors` they start from pretrained ones (Mavromatakis, 2.2: word2vec's of 300 dimensions),
or from word2vec's trained on the training films' own texts.
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
"""What `vectors` says where no file gives them."""


@dataclass(frozen=True, kw_only=True)
class LSTMOptions:
    """`dropout` follows each LSTM layer; `out` is the width of the fully connected layer.

    `vectors` is a file of word vectors, `embedding` numbers each, that training starts from, or
    "train" for vectors of the training films' texts, made by gensim. `freeze_vectors` keeps them,
    and the random ones of words that have none, as they are.
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
        """Start the embeddings from `vectors`; for run.json the file, or the number of texts they
        were trained on, and how many words were found.

        Called once, before training: a checkpoint holds what they gave. Words without one keep a
        small random vector, padding keeps zeros.
        """
        if not self.vectors:
            return {}
        texts = corpus()
        words = texts.reads.tokenizer.get_vocab()
        words = {word: row for word, row in words.items() if row != self.pad_id}
        table = self.embedding.weight.detach()
        table *= 0.1  # nn.Embedding's have deviation 1, pretrained ones 0.1 to 0.4
        if self.vectors == TRAIN:
            own, count = trained_vectors(texts, table.shape[1])
            rows = [row for row in words.values() if not np.isnan(own[row, 0])]
            table[rows] = torch.from_numpy(own[rows])
            return {"trained_on": count, "found": len(rows), "of": len(words)}
        found = fill_rows(Path(self.vectors), words, table.numpy())
        return {"file": self.vectors, "found": found, "of": len(words)}

    def forward(self, inputs: Tensor) -> Tensor:
        lengths = (inputs != self.pad_id).sum(dim=1)  # (batch,)
        steps = self._steps(self.embedding(inputs))  # (batch, length, units)
        # Padding stands behind the text, so no valid step has seen it. Packed sequences would say
        # the same but do not export to ONNX.
        rows = torch.arange(inputs.shape[0], device=inputs.device)
        last = steps[rows, (lengths - 1).clamp(min=0)]  # (batch, units)
        projected: Tensor = self.project(self.dropout(last))
        return projected

    def _steps(self, words: Tensor) -> Tensor:
        if torch.onnx.is_in_onnx_export():
            return onnx_lstm(self.lstm, words)
        steps: Tensor = self.lstm(words)[0]
        return steps
