"""The outputs of frozen encoders, computed once for a set of films and kept on disk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..data.progress import stage
from ..files import whole
from .arrays import FilmArrays, StoredColumn, TextColumn
from .precision import autocast, device
from .recipe import Recipe

BATCH = 64


class Computed(nn.Module):
    """Stands in a model for an encoder whose outputs are at hand: gives them on as they are."""

    def __init__(self, out_dim: int) -> None:
        super().__init__()
        self.out_dim = out_dim

    def forward(self, inputs: Tensor) -> Tensor:
        return inputs


def frozen_encoders(encoders: nn.ModuleDict) -> list[str]:
    """The modalities whose encoder never learns."""
    return [name for name, encoder in encoders.items() if getattr(encoder, "frozen", False)]


def with_features(
    arrays: FilmArrays, encoders: nn.ModuleDict, recipe: Recipe, cache: Path, precision: str
) -> FilmArrays:
    """`arrays` with the columns of frozen encoders replaced by those encoders' outputs.

    `cache` is a folder for these very films; files in it are keyed by the encoder's weights and
    by what it reads.
    """
    columns = dict(arrays.columns)
    for name in frozen_encoders(encoders):
        key = {"weights": encoders[name].fingerprint, "reads": asdict(recipe.inputs[name])}
        digest = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()[:16]
        path = cache / f"features-{digest}.f32"
        columns[name] = _column(path, name, encoders[name], columns[name], precision)
    return FilmArrays(arrays.ids, arrays.truth, columns)


def _column(
    path: Path, name: str, encoder: nn.Module, column: TextColumn | StoredColumn, precision: str
) -> StoredColumn:
    has = column.present
    width: Any = encoder.out_dim
    if not path.exists():
        rows = np.flatnonzero(has)
        if isinstance(column, TextColumn):
            rows = rows[np.argsort(column.lengths[rows], kind="stable")]
        found = np.zeros((len(has), width), np.float32)
        with stage(f"features of {name}", len(rows)) as advance:
            for films, features in _encoded(encoder, column, rows, precision):
                found[films] = features
                advance(len(films))
        with whole(path) as staged:
            staged.write_bytes(found[has].tobytes())
    shape = (int(has.sum()), width)
    stored = np.memmap(path, np.float32, "r", shape=shape) if shape[0] else np.zeros(shape, "f4")
    return StoredColumn(stored, np.where(has, np.cumsum(has) - 1, -1))


def _encoded(
    encoder: nn.Module, column: TextColumn | StoredColumn, rows: np.ndarray, precision: str
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    where = device()
    encoder = encoder.eval().to(where)
    for start in range(0, len(rows), BATCH):
        films = rows[start : start + BATCH]
        inputs = torch.from_numpy(column.batch(films)).to(where)
        with torch.inference_mode(), autocast(precision, where):
            yield films, encoder(inputs).float().cpu().numpy()
    encoder.cpu()
