"""Starts a word embedding from pretrained vectors, or from vectors of the films' own texts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from .corpus import Corpus
from .vectors import fill_rows
from .word2vec import trained_vectors

TRAIN = "train"
"""The value of `vectors` for word vectors trained on the training films."""


def start_from_vectors(embedding: nn.Embedding, vectors: str, corpus: Corpus) -> dict[str, Any]:
    """Give each word that has one its vector, from the file `vectors` or, for "train", our own.

    Returns the file, or the number of texts they were trained on, and how many words have a vector.
    Words without one keep their random vector, and padding keeps its own. Raises `UserError` as
    `fill_rows` and `trained_vectors` do.
    """
    reads = corpus.reads
    words = {w: row for w, row in reads.tokenizer.get_vocab().items() if row != reads.pad_id}
    table = embedding.weight.detach()
    if vectors == TRAIN:
        own, count = trained_vectors(corpus, table.shape[1])
        rows = [row for row in words.values() if not np.isnan(own[row, 0])]
        table[rows] = torch.from_numpy(own[rows])
        return {"trained_on": count, "found": len(rows), "of": len(words)}
    filled = fill_rows(Path(vectors), words, table.numpy())
    return {"file": vectors, "found": filled, "of": len(words)}
