"""Trains word vectors on the films' own texts with gensim: word2vec's skip-gram with negative
sampling (Mikolov et al. 2013, "Distributed representations of words and phrases").
"""

from __future__ import annotations

import hashlib
import json
import logging
from typing import Any

import numpy as np

from ...errors import MissingExtra, UserError
from ...files import whole, write_json
from .corpus import Corpus

SETTINGS = {"sg": 1, "negative": 5, "window": 5, "epochs": 5, "min_count": 1, "seed": 1}
"""One seed for all runs, so that the vectors depend only on the texts."""


def trained_vectors(corpus: Corpus, width: int) -> tuple[np.ndarray, int]:
    """The vectors, float32 (vocabulary, width) with NaN for tokens in no text, and the text count.

    The same texts give the same vectors. They are stored in `corpus.folder` for the next run.
    Raises `UserError` if there are no texts, `MissingExtra` without gensim.
    """
    tokenizer = corpus.reads.tokenizer
    size = int(tokenizer.get_vocab_size())
    key = json.dumps([SETTINGS, width, tokenizer.to_str()], sort_keys=True)
    name = f"word2vec-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
    path, counted = corpus.folder / f"{name}.npy", corpus.folder / f"{name}.json"
    if path.exists() and counted.exists():
        table: np.ndarray = np.load(path, allow_pickle=False)
        if table.shape == (size, width):
            return table, int(json.loads(counted.read_text(encoding="utf-8"))["texts"])
    rows = corpus.rows()
    if not rows:
        raise UserError("no training film has a text to train word vectors on", "name a file")
    table = np.full((size, width), np.nan, np.float32)
    vectors = _train([[str(token) for token in row.tolist()] for row in rows], width)
    table[[int(token) for token in vectors.index_to_key]] = vectors.vectors
    write_json(counted, {"texts": len(rows)} | SETTINGS)
    with whole(path) as staged, staged.open("wb") as file:
        np.save(file, table, allow_pickle=False)
    return table, len(rows)


def _train(texts: list[list[str]], width: int) -> Any:
    """gensim's vectors by token, from one worker: the order of updates of several is random."""
    chatty = logging.getLogger("gensim")
    level = chatty.level
    chatty.setLevel(logging.ERROR)
    try:
        from gensim.models import Word2Vec

        return Word2Vec(texts, vector_size=width, workers=1, hashfxn=_hash, **SETTINGS).wv
    except ImportError:
        raise MissingExtra("gensim", "gensim") from None
    finally:
        chatty.setLevel(level)


def _hash(text: str) -> int:
    """A fixed hash, because Python's own depends on PYTHONHASHSEED."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "little")
