"""Texts as one stream of tokens, and the stream as batches that follow each other."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor


def split(
    texts: Sequence[np.ndarray], share: float, rng: np.random.Generator
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Texts to learn from, and a `share` of them, one at least, held out; empty ones in neither."""
    order = rng.permutation([i for i, text in enumerate(texts) if len(text)])
    held = min(max(round(share * len(order)), 1), len(order))
    return [texts[i] for i in order[held:]], [texts[i] for i in order[:held]]


def stream(
    texts: Sequence[np.ndarray], separator: int, rng: np.random.Generator, tokens: int = 0
) -> np.ndarray:
    """The texts in a random order, a separator around each, int64; `tokens` + 1 at most."""
    between = np.array([separator], np.int64)
    parts = [part for i in rng.permutation(len(texts)) for part in (between, texts[i])]
    joined = np.concatenate([*parts, between]).astype(np.int64)
    return joined[: tokens + 1] if tokens else joined


class Windows:
    """A stream cut in `batch_size` rows that lie side by side, walked over `bptt` steps at a time.

    Yields tokens and, of each, the one that follows it, (rows, steps) int64 both. A short stream
    has fewer rows, each at least `bptt` long if it can. The texts lie elsewhere in every epoch,
    which is what Merity's random lengths (section 4.1) are for.
    """

    def __init__(self, tokens: np.ndarray, batch_size: int, bptt: int) -> None:
        targets = len(tokens) - 1
        self.rows = min(batch_size, max(targets // bptt, 1))
        self.width, self.bptt = targets // self.rows, bptt
        used = self.rows * self.width
        both = tokens[:used], tokens[1 : used + 1]
        self.inputs, self.targets = (
            torch.from_numpy(part.reshape(self.rows, self.width)) for part in both
        )

    def __len__(self) -> int:
        return math.ceil(self.width / self.bptt)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        for at in range(0, self.width, self.bptt):
            yield self.inputs[:, at : at + self.bptt], self.targets[:, at : at + self.bptt]


def unigram_perplexity(trained: np.ndarray, held_out: np.ndarray, vocabulary: int) -> float:
    """Of `held_out`, by the frequencies in `trained` with one added to each of the vocabulary."""
    counts = np.bincount(trained, minlength=vocabulary) + 1
    return float(np.exp(-np.log(counts / counts.sum())[held_out].mean()))
