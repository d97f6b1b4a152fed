"""Encoders by name. One has `forward(inputs) -> (batch, out_dim)`, `out_dim`, and `Options`.

A new one is a file here, a line in `ENCODERS`, and its test. Its constructor takes what it reads
(a `TextInput` or a `PosterInput`) and its checked `Options`. It may have `load_vectors(reads)`:
called once before training, never at export, it returns what `run.json` says of it.
"""

from __future__ import annotations

from typing import Any

from torch import nn

from ...errors import UserError, unknown
from ...inputs import PosterInput, TextInput
from ..config import from_table
from .cnn import CNN
from .lstm import LSTM

ENCODERS: dict[str, Any] = {
    "cnn": CNN,
    "lstm": LSTM,
}


def build_encoder(name: str, table: dict[str, Any], reads: TextInput | PosterInput) -> nn.Module:
    """The encoder that a recipe's `[encoders.name]` describes."""
    options = dict(table)
    kind = options.pop("type")
    if kind not in ENCODERS:
        raise unknown(f"type of [encoders.{name}]", kind, ENCODERS)
    encoder = ENCODERS[kind]
    checked = from_table(encoder.Options, options, f"encoders.{name}")
    for key, value in vars(checked).items():
        if key.endswith("dropout") and not 0 <= value < 1:
            raise UserError(f"encoders.{name}.{key} is {value}", "it must be at least 0, below 1")
    built: nn.Module = encoder(reads, checked)
    return built
