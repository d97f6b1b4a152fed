"""The encoders' outputs as the columns that a head is fitted on, and weights on them taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

WIDEST = 256
"""Columns of one modality at most: its directions of largest variance."""

OWN = ""
"""The name among the modalities of the base model's own logits."""


@dataclass(frozen=True)
class Block:
    """One modality's columns: its features centred, each of variance 1, turned, and scaled.

    `mean` is (width,), `basis` (width, columns). The mean film has a squared length of 1, however
    wide the modality, so that one penalty serves all of them.
    """

    mean: np.ndarray
    basis: np.ndarray

    @classmethod
    def learn(cls, features: np.ndarray) -> Block:
        """From the features (films, width) of films that have the modality, if any."""
        if not len(features):
            width = features.shape[1]
            return cls(np.zeros(width, np.float32), np.zeros((width, 0), np.float32))
        mean = features.mean(axis=0, dtype=np.float64)
        spread = features.std(axis=0, dtype=np.float64)
        # What hardly varies here is noise, and would be blown up.
        varies = spread > 1e-4 * max(float(spread.max(initial=0)), 1e-12)
        scale = np.divide(1, spread, out=np.zeros_like(spread), where=varies)
        z = ((features - mean) * scale).astype(np.float32)
        basis = scale[:, None] * _directions(z) / np.sqrt(max(int(varies.sum()), 1))
        return cls(mean.astype(np.float32), basis.astype(np.float32))

    def of(self, features: np.ndarray) -> np.ndarray:
        """The columns (films, columns) of these films, float32."""
        return np.asarray((features - self.mean) @ self.basis)


@dataclass(frozen=True)
class Columns:
    """Every modality's block, in the bundle's order, the own logits last."""

    blocks: Mapping[str, Block]

    @classmethod
    def learn(
        cls, features: Mapping[str, np.ndarray], present: np.ndarray, own: np.ndarray
    ) -> Columns:
        """From features by modality, `present` bool (films, modalities), and the own logits."""
        blocks = {
            name: Block.learn(part[present[:, i]])
            for i, (name, part) in enumerate(features.items())
        }
        return cls({**blocks, OWN: Block.learn(own)})

    def scaled(self, gains: Mapping[str, float]) -> Columns:
        """With the columns of modalities times their gain: a large one is penalised less."""
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
        """The columns of the `chosen` modalities, zero where not `present`, and the logits'."""
        parts = [
            np.where(present[:, i, None], self.blocks[name].of(features[name]), np.float32(0))
            for i, name in enumerate(features)
            if chosen[i]
        ]
        return np.concatenate([*parts, self.blocks[OWN].of(own)], axis=1)

    def taken_back(
        self, weights: np.ndarray, chosen: Sequence[bool]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Weights on columns (columns + 1, genres) as weights on the features, and the bias.

        (width, genres) over all modalities and the own logits, and (genres,), both float32.
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
    # Of the two squares the smaller one has the same eigenvalues.
    square = (z @ z.T if films < width else z.T @ z).astype(np.float64)
    values, vectors = np.linalg.eigh(square)
    best = slice(None, -WIDEST - 1, -1)
    values, vectors = values[best], vectors[:, best]
    real = values > 1e-6 * max(values[0], 1e-12)
    values, vectors = values[real], vectors[:, real]
    return np.asarray(z.T @ vectors / np.sqrt(values) if films < width else vectors)
