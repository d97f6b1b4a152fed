"""What a recipe says of an AWD-LSTM's dropouts and of its language model."""

from __future__ import annotations

from dataclasses import dataclass

from ....errors import UserError
from ...config import limited


@dataclass(frozen=True, kw_only=True)
class Dropouts:
    """The five dropouts of an AWD-LSTM, by fastai's names; `dropout` multiplies them all.

    `input_p` of the embedded words, `embed_p` of whole words, `hidden_p` between the layers,
    `weight_p` of the hidden-to-hidden weights, `output_p` behind the last layer.
    """

    dropout: float = limited(1.0, at_least=0)
    input_p: float = limited(0.4, at_least=0, below=1)
    embed_p: float = limited(0.05, at_least=0, below=1)
    hidden_p: float = limited(0.3, at_least=0, below=1)
    weight_p: float = limited(0.5, at_least=0, below=1)
    output_p: float = limited(0.4, at_least=0, below=1)

    def chance(self, name: str) -> float:
        """The dropout `name`, multiplied. Raises `UserError` where nothing would be left."""
        chance = self.dropout * float(getattr(self, name))
        if not chance < 1:
            raise UserError(f"dropout × {name} is {chance:g}", "it must be below 1")
        return chance


@dataclass(frozen=True, kw_only=True)
class LanguageModel(Dropouts):
    """Language-model pretraining; dropouts are fastai's for it, rates those of ULMFiT 4.1.

    `weights` and `words` are a fastai WikiText-103 model (.pth) and its vocabulary (.pkl), to start
    from. With them each LSTM learns `divisor` times slower than the one above it (ULMFiT 3.2).
    """

    epochs: int = limited(5, at_least=0)  # 0: none
    batch_size: int = limited(64, at_least=1)
    bptt: int = limited(70, at_least=2)  # steps that a gradient goes back through
    learning_rate: float = limited(4e-3, above=0)
    tokens: int = limited(0, at_least=0)  # at most so many an epoch; 0: all
    held_out: float = limited(0.05, above=0, below=1)  # share of the texts, for perplexity
    clip: float = limited(0.25, above=0)  # longest gradient
    alpha: float = limited(2.0, at_least=0)  # activation regularisation (Merity, 4.6)
    beta: float = limited(1.0, at_least=0)  # temporal activation regularisation
    weights: str = ""
    words: str = ""
    divisor: float = limited(2.6, at_least=1)
    seed: int = limited(0, at_least=0, below=2**32)
    input_p: float = limited(0.25, at_least=0, below=1)
    embed_p: float = limited(0.02, at_least=0, below=1)
    hidden_p: float = limited(0.15, at_least=0, below=1)
    weight_p: float = limited(0.2, at_least=0, below=1)
    output_p: float = limited(0.1, at_least=0, below=1)
