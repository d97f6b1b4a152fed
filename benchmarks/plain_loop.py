"""The model of a recipe trained as plain PyTorch does it: the peer of our own training.

A Dataset that opens a JPEG a film, a shuffling DataLoader with two workers, float32, Adam. Texts
are tokenised beforehand, with the recipe's own vocabulary and cut, and padded to the longest of
the training set (`--pad longest`) or of the batch (`--pad batch`).
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from cinegenre.data.dataset import PreparedSet
from cinegenre.data.select import select
from cinegenre.inputs import PosterInput, TextInput
from cinegenre.taxonomy import taxonomy
from cinegenre.train.data.arrays import Films
from cinegenre.train.data.films import make_inputs
from cinegenre.train.model.model import build_model
from cinegenre.train.recipe import load_recipe

Item = tuple[Tensor, Tensor, Tensor]


class Movies(Dataset[Item]):
    """A film an item: its tokens, its poster opened and resized there and then, its genres."""

    def __init__(
        self,
        tokens: list[np.ndarray],
        posters: list[Path],
        truth: np.ndarray,
        size: tuple[int, int],
    ) -> None:
        self.tokens, self.posters, self.truth, self.size = tokens, posters, truth, size

    def __len__(self) -> int:
        return len(self.tokens)

    def __getitem__(self, film: int) -> Item:
        with Image.open(self.posters[film]) as image:
            small = image.convert("RGB").resize(self.size, Image.Resampling.BILINEAR)
        pixels = torch.from_numpy(np.array(small)).float()
        return torch.from_numpy(self.tokens[film]), pixels, torch.from_numpy(self.truth[film])


class Collate:
    """Items to a batch; texts padded to `width`, or to the longest among them."""

    def __init__(self, pad_id: int, width: int | None) -> None:
        self.pad_id, self.width = pad_id, width

    def __call__(self, items: list[Item]) -> Item:
        tokens, pixels, truth = zip(*items, strict=True)
        width = self.width or max(map(len, tokens))
        rows = torch.full((len(items), width), self.pad_id)
        for row, filled in zip(rows, tokens, strict=True):
            row[: len(filled)] = filled
        return rows, torch.stack(pixels), torch.stack(truth)


def main() -> None:
    """Train for about so many seconds and print the figures as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path, help="a prepared data set")
    parser.add_argument("posters", type=Path, help="a folder for its posters as files")
    parser.add_argument("--recipe", required=True)
    parser.add_argument("--row", required=True)
    parser.add_argument("--pad", choices=("longest", "batch"), required=True)
    parser.add_argument("--seconds", type=float, default=20)
    given = parser.parse_args()

    recipe = load_recipe(given.recipe, row=given.row)
    genres = taxonomy(recipe.data.taxonomy)
    data = PreparedSet.open(given.data)
    chosen, _ = select(data.films("train"), taxonomy=genres, need=recipe.data.need)
    films = list(chosen)
    given.posters.mkdir(exist_ok=True)
    paths = [given.posters / f"{number}.jpg" for number in range(len(films))]
    for path, film in zip(paths, films, strict=True):
        if not path.exists() and isinstance(film.poster, bytes):
            path.write_bytes(film.poster)
    inputs = make_inputs(recipe, data, Films(films, {}, given.posters))
    text, poster = inputs["text"], inputs["poster"]
    assert isinstance(text, TextInput) and isinstance(poster, PosterInput)
    tokens = [row.astype(np.int64) for row in text.encode(films)]
    truth = np.array([[genre in film.genres for genre in genres] for film in films], np.float32)

    torch.manual_seed(recipe.seed)
    longest = max(map(len, tokens))
    loader = DataLoader(
        Movies(tokens, paths, truth, (poster.width, poster.height)),
        batch_size=recipe.train.batch_size, shuffle=True, num_workers=2,
        collate_fn=Collate(text.pad_id, longest if given.pad == "longest" else None),
    )  # fmt: skip
    model = build_model(recipe, inputs, len(genres)).train()
    found = _train(model, loader, recipe.train.learning_rate, given.seconds)
    print(json.dumps(found | {"longest": longest, "films": len(films)}))


def _train(
    model: nn.Module, loader: DataLoader[Item], learning_rate: float, enough: float
) -> dict[str, Any]:
    """Films a second over whole batches, for at least `enough` seconds after the first batch."""
    optimiser = torch.optim.Adam(model.parameters(), lr=learning_rate)
    loss = nn.BCEWithLogitsLoss()
    batches = films = 0
    started = 0.0
    while True:
        for tokens, pixels, truth in loader:
            present = torch.ones(len(truth), 2, dtype=torch.bool)
            optimiser.zero_grad()
            loss(model({"text": tokens, "poster": pixels}, present), truth).backward()
            optimiser.step()
            now = time.perf_counter()
            if not started:
                started = now
                continue
            batches, films = batches + 1, films + len(truth)
            if now - started >= enough:
                seconds = now - started
                return {"films_per_second": films / seconds, "batches": batches, "seconds": seconds}


if __name__ == "__main__":
    main()
