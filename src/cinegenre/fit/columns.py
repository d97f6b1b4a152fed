"""Scales features into the columns that a head is fitted on, and converts its weights back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

WIDEST = 256
"""The most columns per modality, its directions of largest variance."""

OWN = ""
"""The key of the base model's logits among the modalities."""


@dataclass(frozen=True)
class Block:
    """The transformation of one modality: features are centred, given variance 1, rotated and
    scaled.

    `mean` is (width,), `basis` (width, columns). Films have a mean squared length of 1, whatever
    the width of the modality, so that one penalty suits all modalities.
    """

    mean: np.ndarray
    basis: np.ndarray

    @classmethod
    def learn(cls, features: np.ndarray) -> Block:
        """Fit the transformation on the features (films, width) of films that have the modality."""
        if not len(features):
            width = features.shape[1]
            return cls(np.zeros(width, np.float32), np.zeros((width, 0), np.float32))
        mean = features.mean(axis=0, dtype=np.float64)
        spread = features.std(axis=0, dtype=np.float64)
        # A feature that hardly varies is noise, and dividing by its deviation would enlarge it.
        varies = spread > 1e-4 * max(float(spread.max(initial=0)), 1e-12)
        scale = np.divide(1, spread, out=np.zeros_like(spread), where=varies)
        z = ((features - mean) * scale).astype(np.float32)
        basis = scale[:, None] * _directions(z) / np.sqrt(max(int(varies.sum()), 1))
        return cls(mean.astype(np.float32), basis.astype(np.float32))

    def of(self, features: np.ndarray) -> np.ndarray:
        """The columns of films from their features, (films, columns) float32."""
        return np.asarray((features - self.mean) @ self.basis)


@dataclass(frozen=True)
class Columns:
    """The blocks of all modalities in the bundle's order, and that of the base model's logits
    last.
    """

    blocks: Mapping[str, Block]

    @classmethod
    def learn(
        cls, features: Mapping[str, np.ndarray], present: np.ndarray, own: np.ndarray
    ) -> Columns:
        """Fit all blocks on features by modality, `present` bool (films, modalities), and
        logits.
        """
        blocks = {
            name: Block.learn(part[present[:, i]])
            for i, (name, part) in enumerate(features.items())
        }
        return cls({**blocks, OWN: Block.learn(own)})

    def scaled(self, gains: Mapping[str, float]) -> Columns:
        """The same with each modality's columns multiplied by its gain; a larger one is penalised
        less.
        """
        return Columns(
            {
                name: replace(block, basis=block.basis * np.float32(gains.get(name, 1)))
                for name, block in self.blocks.items()
            }
        )

    def of(
        self,
        features: Mapping[str, np.ndarray],
        present: np.ndarray,
        own: np.ndarray,
        chosen: Sequence[bool],
    ) -> np.ndarray:
        """The columns of the `chosen` modalities, zeros where not `present`, and of the logits."""
        parts = [
            np.where(present[:, i, None], self.blocks[name].of(features[name]), np.float32(0))
            for i, name in enumerate(features)
            if chosen[i]
        ]
        return np.concatenate([*parts, self.blocks[OWN].of(own)], axis=1)

    def taken_back(
        self, weights: np.ndarray, chosen: Sequence[bool]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Convert weights on columns (columns + 1, genres) to weights on features and a bias.

        They are (width, genres), over all modalities and the logits, and (genres,), both float32.
        """
        bias = weights[-1].astype(np.float64)
        parts: list[np.ndarray] = []
        at = 0
        for block, here in zip(self.blocks.values(), (*chosen, True), strict=True):
            if not here:
                parts.append(np.zeros((len(block.mean), weights.shape[1])))
                continue
            width = block.basis.shape[1]
            part = block.basis.astype(np.float64) @ weights[at : at + width]
            bias = bias - block.mean @ part
            parts.append(part)
            at += width
        return np.concatenate(parts).astype(np.float32), bias.astype(np.float32)


def _directions(z: np.ndarray) -> np.ndarray:
    """The principal directions of rows (films, width): (width, up to `WIDEST`)."""
    films, width = z.shape
    # Both products have the same non-zero eigenvalues, so the smaller one is used.
    square = (z @ z.T if films < width else z.T @ z).astype(np.float64)
    values, vectors = np.linalg.eigh(square)
    best = slice(None, -WIDEST - 1, -1)
    values, vectors = values[best], vectors[:, best]
    real = values > 1e-6 * max(values[0], 1e-12)
    values, vectors = values[real], vectors[:, real]
    return np.asarray(z.T @ vectors / np.sqrt(values) if films < width else vectors)
