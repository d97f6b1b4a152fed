"""Learning-rate schedules."""

from __future__ import annotations


def slanted_triangular(step: int, steps: int, cut: float = 0.1, ratio: float = 32) -> float:
    """The factor of the highest rate at `step` (from 0) of `steps`, in [1 / ratio, 1].

    It rises from 1 / `ratio` to 1 over the share `cut` of the steps, falls back to 1 / `ratio` by
    the last step, and stays there (Howard & Ruder 2018, ULMFiT, equation 3).
    """
    # If `steps * cut` is not a whole number, the paper's formula ends early, with a negative rate.
    top = int(steps * cut)
    share = step / top if step < top else 1 - (step - top) / max(steps - top, 1)
    return (1 + max(share, 0.0) * (ratio - 1)) / ratio
