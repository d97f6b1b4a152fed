"""Weights of poster areas per genre: how much the log-odds fall when a window is painted over.

Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks" (2014), section 4.2, with
two window sizes: small ones find a face or a gun, large ones a sky, which no small window hides.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ..images import open_rgb
from ..inputs import PosterInput
from .base import Base

if TYPE_CHECKING:
    from ..tagger.tagger import Tagger

CELLS = 54
"""Number of cells of the grid, each about square: 9 rows of 6 on an upright poster."""

WINDOWS = ((2, 1), (4, 2))
"""Side and step of the sliding windows, in cells. Windows reach over the border, so that every cell
is covered by the same number of them. An upright poster has 70 small and 24 large windows."""

_LONGEST = 18


def patch_weights(tagger: Tagger, base: Base) -> np.ndarray | None:
    """What each cell adds to the log-odds, (rows, columns, genres); None without a poster.

    Each window is filled with the picture's mean colour, and the fall in log-odds is shared equally
    among its cells. A cell's weight is the mean over all windows of one size that cover it, and
    then over the two sizes. If the effects were additive, the weights would sum to the difference
    from a poster of plain mean colour, which is not the same as no poster.
    """
    runtime = tagger.runtime
    posters = {
        name: reads
        for i, (name, reads) in enumerate(runtime.bundle.inputs.items())
        if isinstance(reads, PosterInput) and base.features.present[0, i]
    }
    poster = base.film.poster
    if not posters or poster is None:
        return None
    width, height = open_rgb(poster, at_least=(1, 1)).size
    rows, columns = grid_of(height, width)
    covers = [list(windows(rows, columns, side, step)) for side, step in WINDOWS]
    masks = np.stack([mask for each in covers for mask in each])
    features = {}
    for name, part in base.features.features.items():
        if name in posters:
            pixels = painted_over(posters[name].decode(poster), masks)
            features[name] = runtime.encode_pixels(name, pixels)
        else:
            features[name] = np.repeat(part, len(masks) + 1, axis=0)
    odds = base.log_odds(tagger, features)
    lost = odds[0] - odds[1:]
    weights = np.zeros((rows, columns, len(tagger.genres)))
    start = 0
    for each in covers:
        covered = masks[start : start + len(each)]
        shares = lost[start : start + len(each)] / covered.sum(axis=(1, 2))[:, None]
        total = np.einsum("wrc,wg->rcg", covered.astype(float), shares)
        weights += total / covered.sum(axis=0)[:, :, None] / len(covers)
        start += len(each)
    return weights


def grid_of(height: int, width: int) -> tuple[int, int]:
    """Rows and columns of a grid of about `CELLS` cells that are as square as possible."""
    rows = min(max(round((CELLS * height / width) ** 0.5), CELLS // _LONGEST), _LONGEST)
    return rows, max(CELLS // rows, 1)


def windows(rows: int, columns: int, side: int, step: int) -> Iterator[np.ndarray]:
    """Sliding windows as masks, bool (rows, columns), from those that cover the first cell on."""
    for top in range(step - side, rows, step):
        for left in range(step - side, columns, step):
            mask = np.zeros((rows, columns), bool)
            mask[max(top, 0) : top + side, max(left, 0) : left + side] = True
            yield mask


def painted_over(pixels: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """The poster (height, width, 3) unchanged and under each mask, (1 + masks, height, width,
    3).
    """
    height, width, _ = pixels.shape
    _, rows, columns = masks.shape
    down = np.minimum(np.arange(height) * rows // height, rows - 1)
    across = np.minimum(np.arange(width) * columns // width, columns - 1)
    mean = pixels.reshape(-1, 3).mean(axis=0).round().astype(np.uint8)
    result = np.repeat(pixels[None], len(masks) + 1, axis=0)
    result[1:][masks[:, down][:, :, across]] = mean
    return result
