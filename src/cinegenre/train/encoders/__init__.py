"""Encoders by name. One has `forward(inputs) -> (batch, out_dim)`, `out_dim`, `Reads`, `Options`.

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
    if not isinstance(reads, encoder.Reads):
        raise UserError(
            f"[encoders.{name}] is of type {kind!r}, which does not read [inputs.{name}]",
            "cnn reads posters, lstm reads words",
        )
    checked = from_table(encoder.Options, options, f"encoders.{name}")
    built: nn.Module = encoder(reads, checked)
    return built
