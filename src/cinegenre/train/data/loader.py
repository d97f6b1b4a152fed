"""Makes batches of films of similar length, in an order that a resumed run continues exactly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from .arrays import FilmArrays


class LengthSorted(Sampler[np.ndarray]):
    """Batches whose order is a pure function of (seed, epoch).

    Films are shuffled, sorted by length within pools of `pool` batches, and the batches are
    shuffled. So there is little padding, and yet another mix in each epoch. Without `seed`, all
    films come once, ordered by length.
    """

    def __init__(self, lengths: np.ndarray, size: int, pool: int, seed: int | None) -> None:
        self.lengths, self.size, self.pool, self.seed = lengths, size, pool, seed
        self.epoch = 0
        self.skip = 0  # batches of the next epoch that an interrupted run has already used

    def __len__(self) -> int:
        return -(-len(self.lengths) // self.size)

    def __iter__(self) -> Iterator[np.ndarray]:
        # Advanced first, because Lightning asks for the state during an epoch.
        batches = self._batches(self.epoch)[self.skip :]
        self.epoch, self.skip = self.epoch + 1, 0
        return iter(batches)

    def set_epoch(self, epoch: int) -> None:
        """Set the epoch. Lightning calls this before each epoch, but does not restore it if a run
        is resumed at the end of one.
        """
        if epoch != self.epoch:
            self.epoch, self.skip = epoch, 0

    def _batches(self, epoch: int) -> list[np.ndarray]:
        if self.seed is None:
            order = np.argsort(self.lengths, kind="stable")
            return [order[i : i + self.size] for i in range(0, len(order), self.size)]
        random = np.random.default_rng((self.seed, epoch))
        order = random.permutation(len(self.lengths))
        step = self.size * self.pool
        pools = [order[i : i + step] for i in range(0, len(order), step)]
        pools = [films[np.argsort(self.lengths[films], kind="stable")] for films in pools]
        batches = [
            films[i : i + self.size] for films in pools for i in range(0, len(films), self.size)
        ]
        return [batches[i] for i in random.permutation(len(batches))]


class FilmLoader(DataLoader[dict[str, Tensor]]):
    """A DataLoader that stores its position, so that training can resume within an epoch."""

    def __init__(self, arrays: FilmArrays, sampler: LengthSorted) -> None:
        # Its own generator, because draws of the default one would shift those of dropout after a
        # resume.
        super().__init__(
            _Rows(arrays), batch_size=None, sampler=sampler, generator=torch.Generator()
        )
        self.order = sampler
        self._epoch = self._done = 0

    def __iter__(self) -> Any:
        self._epoch, self._done = self.order.epoch, self.order.skip
        for batch in super().__iter__():
            self._done += 1
            yield batch

    def state_dict(self) -> dict[str, int]:
        """The current epoch, and how many of its batches have been used."""
        if self._done >= len(self.order):
            return {"epoch": self._epoch + 1, "done": 0}
        return {"epoch": self._epoch, "done": self._done}

    def load_state_dict(self, state: dict[str, int]) -> None:
        self.order.epoch, self.order.skip = state["epoch"], state["done"]


class _Rows(Dataset[dict[str, Tensor]]):
    def __init__(self, arrays: FilmArrays) -> None:
        self.arrays = arrays

    def __len__(self) -> int:
        return len(self.arrays)

    def __getitem__(self, films: Any) -> dict[str, Tensor]:
        return {name: torch.from_numpy(part) for name, part in self.arrays.batch(films).items()}
