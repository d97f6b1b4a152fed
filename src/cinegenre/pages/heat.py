"""Prepares posters for a page: as they are, as thumbnails, and with a heat map."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from ..errors import BadImage
from ..images import open_rgb
from ..pixels import Poster

FOR, AGAINST = (230, 159, 0), (0, 114, 178)
"""Okabe and Ito's orange and blue, which colour-blind people can distinguish."""

FAINT = 0.01
"""Log-odds per cell; a map that stays below it is drawn pale, because it means next to nothing."""

SMALL = (120, 180)
"""Pixels, width and height, that a thumbnail fits into."""

_STRONGEST = 0.8
_WIDEST = 900


def picture(poster: Poster, height: int) -> Image.Image:
    """A poster at its own proportions, at most `height` pixels high. Raises `BadImage`."""
    return _within(poster, (_WIDEST, height), at_least=(height, height))


def thumbnail(poster: Poster | None) -> bytes | None:
    """A small JPEG; None if there is no poster or it cannot be read."""
    if poster is None:
        return None
    try:
        image = _within(poster, SMALL, at_least=SMALL)
    except BadImage:
        return None
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def overlay(poster: Poster, weights: np.ndarray, height: int) -> bytes:
    """The poster in grey, overlaid with `weights` (rows, columns) in colours, as a PNG."""
    image = picture(poster, height)
    grey = np.asarray(image.convert("L"), np.float64)[:, :, None] * 0.8 + 25
    heat = smooth(weights / max(float(np.abs(weights).max()), FAINT), image.size)[:, :, None]
    colour = np.where(heat > 0, FOR, AGAINST)
    strength = _STRONGEST * np.abs(heat)
    mixed = grey * (1 - strength) + colour * strength
    return png(Image.fromarray(mixed.round().astype(np.uint8)))


def smooth(grid: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """A grid (rows, columns) of values in -1..1, smoothly scaled to `size` (width, height)."""
    image = Image.fromarray(grid.astype(np.float32)).resize(size, Image.Resampling.BICUBIC)
    return np.clip(np.asarray(image, np.float64), -1, 1)


def png(image: Image.Image) -> bytes:
    """An image as PNG with 256 colours, which has a third of the size of one with all colours."""
    out = io.BytesIO()
    image.quantize(256, dither=Image.Dither.FLOYDSTEINBERG).save(out, "PNG", optimize=True)
    return out.getvalue()


def _within(poster: Poster, size: tuple[int, int], at_least: tuple[int, int]) -> Image.Image:
    image = open_rgb(poster, at_least=at_least)
    image.thumbnail(size, Image.Resampling.LANCZOS)
    return image
