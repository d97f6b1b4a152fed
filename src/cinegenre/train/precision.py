"""The precision of computation and its device, chosen in one place for training and encoding."""

from __future__ import annotations

from functools import cache
from typing import Literal

import torch
from torch import nn

from ..errors import UserError, unknown

Precision = Literal["32-true", "bf16-mixed", "16-mixed"]
"""Lightning's names of precisions."""

DTYPES: dict[Precision, torch.dtype] = {
    "32-true": torch.float32,
    "bf16-mixed": torch.bfloat16,
    "16-mixed": torch.float16,
}


def precision_of(asked: str, *, lstm: bool = False) -> Precision:
    """The precision to use; for "auto", 16 bits if the hardware supports them.

    `lstm` says whether the model has an LSTM. Raises `UserError` if this machine cannot train in
    the precision that was asked for.
    """
    where = device()
    if asked == "auto":
        return _best(where)
    known = next((name for name in DTYPES if name == asked), None)
    if known is None:
        raise unknown("precision", asked, ("auto", *DTYPES))
    # On a CPU Lightning would silently use bfloat16 instead.
    if asked == "16-mixed" and where.type == "cpu":
        raise UserError("train.precision is '16-mixed', which needs an NVIDIA GPU", _CURE)
    if lstm and not _trains_lstm(known, where):
        raise UserError(
            f"train.precision is {asked!r}, in which this machine cannot train an LSTM", _CURE
        )
    return known


_CURE = "set train.precision=auto, which uses what the machine supports"


def device() -> torch.device:
    """The GPU if there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def autocast(precision: Precision, where: torch.device) -> torch.autocast:
    """The context in which a model computes in that precision."""
    dtype = DTYPES[precision]
    return torch.autocast(where.type, dtype, enabled=dtype != torch.float32)


def _best(where: torch.device) -> Precision:
    if where.type == "cuda":
        has_bf16 = torch.cuda.is_bf16_supported(including_emulation=False)
        return "bf16-mixed" if has_bf16 else "16-mixed"
    # Without these instructions bfloat16 is emulated and slower. The function is private, so it may
    # be missing. It asks the processor and not oneDNN, which may be limited by ONEDNN_MAX_CPU_ISA;
    # therefore an LSTM is tried as well.
    has_bf16 = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    return "bf16-mixed" if has_bf16() and _trains_lstm("bf16-mixed", where) else "32-true"


@cache
def _trains_lstm(precision: Precision, where: torch.device) -> bool:
    """Whether an LSTM can be trained in a precision: without AVX-512 oneDNN has no 16-bit LSTM.

    All other layers work then too, but emulated.
    """
    with torch.random.fork_rng():
        lstm = nn.LSTM(8, 8, batch_first=True).to(where)
    try:
        with torch.enable_grad(), autocast(precision, where):
            steps, _ = lstm(torch.zeros(2, 3, 8, device=where))
        steps.float().sum().backward()
    except torch.OutOfMemoryError:
        raise
    except RuntimeError:
        return False
    return True
