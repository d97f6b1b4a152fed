"""A bag of words or names: one logistic regression per genre, fitted before the other encoders.

It learns which words are typical of a genre, which a network that reads sentences tends to lose
(Wang and Manning 2012 show how good such a model is). It is fitted by itself because it is best
when it is fitted to convergence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ....inputs import TextInput
from ....inputs.text import UNKNOWN
from ...config import limited
from .base import Column, Encoder

_STEPS = 100
_BATCH = 256


@dataclass(frozen=True, kw_only=True)
class BagOptions:
    """The loss is the films' summed cross-entropy plus `penalty` / 2 × the sum of squared weights.

    The logits of training films come from `folds` fits, each without the films of one fold: the
    layers that learn with this encoder must see its logits for films that are new to it.
    """

    penalty: float = limited(0.2, above=0)
    folds: int = limited(5, at_least=2)


class Bag(Encoder):
    """Token numbers (batch, tokens) to a logit per genre, (batch, genres).

    A film is represented by the inverse document frequencies of its words, each word once, scaled
    to length 1; unknown words are ignored. Inputs that are logits already (those of training films,
    from `learn`) are returned unchanged.
    """

    Reads = TextInput
    Options = BagOptions
    learns_apart = True
    has_teacher = (
        False  # it learns from the labels, to differ from encoders that learn from a teacher
    )
    table: Tensor
    rarity: Tensor
    bias: Tensor

    def __init__(self, reads: TextInput, options: BagOptions, genres: int) -> None:
        super().__init__()
        self.penalty, self.folds = options.penalty, options.folds
        self.out_dim = genres
        self.pad_id = reads.pad_id
        self.unknown = int(reads.tokenizer.token_to_id(UNKNOWN) or 0)
        # Buffers and not parameters: they do not learn by gradients, but are in checkpoints.
        self.register_buffer("table", torch.zeros(reads.vocabulary, genres))
        self.register_buffer("rarity", torch.zeros(reads.vocabulary))
        self.register_buffer("bias", torch.zeros(genres))

    def forward(self, inputs: Tensor) -> Tensor:
        if inputs.is_floating_point():
            return inputs
        again = (inputs[:, :, None] == inputs[:, None, :]).tril(-1).any(dim=2)  # (batch, tokens)
        known = (inputs != self.pad_id) & (inputs != self.unknown) & ~again
        rarity = self.rarity[inputs] * known
        length = rarity.square().sum(dim=1, keepdim=True).sqrt().clamp(min=1e-6)
        logits: Tensor = (self.table[inputs] * (rarity / length)[:, :, None]).sum(dim=1) + self.bias
        return logits

    def learn(
        self,
        column: Column,
        target: np.ndarray,
        fold: np.ndarray | None,
        advance: Callable[[int], None] = lambda films: None,
    ) -> np.ndarray | None:
        """See `Encoder.learn`; `column` has the films' token numbers."""
        has = column.present
        words = [np.setdiff1d(row, (self.pad_id, self.unknown)) for row in _rows(column)]
        films = np.bincount(np.concatenate([*words, np.array([], np.int64)]).astype(np.int64),
                            minlength=len(self.rarity))  # fmt: skip
        rarity = np.log((1 + has.sum()) / (1 + films)) + 1  # as scikit-learn smooths it
        self.rarity.copy_(torch.from_numpy(rarity))
        targets = torch.from_numpy(target)
        judged = None
        if fold is not None:
            judged = np.zeros(target.shape, np.float32)
            for number in range(self.folds):
                inside = np.flatnonzero(has & (fold != number))
                outside = np.flatnonzero(fold == number)
                table, bias = self._fit(words, inside, targets)
                with torch.no_grad():
                    judged[outside] = (_sums(self._bags(words, outside), table) + bias).numpy()
                advance(len(inside))
        table, bias = self._fit(words, np.flatnonzero(has), targets)
        self.table.copy_(table)
        self.bias.copy_(bias)
        advance(int(has.sum()))
        return judged

    def _bags(self, words: Sequence[np.ndarray], films: np.ndarray) -> tuple[Tensor, ...]:
        """The words of all films in one row, the index where each film begins, and word weights."""
        lengths = np.array([len(words[film]) for film in films], np.int64)
        flat = np.concatenate([np.array([], np.int64), *(words[film] for film in films)])
        tokens = torch.from_numpy(flat.astype(np.int64))
        film = torch.from_numpy(np.repeat(np.arange(len(films)), lengths))
        rarity = self.rarity[tokens]
        length = torch.zeros(len(films)).index_add(0, film, rarity.square()).sqrt()
        starts = torch.from_numpy(np.cumsum(lengths) - lengths)
        return tokens, starts, rarity / length[film]

    def _fit(
        self, words: Sequence[np.ndarray], films: np.ndarray, target: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Fit the table (vocabulary, genres) and bias (genres,) that minimise the penalised
        loss.
        """
        bags, target = self._bags(words, films), target[torch.from_numpy(films)]
        share = target.mean(dim=0).clamp(1e-4, 1 - 1e-4)
        table = torch.zeros_like(self.table, requires_grad=True)
        bias = torch.logit(share).requires_grad_()
        search = torch.optim.LBFGS(
            [table, bias], max_iter=_STEPS, tolerance_grad=1e-3, line_search_fn="strong_wolfe"
        )

        def loss() -> float:
            search.zero_grad()
            logits = _sums(bags, table) + bias
            value = functional.binary_cross_entropy_with_logits(logits, target, reduction="sum")
            value = value + self.penalty / 2 * table.square().sum()
            value.backward()
            return float(value.detach())

        search.step(loss)
        return table.detach(), bias.detach()


def _rows(column: Column) -> Iterator[np.ndarray]:
    """Yield the films' token numbers, read in batches because each batch is padded to its
    longest.
    """
    films = np.arange(len(column.present))
    for start in range(0, len(films), _BATCH):
        yield from column.batch(films[start : start + _BATCH])


def _sums(bags: tuple[Tensor, ...], table: Tensor) -> Tensor:
    """Each film's weighted sum of the rows of `table` for its words, (films, width)."""
    tokens, starts, weights = bags
    return functional.embedding_bag(tokens, table, starts, mode="sum", per_sample_weights=weights)
