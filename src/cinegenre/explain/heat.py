"""A poster with a heat map over it."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

from ..images import open_rgb

FOR, AGAINST = (230, 159, 0), (0, 114, 178)
"""Okabe and Ito's orange and blue, which colour-blind people tell apart."""

FAINT = 0.01
"""Log-odds a cell; maps that stay below it are drawn pale, for they say next to nothing."""

_STRONGEST = 0.8
_WIDEST = 900


def picture(poster: str | Path | bytes, height: int) -> Image.Image:
    """A poster at its own proportions, at most `height` pixels high. Raises `BadImage`."""
    image = open_rgb(poster, at_least=(height, height))
    image.thumbnail((_WIDEST, height), Image.Resampling.LANCZOS)
    return image


def overlay(poster: str | Path | bytes, weights: np.ndarray, height: int) -> bytes:
    """The poster in grey, and over it `weights` (rows, columns) in colours, as a PNG."""
    image = picture(poster, height)
    grey = np.asarray(image.convert("L"), np.float64)[:, :, None] * 0.8 + 25
    heat = smooth(weights / max(float(np.abs(weights).max()), FAINT), image.size)[:, :, None]
    colour = np.where(heat > 0, FOR, AGAINST)
    strength = _STRONGEST * np.abs(heat)
    mixed = grey * (1 - strength) + colour * strength
    return png(Image.fromarray(mixed.round().astype(np.uint8)))


def smooth(grid: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """A grid (rows, columns) at `size` (width, height), within -1 and 1, bent smoothly between."""
    image = Image.fromarray(grid.astype(np.float32)).resize(size, Image.Resampling.BICUBIC)
    return np.clip(np.asarray(image, np.float64), -1, 1)


def png(image: Image.Image) -> bytes:
    """A picture as PNG in 256 colours, a third of the size that all of them take."""
    out = io.BytesIO()
    image.quantize(256, dither=Image.Dither.FLOYDSTEINBERG).save(out, "PNG", optimize=True)
    return out.getvalue()
