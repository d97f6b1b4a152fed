"""An AWD-LSTM over words that starts from a language model of the same texts, ULMFiT.

Merity et al. 2017, "Regularizing and Optimizing LSTM Language Models"; Howard & Ruder 2018,
"Universal Language Model Fine-tuning for Text Classification".
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
from ..language_model import AWDLSTMLayers, Dropouts, LanguageModel, start_from_language_model
from ..start_vectors import start_from_vectors
from .base import Encoder


@dataclass(frozen=True, kw_only=True)
class AWDLSTMOptions(Dropouts):
    """`layers` LSTMs of `units` each, the last of `embedding`, the width of the word embeddings.

    The default sizes are fastai's. `dropout` multiplies the five dropouts, of which `output_p` is
    that of the pooled features. The word embeddings start from `vectors`, as those of the `lstm`
    encoder do, and the layers from the language model that `language_model` describes. With both,
    the language model starts from the vectors.
    """

    embedding: int = limited(400, at_least=1)
    units: int = limited(1152, at_least=1)
    layers: int = limited(3, at_least=1)
    vectors: str = ""
    dropout: float = limited(0.5, at_least=0)
    language_model: LanguageModel = LanguageModel()


class AWDLSTM(Encoder):
    """Token numbers (batch, length) to (batch, 3 × embedding): last, largest and mean step.

    The concat pooling of ULMFiT 3.3, over the steps of a film's own words; zeros for none.
    """

    Reads = TextInput
    Options = AWDLSTMOptions
    has_lstm = True

    def __init__(self, reads: TextInput, options: AWDLSTMOptions) -> None:
        super().__init__()
        self.pad_id = reads.pad_id
        self.out_dim = 3 * options.embedding
        self.vectors = options.vectors
        self.language_model = options.language_model
        if self.vectors and self.language_model.weights:
            raise UserError(
                "an awd_lstm encoder has both vectors and language_model.weights",
                "name one of them: the weights have word vectors of their own",
            )
        self.layers = AWDLSTMLayers(
            reads.vocabulary, options.embedding, options.units, options.layers, options
        )
        self.dropout = nn.Dropout(options.chance("output_p"))

    def begin(self, corpus: Callable[[], Corpus]) -> dict[str, Any]:
        """Start from the word vectors and the language model that the options name.

        Returns what `start_from_vectors` tells and of the language model the source of its weights,
        its tokens, epochs, seconds, and its held-out perplexity beside that of a unigram model; {}
        if the encoder starts from random weights.
        """
        record: dict[str, Any] = {}
        if self.vectors:
            record["vectors"] = start_from_vectors(self.layers.embedding, self.vectors, corpus())
        return record | start_from_language_model(
            self.layers, corpus(), self.language_model, keep_embedding=bool(self.vectors)
        )

    def depths(self) -> list[list[nn.Parameter]]:
        """The embedding, then each LSTM."""
        return self.layers.depths()

    def forward(self, inputs: Tensor) -> Tensor:
        valid = (inputs != self.pad_id).unsqueeze(2)  # (batch, length, 1)
        lengths = valid.sum(dim=1)  # (batch, 1)
        # Padding comes after the text, so no valid step depends on it.
        steps = self.layers(inputs)[0].float()  # (batch, length, embedding)
        rows = torch.arange(inputs.shape[0], device=inputs.device)
        last = steps[rows, (lengths.squeeze(1) - 1).clamp(min=0)]
        largest = steps.masked_fill(~valid, -1).amax(dim=1)  # an LSTM's outputs are above -1
        mean = steps.masked_fill(~valid, 0).sum(dim=1) / lengths.clamp(min=1)
        pooled = torch.cat([last, largest, mean], dim=1).masked_fill(lengths == 0, 0)
        features: Tensor = self.dropout(pooled)
        return features
