"""The linear head of a bundle from `cinegenre fit`, over features and the base model's logits."""

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
    genres).
    """

    present: np.ndarray
    weights: np.ndarray
    bias: np.ndarray

    def logits(
        self, features: Sequence[np.ndarray], base: np.ndarray, present: np.ndarray
    ) -> np.ndarray:
        """Logits (films, genres) float32, from features (films, width) by modality and base logits.

        Each film uses the largest set of which it has all modalities.
        """
        columns = np.concatenate([*features, base], axis=1).astype(np.float32)
        result = np.empty((len(columns), self.bias.shape[1]), np.float32)
        sets = self.choose(present)
        for chosen in np.unique(sets):
            rows = sets == chosen
            result[rows] = columns[rows] @ self.weights[chosen] + self.bias[chosen]
        return result

    def choose(self, present: np.ndarray) -> np.ndarray:
        """The index of each film's set, (films,)."""
        lacks = self.present[None] & ~present[:, None]
        fits = ~lacks.any(axis=2)
        return np.asarray(np.where(fits, self.present.sum(axis=1), -1).argmax(axis=1))

    def save(self, folder: Path) -> None:
        """Write head.safetensors."""
        from safetensors.numpy import save_file

        tensors = {"present": self.present, "weights": self.weights, "bias": self.bias}
        save_file({name: np.ascontiguousarray(x) for name, x in tensors.items()}, folder / FILE)

    @classmethod
    def load(cls, path: Path, modalities: int, width: int, genres: int) -> LinearHead:
        """Read and check head.safetensors; `width` is that of all modalities and the base
        logits.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            tensors = load_file(path)
            head = cls(*(tensors[name] for name in ("present", "weights", "bias")))
        except (SafetensorError, KeyError, OSError) as error:
            raise UserError(f"{path} is no head ({error})", "fit the bundle anew") from error
        sets = len(head.present)
        if (
            head.present.shape != (sets, modalities)
            or head.weights.shape != (sets, width, genres)
            or head.bias.shape != (sets, genres)
            or head.present.dtype != bool
            or not (~head.present).all(axis=1).any()
            or not (np.isfinite(head.weights).all() and np.isfinite(head.bias).all())
        ):
            raise UserError(f"{path} does not fit its config.json", "fit the bundle anew")
        return head
