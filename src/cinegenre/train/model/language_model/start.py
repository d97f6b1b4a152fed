"""An encoder's start from a language model, trained once and kept for later runs."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from ....errors import UserError
from ....files import read_json, whole, write_json
from ....inputs import TextInput
from ..corpus import Corpus
from .layers import AWDLSTMLayers
from .options import LanguageModel
from .pretrain import TiedModel, pretrain
from .wikitext import load_wikitext

VERSION = 1
"""Of what is kept; a change in training or in the layers changes it."""


def start_from_language_model(
    layers: AWDLSTMLayers, corpus: Corpus, options: LanguageModel, *, keep_embedding: bool = False
) -> dict[str, Any]:
    """Give `layers` the weights of a language model of the corpus; what `run.json` says of it.

    With `keep_embedding` it is trained from the embedding that `layers` has, else from random
    numbers. Trained, it is kept in the corpus' folder under a key of the options, the vocabulary
    and what it starts from, and taken from there again. Random numbers elsewhere stay as they were.
    Raises `UserError` as `load_wikitext` and `pretrain` do.
    """
    if bool(options.weights) != bool(options.words):
        raise UserError("language_model has one of weights and words", "name both files, or none")
    if not options.epochs and not options.weights:
        return {}
    embedding = layers.embedding.weight.detach() if keep_embedding else None
    key = _key(layers, corpus.reads, options, embedding)
    folder = corpus.folder / f"language-model-{key['digest']}"
    reused = (folder / "model.safetensors").exists()
    if not reused:
        with whole(folder) as staged, torch.random.fork_rng():
            torch.manual_seed(options.seed)
            model, record = _learn(layers, corpus, options, embedding)
            staged.mkdir()
            save_file(model.layers.state_dict(), staged / "model.safetensors")
            write_json(staged / "model.json", {"key": key, "told": record})
    layers.load_state_dict(load_file(folder / "model.safetensors"))
    record = read_json(folder / "model.json", "language model")["told"]
    return {**record, "reused": reused}


def _learn(
    layers: AWDLSTMLayers, corpus: Corpus, options: LanguageModel, embedding: Tensor | None
) -> tuple[TiedModel, dict[str, Any]]:
    fresh = AWDLSTMLayers(layers.embedding.num_embeddings, dropouts=options, **layers.shape)
    if embedding is not None:
        with torch.no_grad():
            fresh.embedding.weight.copy_(embedding)
    model = TiedModel(fresh, options)
    record: dict[str, Any] = {"from": "random weights"}
    if options.weights:
        words = corpus.reads.tokenizer.get_vocab()
        record = {"from": load_wikitext(model, words, Path(options.weights), Path(options.words))}
    if options.epochs:
        record |= pretrain(model, corpus.rows(), corpus.reads.pad_id)
    return model, record


def _key(
    layers: AWDLSTMLayers, reads: TextInput, options: LanguageModel, embedding: Tensor | None
) -> dict[str, Any]:
    """All that the weights come from, besides the corpus, which its folder is a key of."""
    files = {name: _digest(Path(getattr(options, name))) for name in ("weights", "words")
             if getattr(options, name)}  # fmt: skip
    key: dict[str, Any] = {
        "version": VERSION,
        "options": {**asdict(options), **files},
        "shape": layers.shape,
        "vocabulary": hashlib.sha256(reads.tokenizer.to_str().encode()).hexdigest(),
        "pad_id": reads.pad_id,
    }
    if embedding is not None:
        key["embedding"] = hashlib.sha256(embedding.numpy().tobytes()).hexdigest()
    text = json.dumps(key, sort_keys=True)
    return {**key, "digest": hashlib.sha256(text.encode()).hexdigest()[:16]}


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UserError(
            f"{path} cannot be read ({error.strerror or error})",
            "name a fastai AWD-LSTM language model (.pth) and the .pkl of its words",
        ) from None
