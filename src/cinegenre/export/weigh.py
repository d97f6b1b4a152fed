"""Fits the weight of each modality on validation films (stacking).

Encoders remember their training films, to different degrees. On those films the poster, which was
learned from the fewest films, would seem more useful than it is on new films (Wolpert 1992).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from itertools import combinations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from ..train.model.fusion import Sum
from ..train.model.model import Head

STEPS = 100


def fit_shares(
    head: Head,
    features: Mapping[str, np.ndarray],
    present: np.ndarray,
    truth: np.ndarray,
    wanted: Callable[[Collection[str]], bool] = lambda modalities: True,
) -> dict[str, dict[str, float]]:
    """Fit the shares of a head with the fusion `Sum`, in place; return them by set and modality.

    `features` (films, width) by modality, `present` bool (films, modalities) and `truth` bool
    (films, genres) are those of validation films. For every set of two modalities or more its
    factors, none below 0, make the binary cross-entropy least on the films that have them all.
    Only the sets that are `wanted` are fitted.
    """
    fusion = head.fusion
    assert isinstance(fusion, Sum)
    names = fusion.modalities
    last = head.classify[-1]
    assert isinstance(last, nn.Linear)
    parts = _logits(last, fusion, features)  # (films, modalities, genres)
    has, target = torch.from_numpy(present), torch.from_numpy(truth.astype(np.float32))
    told = {}
    for size in range(2, len(names) + 1):
        for chosen in combinations(range(len(names)), size):
            rows = has[:, chosen].all(dim=1).nonzero().squeeze(1)
            if not len(rows) or not wanted([names[i] for i in chosen]):
                continue
            shares = _least(parts[rows][:, chosen], last.bias.detach(), target[rows])
            fusion.shares[sum(2**i for i in chosen), list(chosen)] = shares
            found = {names[i]: float(s) for i, s in zip(chosen, shares, strict=True)}
            told["+".join(found)] = found
    return told


def _logits(last: nn.Linear, fusion: Sum, features: Mapping[str, np.ndarray]) -> Tensor:
    """What each modality adds to each genre's logit."""
    with torch.no_grad():
        project = zip(fusion.modalities, fusion.project, strict=True)
        hidden = [layer(torch.from_numpy(features[name])) for name, layer in project]
        return torch.stack([part @ last.weight.T for part in hidden], dim=1)


def _least(parts: Tensor, bias: Tensor, target: Tensor) -> Tensor:
    """Factors (modalities,), none below 0, of parts (films, modalities, genres) with the least
    cross-entropy.

    The loss is convex in them: where one would be negative it is 0, and the others are sought anew.
    """
    free = torch.ones(parts.shape[1], dtype=torch.bool)
    while True:
        found = torch.zeros(parts.shape[1])
        found[free] = _unbounded(parts[:, free], bias, target)
        if not (found < 0).any():
            return found
        free &= found > 0


def _unbounded(parts: Tensor, bias: Tensor, target: Tensor) -> Tensor:
    """The factors sought along with a bias a genre, which is let go: films that have all of a set
    have a genre more or less often than others, and the shares must not bend to make up for that.
    Calibration, of each set by itself, does.
    """
    shares = torch.full((parts.shape[1],), 1 / max(parts.shape[1], 1), requires_grad=True)
    bias = bias.clone().requires_grad_()
    search = torch.optim.LBFGS([shares, bias], max_iter=STEPS, line_search_fn="strong_wolfe")

    def loss() -> float:
        search.zero_grad()
        logits = (parts * shares[None, :, None]).sum(dim=1) + bias
        value = functional.binary_cross_entropy_with_logits(logits, target)
        value.backward()
        return float(value.detach())

    search.step(loss)
    return shares.detach()
