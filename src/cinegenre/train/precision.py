"""The type that numbers are multiplied in, and where: one choice for all that learns or encodes."""

from __future__ import annotations

import torch

DTYPES = {"bf16-mixed": torch.bfloat16, "16-mixed": torch.float16}
"""Lightning's names of what is not float32."""


def precision_of(asked: str) -> str:
    """Lightning's name of the precision: bfloat16 where the hardware has it and `asked` is auto."""
    if asked != "auto":
        return asked
    if torch.cuda.is_available():
        return "bf16-mixed" if torch.cuda.is_bf16_supported() else "16-mixed"
    # Without the instructions bfloat16 is emulated and slower; other systems may lack the question.
    has_bf16 = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    return "bf16-mixed" if has_bf16() else "32-true"


def device() -> torch.device:
    """The GPU where there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def autocast(precision: str, where: torch.device) -> torch.autocast:
    """The context in which a model computes in that precision."""
    return torch.autocast(where.type, DTYPES.get(precision), enabled=precision in DTYPES)
