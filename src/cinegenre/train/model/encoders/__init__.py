"""Encoders by name. One has `forward(inputs) -> (batch, out_dim)`, `out_dim`, `Reads`, `Options`.

A new one is a file here, a line in `ENCODERS`, and its test. Its constructor takes what it reads
(a `TextInput` or a `PosterInput`) and its checked `Options`. It may have
- `begin(reads, corpus)`: called once before training, never on resume or at export, to start from
  word vectors or a language model; returns what `run.json` says of it, {} for nothing.
- `depths()`: its parts from the input to the output, each a list of parameters, for rates and
  unfreezing by depth; every parameter in exactly one. Without it all are one depth.
- `learn(column, target, fold, advance)`: called once before training on the training films' labels.
  What it returns, given folds, stands for those films' inputs in training, and its constructor
  takes the number of genres, which is its `out_dim`. `epochs`: how often it goes over the films;
  `has_teacher`: whether a teacher's judgement is in its targets.
- `has_stem`: true where its first layers, `stem(inputs)`, never learn. Theirs are then the outputs
  that are kept on disk.
- `has_lstm`: true where it has an LSTM, which not every processor trains in 16 bits.
- `frozen`: true where it never learns. Its outputs are then computed once and kept on disk, under
  `fingerprint`, a string that changes with its weights; its weights are in no checkpoint.
"""

from __future__ import annotations

from typing import Any

from torch import nn

from ....errors import UserError, unknown
from ....inputs import PosterInput, TextInput
from ...config import from_table
from .awd_lstm import AWDLSTM
from .bag import Bag
from .classifier import Classifier
from .cnn import CNN
from .lstm import LSTM
from .names import Names
from .transformer import Transformer
from .vision import Vision

ENCODERS: dict[str, Any] = {
    "awd_lstm": AWDLSTM,
    "bag": Bag,
    "classifier": Classifier,
    "cnn": CNN,
    "lstm": LSTM,
    "names": Names,
    "transformer": Transformer,
    "vision": Vision,
}


def build_encoder(
    name: str, table: dict[str, Any], reads: TextInput | PosterInput, genres: int = 0
) -> nn.Module:
    """The encoder that a recipe's `[encoders.name]` describes.

    `genres`, their number, is for those that `learn`.
    """
    options = dict(table)
    kind = options.pop("type")
    if kind not in ENCODERS:
        raise unknown(f"type of [encoders.{name}]", kind, ENCODERS)
    encoder = ENCODERS[kind]
    if not isinstance(reads, encoder.Reads):
        raise UserError(
            f"[encoders.{name}] is of type {kind!r}, which does not read [inputs.{name}]",
            "classifier, cnn and vision read posters, names names, the others texts",
        )
    checked = from_table(encoder.Options, options, f"encoders.{name}")
    built: nn.Module = (
        encoder(reads, checked, genres) if hasattr(encoder, "learn") else encoder(reads, checked)
    )
    return built
