"""The texts of the training split, for encoders that learn from texts alone before genres."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...inputs import TextInput


@dataclass(frozen=True)
class Corpus:
    """`rows` reads every training film's text as `reads` encodes it, (tokens,) int32 each.

    All films of the training split that have one, with or without a poster or a genre; never one
    of another split. `folder`, keyed by those texts and their preprocessing, is where an encoder
    may keep what it learned for the next run.
    """

    reads: TextInput
    rows: Callable[[], list[np.ndarray]]
    folder: Path
