"""Losses by name: float32 logits (batch, genres) and truth (0 or 1, the same shape) → one number.

Only binary cross-entropy is smallest at the true probabilities, but export calibrates all of them.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional

from ...errors import UserError

_MARGIN, _GAMMA_NEGATIVE = 0.05, 4
_MOST = 100.0  # a genre of a few films must not outweigh all others


def binary_cross_entropy(logits: Tensor, truth: Tensor) -> Tensor:
    """The mean over all genres, each of which is a yes-or-no question of its own."""
    return functional.binary_cross_entropy_with_logits(logits, truth)


def asymmetric(logits: Tensor, truth: Tensor) -> Tensor:
    """A loss in which easy negatives count less, and very easy ones not at all (ASL, Ridnik et al.
    2021).

    With p the probability and q = max(p - m, 0), a positive costs -(1 - p)^γ₊ log p and a negative
    -q^γ₋ log(1 - q); γ₊ = 0, γ₋ = 4, m = 0.05 are the paper's values for multi-label data. It is
    the mean over films and genres, so that learning rates carry over from cross-entropy, whereas
    the authors' code takes the sum.
    """
    # 1 - q is at least the margin, so its logarithm is safe; log p is taken from the logit.
    easy = (logits.sigmoid() - _MARGIN).clamp(min=0)
    negative = easy**_GAMMA_NEGATIVE * (1 - easy).log()
    return -(truth * functional.logsigmoid(logits) + (1 - truth) * negative).mean()


def double_soft_f1(logits: Tensor, truth: Tensor) -> Tensor:
    """1 - ½ (F1 of the positives + F1 of the negatives) of each genre, averaged over genres.

    The counts are sums of probabilities p over the batch: F1₊ = 2 Σ p y / (Σ p + Σ y), and F1₋ is
    the same for 1 - p and 1 - y (Maiza 2019, "The Unknown Benefits of using a Soft-F1 Loss").

    It needs batches of 256 or more. A genre without a positive in the batch has F1₊ = 0 for any p:
    its loss is at least ½, and it learns only from negatives, which lower p. In small batches this
    makes rare genres disappear.
    """
    positive = _soft_f1(logits.sigmoid(), truth)
    negative = _soft_f1((-logits).sigmoid(), 1 - truth)  # 1 - p loses the last digits near 1
    return (1 - (positive + negative) / 2).mean()


def _soft_f1(p: Tensor, truth: Tensor) -> Tensor:
    """(batch, genres) twice to (genres,)."""
    # A denominator below 1 means no true film and a numerator of 0: the clamp only avoids 0 / 0.
    return 2 * (p * truth).sum(dim=0) / (p.sum(dim=0) + truth.sum(dim=0)).clamp(min=1e-6)


def categorical_cross_entropy(logits: Tensor, truth: Tensor) -> Tensor:
    """-Σ y log softmax(z) over the genres, with y unnormalised (0 or 1), averaged over films.

    This is Dave's loss (section 3.3, as Keras computes it): a film with two genres counts twice,
    and the best scores for it are ½ each.
    """
    return -(truth * functional.log_softmax(logits, dim=1)).sum(dim=1).mean()


LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "asymmetric": asymmetric,
    "binary_cross_entropy": binary_cross_entropy,
    "categorical_cross_entropy": categorical_cross_entropy,
    "double_soft_f1": double_soft_f1,
}


def activation(loss: str) -> str:
    """The function that turns logits of a model trained with `loss` into probabilities."""
    return "softmax" if loss == "categorical_cross_entropy" else "sigmoid"


def weighted(loss: str, positives: Tensor) -> Callable[[Tensor, Tensor], Tensor]:
    """Binary cross-entropy in which a genre's positives have the same weight as its negatives.

    `positives` is each genre's share of the training films, (genres,); the weight of a positive is
    (1 - share) / share, at most 100. Raises `UserError` for another loss.
    """
    if loss != "binary_cross_entropy":
        raise UserError(
            f"model.positive_weights is set with the loss {loss!r}",
            "it goes with binary_cross_entropy alone",
        )
    weights = ((1 - positives) / positives.clamp(min=1e-9)).clamp(max=_MOST)
    return lambda logits, truth: functional.binary_cross_entropy_with_logits(
        logits, truth, pos_weight=weights.to(logits.device)
    )
