"""The texts of the training split, for encoders that first learn from texts alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...inputs import TextInput


@dataclass(frozen=True)
class Corpus:
    """`rows` yields the text of every training film, encoded by `reads`: (tokens,) int32 each.

    These are all films of the training split that have a text, with or without a poster or a genre,
    and none of another split. An encoder may store what it learned in `folder` for the next run;
    the folder is keyed by the texts and their preprocessing.
    """

    reads: TextInput
    rows: Callable[[], list[np.ndarray]]
    folder: Path
