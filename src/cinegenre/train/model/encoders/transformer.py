"""A pretrained transformer of the BERT family over raw texts (Devlin et al. 2019).

Examples are MiniLM, MPNet, RoBERTa, DistilBERT and ELECTRA. Mean pooling over the tokens is that of
sentence embeddings (Reimers and Gurevych 2019, section 3), but without scaling to length 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from ....errors import UserError
from ....inputs import TextInput
from ...config import limited
from .. import pretrained
from .base import Encoder


@dataclass(frozen=True, kw_only=True)
class TransformerOptions:
    """`model` is a folder, or an id on the Hugging Face Hub; with `frozen` it does not learn. With
    `last_layers` only that many of its last layers learn, and its embeddings do not (0: all of it).

    `pooling` is "mean" over a text's tokens, or "cls" for the first token's output. `dropout`
    replaces the model's own. `attention` "eager" trains faster on a CPU, but slower on a GPU. In
    training each token is replaced by the token `masked` with the probability `mask`.
    """

    model: str
    frozen: bool = True
    last_layers: int = limited(0, at_least=0)
    pooling: str = limited("mean", of=("mean", "cls"))
    dropout: float | None = limited(None, at_least=0, below=1)
    attention: str = limited("", of=("", "eager"))
    mask: float = limited(0.0, at_least=0, below=1)
    masked: str = "[MASK]"


class Transformer(Encoder):
    """Token numbers (batch, length) to (batch, out_dim), the width of the model's layers.

    Raises `UserError` for texts that are longer than the model allows, or another tokenizer.
    """

    Reads = TextInput
    Options = TransformerOptions

    def __init__(self, reads: TextInput, options: TransformerOptions) -> None:
        super().__init__()
        if reads.kind != "text":
            raise UserError(
                f"a transformer reads raw text, and not {reads.kind}",
                'set kind = "text" in its [inputs.…]',
            )
        self.options, self.frozen = options, options.frozen
        self.tokenizer, self.pad_id = reads.tokenizer, reads.pad_id
        self.body = pretrained.load_body(options.model, options.dropout, options.attention)
        config: Any = self.body.config
        asked = ("vocab_size", "hidden_size", "max_position_embeddings")
        if not all(hasattr(config, name) for name in asked) or config.is_encoder_decoder:
            raise UserError(
                f"{options.model} is a {type(self.body).__name__}, and no encoder of texts",
                "name a model of the BERT family",
            )
        if reads.vocabulary > config.vocab_size:
            raise UserError(
                f"the tokenizer knows {reads.vocabulary:,} tokens, {options.model} has "
                f"{config.vocab_size:,}",
                "name the model that the run was trained with",
            )
        longest = _positions(self.body)
        if reads.max_tokens > longest:
            raise UserError(
                f"max_tokens is {reads.max_tokens}, {options.model} reads at most {longest}",
                f"set max_tokens = {longest}",
            )
        masked = self.tokenizer.token_to_id(options.masked)
        if options.mask and masked is None:
            raise UserError(
                f"mask is {options.mask}, and {options.model} has no token {options.masked!r}",
                "set masked to the token that its own training hid others behind, or mask = 0",
            )
        self.masked_id = -1 if masked is None else int(masked)
        self.out_dim = int(config.hidden_size)
        self.body.requires_grad_(not self.frozen)
        if options.last_layers and not self.frozen:
            self._freeze_all_but(options.last_layers)
        self.train()

    def forward(self, inputs: Tensor) -> Tensor:
        mask = inputs != self.pad_id  # (batch, length)
        read = self._hide(inputs, mask) if self.training and self.options.mask else inputs
        steps = self.body(input_ids=read, attention_mask=mask.long()).last_hidden_state.float()
        if self.options.pooling == "cls":
            first: Tensor = steps[:, 0]
            return first
        kept = mask.unsqueeze(-1).to(steps.dtype)  # (batch, length, 1)
        mean: Tensor = (steps * kept).sum(dim=1) / kept.sum(dim=1).clamp(min=1)
        return mean

    def _hide(self, inputs: Tensor, there: Tensor) -> Tensor:
        """Mask some of the tokens that are `there`, so that no single word decides by itself."""
        hidden = (torch.rand(inputs.shape, device=inputs.device) < self.options.mask) & there
        return inputs.masked_fill(hidden, self.masked_id)

    def train(self, mode: bool = True) -> Transformer:
        """As in any module, but a frozen one stays in eval mode, without dropout."""
        return super().train(mode and not self.frozen)

    def depths(self) -> list[list[nn.Parameter]]:
        """The embeddings, then each layer."""
        return pretrained.depths(self.body)

    def _freeze_all_but(self, last_layers: int) -> None:
        """Leave only the last layers to learn: words that training has not seen keep their place
        beside those that it has.
        """
        embeddings, *layers = self.depths()
        if last_layers > len(layers):
            raise UserError(
                f"last_layers is {last_layers}, {self.options.model} has {len(layers)}",
                "leave it out, so that all of it learns",
            )
        for part in (embeddings, *layers[: len(layers) - last_layers]):
            for parameter in part:
                parameter.requires_grad_(False)

    @cached_property
    def fingerprint(self) -> str:
        """A key for stored outputs, which changes with the weights, pooling and tokenizer."""
        settings = (self.options.pooling, self.tokenizer.to_str())
        return pretrained.fingerprint(self.options.model, self.body, *settings)


def _positions(body: nn.Module) -> int:
    """The longest text in tokens; RoBERTa and MPNet number positions from the padding index + 1."""
    config: Any = body.config
    table = getattr(getattr(body, "embeddings", None), "position_embeddings", None)
    skipped = getattr(table, "padding_idx", None)
    return int(config.max_position_embeddings) - (0 if skipped is None else int(skipped) + 1)
