"""The Universal Sentence Encoder for many languages, over raw texts (Yang et al. 2019)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ....errors import UserError
from ....inputs import TextInput
from ...config import limited
from .. import pretrained
from ..universal_sentence import ARCHITECTURE, OUT, UniversalSentence
from .base import Encoder


@dataclass(frozen=True, kw_only=True)
class UniversalSentenceOptions:
    """`model` is a folder as `examples/get_universal_sentence.py` lays it out. In training a token
    is left out with the chance `mask`.
    """

    model: str
    mask: float = limited(0.0, at_least=0, below=1)


class UniversalSentenceEncoder(Encoder):
    """Token numbers (batch, length) to (batch, 512), without normalisation to length 1.

    All but the embeddings learn, so that languages without training films keep their place.
    """

    Reads = TextInput
    Options = UniversalSentenceOptions

    def __init__(self, reads: TextInput, options: UniversalSentenceOptions) -> None:
        super().__init__()
        if reads.kind != "text":
            raise UserError(
                f"a sentence encoder reads raw text, and not {reads.kind}",
                'set kind = "text" in its [inputs.…]',
            )
        body = pretrained.load_body(options.model)
        if not isinstance(body, UniversalSentence):
            raise UserError(
                f"{options.model} is a {type(body).__name__}",
                f'name a folder whose config.json has "architecture": "{ARCHITECTURE}"',
            )
        if reads.vocabulary != len(body.pieces):
            raise UserError(
                f"the tokenizer knows {reads.vocabulary:,} tokens, {options.model} has "
                f"{len(body.pieces):,}",
                "name the model that the run was trained with",
            )
        self.options, self.pad_id, self.body = options, reads.pad_id, body
        self.out_dim = OUT

    def forward(self, inputs: Tensor) -> Tensor:
        there = inputs != self.pad_id  # (batch, length)
        if self.training and self.options.mask:
            there &= torch.rand(inputs.shape, device=inputs.device) >= self.options.mask
        features: Tensor = self.body(inputs, there)
        return features

    def depths(self) -> list[list[nn.Parameter]]:
        """The n-grams, then the layers over their sum."""
        deep = ("down", "across", "skip_down", "up", "last", "skip_up")
        named = list(self.body.named_parameters())
        return [
            [p for name, p in named if (name.split(".")[0] in deep) == last]
            for last in (False, True)
        ]
