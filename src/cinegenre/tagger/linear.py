"""Linear heads that `cinegenre fit` writes, over features and the base model's logits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import UserError

FILE = "head.safetensors"


@dataclass(frozen=True)
class LinearHead:
    """One linear map for each set of modalities that a film may have.

    `present`, bool (sets, modalities), lists the sets, one of which is empty. `weights` is float32
    (sets, width, genres): `width` counts the encoders' outputs in the order of the modalities, and
    then the base model's logits. Weights of modalities outside a set are zero. `bias` is (sets,
    genres). `offsets`, if there are any, are (modalities, genres): what each modality adds by being
    present. With them one set can serve all films.
    """

    present: np.ndarray
    weights: np.ndarray
    bias: np.ndarray
    offsets: np.ndarray | None = None

    def logits(
        self, features: Sequence[np.ndarray], base: np.ndarray, present: np.ndarray
    ) -> np.ndarray:
        """Logits (films, genres) float32, from features (films, width) by modality and base logits.

        Each film uses the largest set of which it has all modalities.
        """
        # Callers may leave the features of a modality that counts as absent, such as a spared one.
        parts = [part * present[:, i, None] for i, part in enumerate(features)]
        columns = np.concatenate([*parts, base], axis=1).astype(np.float32)
        result = np.empty((len(columns), self.bias.shape[1]), np.float32)
        sets = self.choose(present)
        for chosen in np.unique(sets):
            rows = sets == chosen
            result[rows] = columns[rows] @ self.weights[chosen] + self.bias[chosen]
        if self.offsets is not None:
            result += present.astype(np.float32) @ self.offsets
        return result

    def choose(self, present: np.ndarray) -> np.ndarray:
        """The index of each film's set, (films,)."""
        lacks = self.present[None] & ~present[:, None]
        fits = ~lacks.any(axis=2)
        return np.asarray(np.where(fits, self.present.sum(axis=1), -1).argmax(axis=1))

    def save(self, path: Path) -> None:
        """Write the head as a safetensors file."""
        from safetensors.numpy import save

        tensors = {"present": self.present, "weights": self.weights, "bias": self.bias}
        if self.offsets is not None:
            tensors["offsets"] = self.offsets
        # save_file would make a file that only its owner can read.
        path.write_bytes(save({name: np.ascontiguousarray(x) for name, x in tensors.items()}))

    @classmethod
    def load(cls, path: Path, modalities: int, width: int, genres: int) -> LinearHead:
        """Read and check head.safetensors; `width` is that of all modalities and the base
        logits.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            tensors = load_file(path)
            present, weights, bias = (tensors[name] for name in ("present", "weights", "bias"))
        except (SafetensorError, KeyError, OSError) as error:
            raise UserError(f"{path} is not a head ({error})", "fit the bundle anew") from error
        head = cls(present, weights, bias, tensors.get("offsets"))
        sets = len(head.present)
        if (
            head.present.shape != (sets, modalities)
            or head.weights.shape != (sets, width, genres)
            or head.bias.shape != (sets, genres)
            or head.present.dtype != bool
            or not (~head.present).all(axis=1).any()
            or not (np.isfinite(head.weights).all() and np.isfinite(head.bias).all())
            or not _are_offsets(head.offsets, modalities, genres)
        ):
            raise UserError(f"{path} does not fit its config.json", "fit the bundle anew")
        return head


def _are_offsets(offsets: np.ndarray | None, modalities: int, genres: int) -> bool:
    if offsets is None:
        return True
    return offsets.shape == (modalities, genres) and bool(np.isfinite(offsets).all())
