"""The layers of an AWD-LSTM: embedding and stacked LSTMs with Merity's dropouts (section 4)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..onnx_lstm import onnx_lstm
from .options import Dropouts

State = tuple[Tensor, Tensor]
"""What an LSTM layer remembers, (1, batch, width) each."""


class AWDLSTMLayers(nn.Module):
    """Token numbers (batch, length) to the last layer's steps (batch, length, embedding).

    The last layer is as wide as the embedding, so that a softmax can be tied to it. Dropouts act in
    training mode alone; that behind the last layer is left to the caller.
    """

    def __init__(
        self, vocabulary: int, embedding: int, units: int, layers: int, dropouts: Dropouts
    ) -> None:
        super().__init__()
        self.input_p, self.embed_p, self.hidden_p, self.weight_p = (
            dropouts.chance(name) for name in ("input_p", "embed_p", "hidden_p", "weight_p")
        )
        self.shape = {"embedding": embedding, "units": units, "layers": layers}
        self.embedding = nn.Embedding(vocabulary, embedding)
        nn.init.uniform_(self.embedding.weight, -0.1, 0.1)  # Merity, section 5
        widths = (embedding, *[units] * (layers - 1), embedding)
        self.lstms = nn.ModuleList(
            nn.LSTM(inner, outer, batch_first=True) for inner, outer in pairwise(widths)
        )

    def forward(
        self, tokens: Tensor, states: Sequence[State] | None = None
    ) -> tuple[Tensor, list[State]]:
        """The steps, and each layer's state behind them, to go on from with `states`.

        An ONNX export has no states.
        """
        steps = self.embedding(tokens)
        if self.training:
            # The same as zeroing rows of the table, which is larger than the batch.
            words = F.dropout(steps.new_ones(self.embedding.num_embeddings, 1), self.embed_p)
            steps = steps * words[tokens]
        steps = locked_dropout(steps, self.input_p, self.training)
        after: list[State] = []
        for number, lstm in enumerate(self.lstms):
            if number:
                steps = locked_dropout(steps, self.hidden_p, self.training)
            assert isinstance(lstm, nn.LSTM)
            steps, state = self._step(lstm, steps, states[number] if states else None)
            after += [state] if state else []
        return steps, after

    def depths(self) -> list[list[nn.Parameter]]:
        """The parameters of the embedding, then of each LSTM."""
        return [list(part.parameters()) for part in (self.embedding, *self.lstms)]

    def _step(
        self, lstm: nn.LSTM, steps: Tensor, state: State | None
    ) -> tuple[Tensor, State | None]:
        if torch.onnx.is_in_onnx_export():
            return onnx_lstm(lstm, steps), None
        if not self.training:
            result: tuple[Tensor, State] = lstm(steps, state)
            return result
        # One mask for all steps of this pass (DropConnect); `nn.LSTM` has no place for it.
        inner, hidden, *biases = lstm.parameters()
        weights = (inner, F.dropout(hidden, self.weight_p), *biases)
        if state is None:
            nothing = steps.new_zeros(1, len(steps), lstm.hidden_size)
            state = nothing, nothing
        outputs, short, long = torch.lstm(steps, state, weights, True, 1, 0.0, True, False, True)
        return outputs, (short, long)


def locked_dropout(steps: Tensor, p: float, training: bool) -> Tensor:
    """Dropout of (batch, length, width) with one mask for all steps of a row (Merity, 4.2)."""
    if not training or not p:
        return steps
    return steps * F.dropout(steps.new_ones(len(steps), 1, steps.shape[2]), p)
