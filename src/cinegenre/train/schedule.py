"""How a learning rate goes over a training."""

from __future__ import annotations


def slanted_triangular(step: int, steps: int, cut: float = 0.1, ratio: float = 32) -> float:
    """What to multiply the highest rate with at `step` of `steps`, from 0; in [1 / ratio, 1].

    It rises from 1 / `ratio` to 1 over the first `cut` of the steps, then falls back to it by
    `steps`, and stays there (Howard & Ruder 2018, ULMFiT, equation 3).
    """
    # Of a `steps * cut` that is no whole number the paper's fall ends early, and below zero.
    top = int(steps * cut)
    share = step / top if step < top else 1 - (step - top) / max(steps - top, 1)
    return (1 + max(share, 0.0) * (ratio - 1)) / ratio
