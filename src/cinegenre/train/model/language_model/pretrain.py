"""Training a language model on texts."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ....errors import UserError
from ....progress import stage
from ...precision import Precision, autocast, device, precision_of
from ...schedule import slanted_triangular
from .layers import AWDLSTMLayers, State, locked_dropout
from .options import LanguageModel
from .softmax import tied_cross_entropy
from .stream import Windows, split, stream, unigram_perplexity


class TiedModel(nn.Module):
    """AWD-LSTM layers with a softmax over the vocabulary; the embedding is its weights too."""

    def __init__(self, layers: AWDLSTMLayers, options: LanguageModel) -> None:
        super().__init__()
        self.layers, self.options = layers, options
        self.output_p = options.chance("output_p")
        self.bias = nn.Parameter(torch.zeros(layers.embedding.num_embeddings))

    def forward(
        self, tokens: Tensor, targets: Tensor, states: list[State] | None
    ) -> tuple[Tensor, list[State]]:
        """The mean loss over (rows, steps) tokens, regularised in training mode; the states."""
        steps, states = self.layers(tokens, states)
        dropped = locked_dropout(steps, self.output_p, self.training)
        table = self.layers.embedding.weight
        loss = tied_cross_entropy(dropped.flatten(0, 1), table, self.bias, targets.flatten())
        if self.training:
            loss = loss + self.options.alpha * dropped.float().square().mean()
            if tokens.shape[1] > 1:
                change = steps[:, 1:].float() - steps[:, :-1].float()
                loss = loss + self.options.beta * change.square().mean()
        return loss, states

    def groups(self) -> list[dict[str, Any]]:
        """Parameters with the highest learning rate of each."""
        embedding, *lstms = self.layers.depths()
        top, slower = self.options.learning_rate, self.options.divisor
        if not self.options.weights:
            slower = 1.0
        rates = [top / slower**below for below in reversed(range(len(lstms)))]
        parts = zip([[*embedding, self.bias], *lstms], [top, *rates], strict=True)
        return [{"params": part, "lr": rate, "highest": rate} for part, rate in parts]


def pretrain(model: TiedModel, texts: Sequence[np.ndarray], separator: int) -> dict[str, Any]:
    """Train `model` on `texts`, (tokens,) int32 each; what `run.json` says of it.

    A share of the texts is held out: its perplexity after each epoch, beside that of a unigram
    model of the others, counts the separator, which ends each text. Adam with ULMFiT's β (4.1) and
    slanted triangular rates (3.2). Raises `UserError` for fewer than two texts, and when it
    diverges.
    """
    options, began = model.options, time.monotonic()
    rng = np.random.default_rng(options.seed)
    kept, held = split(texts, options.held_out, rng)
    if not kept:
        raise UserError(
            f"a language model cannot learn from {len(kept) + len(held)} texts",
            "set language_model.epochs = 0, or train on more films",
        )
    precision = precision_of("auto")
    if precision == "16-mixed":  # which wants its losses scaled
        precision = "32-true"
    model.to(device())
    optimiser = torch.optim.Adam(model.groups(), betas=(0.7, 0.99))
    trained = stream(kept, separator, rng)
    test = Windows(stream(held, separator, rng), options.batch_size, options.bptt)
    unigram = unigram_perplexity(trained[1:], test.targets.numpy(), len(model.bias))
    perplexities: list[float] = []
    tokens = 0
    for epoch in range(options.epochs):
        name = f"language model, epoch {epoch + 1} of {options.epochs}"
        order = stream(kept, separator, rng, options.tokens)
        windows = Windows(order, options.batch_size, options.bptt)
        tokens = windows.targets.numel()
        with stage(name, tokens) as advance:
            _epoch(model, windows, optimiser, epoch * len(windows), precision, advance)
        perplexities.append(perplexity(model, test))
        if not math.isfinite(perplexities[-1]):
            raise UserError(f"the {name} diverged", "lower language_model.learning_rate")
        print(f"{name}: held-out perplexity {perplexities[-1]:.1f} (unigram {unigram:.1f})",
              file=sys.stderr, flush=True)  # fmt: skip
    model.cpu()
    return {
        "texts": len(kept),
        "tokens": tokens,
        "epochs": options.epochs,
        "perplexity": perplexities[-1],
        "perplexities": perplexities,
        "unigram_perplexity": unigram,
        "held_out_texts": len(held),
        "precision": precision,
        "seconds": round(time.monotonic() - began, 2),
    }


def _epoch(
    model: TiedModel,
    windows: Windows,
    optimiser: torch.optim.Optimizer,
    done: int,
    precision: Precision,
    advance: Callable[[int], None],
) -> None:
    """One epoch over `windows`, the steps before it being `done`; `advance` is told of tokens."""
    options, where = model.options, device()
    model.train()
    states: list[State] | None = None
    for step, (inputs, targets) in enumerate(windows, done):
        share = slanted_triangular(step, options.epochs * len(windows))
        for group in optimiser.param_groups:
            group["lr"] = group["highest"] * share
        with autocast(precision, where):
            loss, states = model(inputs.to(where), targets.to(where), states)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), options.clip)
        optimiser.step()
        states = [(short.detach(), long.detach()) for short, long in states]
        advance(inputs.numel())


@torch.no_grad()
def perplexity(model: TiedModel, windows: Windows) -> float:
    """exp of the mean loss a token, in float32 and eval mode, where the model is left."""
    model.eval()
    where, states, total = model.bias.device, None, 0.0
    for inputs, targets in windows:
        loss, states = model(inputs.to(where), targets.to(where), states)
        total += float(loss) * inputs.numel()
    # Where math.exp raises an error torch says infinity.
    return float(torch.tensor(total / windows.targets.numel(), dtype=torch.float64).exp())
