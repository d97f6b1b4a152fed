"""Names of companies or people as a bag: the mean of their embeddings, as in fastText (Joulin
2016).

Their order is not used, because it has no meaning, unlike that of the words of a text.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ....inputs import NamesInput
from ....inputs.text import UNKNOWN
from ...config import limited
from .base import Encoder


@dataclass(frozen=True, kw_only=True)
class NamesOptions:
    """`embedding` numbers per name; `out` is the width of the fully connected layer with ReLU.

    `dropout` follows the mean.
    """

    embedding: int = limited(64, at_least=1)
    out: int = limited(64, at_least=1)
    dropout: float = limited(0.0, at_least=0, below=1)


class Names(Encoder):
    """Token numbers of names (batch, names) to features (batch, out_dim).

    The embedding of unknown names starts from zeros, so that they only count in the mean.
    """

    Reads = NamesInput
    Options = NamesOptions
    from_scratch = True

    def __init__(self, reads: NamesInput, options: NamesOptions) -> None:
        super().__init__()
        self.pad_id = reads.pad_id
        self.out_dim = options.out
        self.embedding = nn.Embedding(reads.vocabulary, options.embedding, padding_idx=self.pad_id)
        with torch.no_grad():
            self.embedding.weight[reads.tokenizer.token_to_id(UNKNOWN)] = 0
        self.dropout = nn.Dropout(options.dropout)
        self.project = nn.Sequential(nn.Linear(options.embedding, options.out), nn.ReLU())

    def forward(self, inputs: Tensor) -> Tensor:
        names = (inputs != self.pad_id).sum(dim=1, keepdim=True).clamp(min=1)  # (batch, 1)
        # nn.EmbeddingBag with padding_idx would do the same, but cannot be exported to ONNX. The
        # row of padding is zeros, so it adds nothing to the sum.
        mean = self.embedding(inputs).sum(dim=1) / names  # (batch, embedding)
        projected: Tensor = self.project(self.dropout(mean))
        return projected
