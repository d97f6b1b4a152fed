"""Fits the encoders that learn apart, before the rest of the model is trained."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from ...errors import UserError
from ...files import whole
from ...progress import stage
from ..data.arrays import FilmArrays, StoredColumn
from ..data.films import folds_of
from ..model.encoders import Encoder
from .prepared import Prepared


def learned(ready: Prepared, seed: int, out: Path) -> Prepared:
    """Fit the encoders that learn apart; return `ready` with their logits in place of their inputs.

    Encoders in `model.apart` take no part in the training, so they get no logits. Their weights are
    stored in `out`/apart-NAME.safetensors, so that a resumed run need not fit them again.
    """
    model, arrays = ready.model, ready.arrays["train"]
    columns = dict(arrays.columns)
    for name, encoder in model.encoders.items():
        if not encoder.learns_apart:
            continue
        column = columns[name]
        kept = out / f"apart-{name}.safetensors"
        if name not in model.apart:
            logits = _learn(encoder, name, arrays, folds=True, seed=seed)
            columns[name] = StoredColumn(
                logits, np.where(column.present, np.arange(len(arrays)), -1)
            )
            continue
        if kept.exists():
            encoder.load_state_dict(load_file(kept))
        else:
            _learn(encoder, name, arrays, folds=False, seed=seed)
            state = {key: part.contiguous() for key, part in encoder.state_dict().items()}
            with whole(kept) as staged:
                save_file(state, staged)
        nothing = np.zeros((0, encoder.out_dim), np.float32)
        columns[name] = StoredColumn(nothing, np.full(len(arrays), -1))
    return replace(ready, arrays={**ready.arrays, "train": replace(arrays, columns=columns)})


def _learn(
    encoder: Encoder, name: str, arrays: FilmArrays, *, folds: bool, seed: int
) -> np.ndarray:
    """Fit one encoder; with `folds`, return the training films' logits (films, genres).

    A film that oversampling repeats is used once, because copies of it would be in several folds.
    """
    _, first, back = np.unique(arrays.ids, return_index=True, return_inverse=True)
    films = arrays.take(first)
    target = films.truth.astype(np.float32)
    if encoder.has_teacher and films.target is not None:
        target = films.target
    fold = folds_of(len(films), encoder.folds, seed) if folds else None
    column = films.columns[name]
    if not column.present.any():
        raise UserError(
            f"no training film has what [inputs.{name}] reads", "leave that modality out"
        )
    fits = 1 if fold is None else encoder.folds + 1
    total = int(column.present.sum()) * encoder.epochs * fits
    # fork_rng: the training that follows gets the same random numbers whether or not this was done.
    with torch.random.fork_rng(), stage(f"{name} learns", total) as advance:
        torch.manual_seed(seed)
        logits = encoder.learn(column, target, fold, advance)
    return np.zeros((0, 0)) if logits is None else logits[back]
