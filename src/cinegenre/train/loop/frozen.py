"""The outputs of frozen encoders and stems, computed once for a set of films and stored on disk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ...files import whole
from ...progress import stage
from ..data.arrays import FilmArrays, StoredColumn, TextColumn
from ..model.encoders import Encoder, Encoders
from ..precision import Precision, autocast, device
from ..recipe import Recipe

BATCH = 64


class Computed(Encoder):
    """Replaces an encoder whose outputs are stored already; it returns them unchanged."""

    def __init__(self, out_dim: int) -> None:
        super().__init__()
        self.out_dim = out_dim

    def forward(self, inputs: Tensor) -> Tensor:
        return inputs


def frozen_encoders(encoders: Encoders) -> list[str]:
    """The modalities whose encoders never learn."""
    return [name for name, encoder in encoders.items() if encoder.frozen]


def with_features(
    arrays: FilmArrays, encoders: Encoders, recipe: Recipe, cache: Path, precision: Precision
) -> FilmArrays:
    """`arrays` with the inputs of frozen encoders replaced by their outputs, or by their stem's.

    `cache` is a folder for exactly these films; the names of its files depend on the encoder's
    weights and inputs.
    """
    columns = dict(arrays.columns)
    for name, encoder in encoders.items():
        if not encoder.frozen and not encoder.has_stem:
            continue
        key = {"weights": encoder.fingerprint, "reads": asdict(recipe.inputs[name])}
        digest = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()[:16]
        path = cache / f"features-{digest}.npy"
        if not path.exists():
            _compute(path, name, encoder, columns[name], precision)
        columns[name] = _stored(path, columns[name].present)
    return FilmArrays(arrays.ids, arrays.truth, columns)


def _stored(path: Path, has: np.ndarray) -> StoredColumn:
    stored = np.load(path, mmap_mode="r" if has.any() else None, allow_pickle=False)
    return StoredColumn(stored, np.where(has, np.cumsum(has) - 1, -1))


def _compute(
    path: Path, name: str, encoder: Encoder, column: TextColumn | StoredColumn, precision: Precision
) -> None:
    has = column.present
    at = np.cumsum(has) - 1
    rows = np.flatnonzero(has)
    if isinstance(column, TextColumn):
        rows = rows[np.argsort(column.lengths[rows], kind="stable")]
    file = None
    # A memory map, because the outputs of a stem may be larger than the memory.
    with whole(path) as staged, stage(f"features of {name}", len(rows)) as advance:
        for films, features in _encoded(encoder, column, rows, precision):
            if file is None:
                shape = (len(rows), *features.shape[1:])
                file = np.lib.format.open_memmap(staged, "w+", features.dtype, shape)
            file[at[films]] = features
            advance(len(films))
        if file is None:
            with staged.open("wb") as empty:
                np.save(empty, np.zeros((0, encoder.out_dim), np.float32))
        else:
            file.flush()
            del file


def _encoded(
    encoder: Encoder, column: TextColumn | StoredColumn, rows: np.ndarray, precision: Precision
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The outputs of a frozen encoder in float32, or of a stem, which are large, in float16."""
    where = device()
    encoder = encoder.eval().to(where)
    for start in range(0, len(rows), BATCH):
        films = rows[start : start + BATCH]
        inputs = torch.from_numpy(column.batch(films)).to(where)
        with torch.inference_mode(), autocast(precision, where):
            outputs = encoder.stem(inputs).half() if encoder.has_stem else encoder(inputs).float()
            yield films, outputs.cpu().numpy()
    encoder.cpu()
