"""The encoders by name. To add one, write a file here, a line in `ENCODERS`, and a test.

`base.Encoder` is the contract with the rest of the model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ....errors import UserError, unknown
from ....inputs import PosterInput, TextInput
from ...config import from_table
from .awd_lstm import AWDLSTM
from .bag import Bag
from .base import Encoder, Encoders
from .classifier import Classifier
from .cnn import CNN
from .lstm import LSTM
from .names import Names
from .transformer import Transformer
from .universal_sentence import UniversalSentenceEncoder
from .vision import Vision

__all__ = ["ENCODERS", "Encoder", "Encoders", "build_encoder"]

ENCODERS: dict[str, type[Encoder]] = {
    "awd_lstm": AWDLSTM,
    "bag": Bag,
    "classifier": Classifier,
    "cnn": CNN,
    "lstm": LSTM,
    "names": Names,
    "transformer": Transformer,
    "universal_sentence": UniversalSentenceEncoder,
    "vision": Vision,
}


def build_encoder(
    name: str, table: Mapping[str, Any], reads: TextInput | PosterInput, genres: int = 0
) -> Encoder:
    """Build the encoder that a recipe's `[encoders.name]` describes.

    `genres` is the number of genres, which only encoders that learn apart need.
    """
    options = dict(table)
    kind = options.pop("type")
    if kind not in ENCODERS:
        raise unknown(f"type of [encoders.{name}]", kind, ENCODERS)
    encoder = ENCODERS[kind]
    if not isinstance(reads, encoder.Reads):
        fitting = [key for key, each in ENCODERS.items() if isinstance(reads, each.Reads)]
        raise UserError(
            f"[encoders.{name}] is of type {kind!r}, which does not read [inputs.{name}]",
            f"the types that do are {', '.join(fitting)}",
        )
    checked = from_table(encoder.Options, options, f"encoders.{name}")
    build: Callable[..., Encoder] = encoder
    return build(reads, checked, genres) if encoder.learns_apart else build(reads, checked)
