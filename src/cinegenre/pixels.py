"""Posters in memory: Pillow images, or arrays of pixels.

Neither Pillow nor numpy is imported here: whoever passes one has imported it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from .errors import BadImage

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

    Poster = str | Path | bytes | Image.Image | np.ndarray
else:
    Poster = Any
"""A poster: a path, a file's bytes, a Pillow image, or a uint8 array (height, width, 3)."""

_CHANNELS = (1, 3, 4)
_CURE = "give a uint8 array (height, width, 3) with RGB from 0 to 255"
_LOCKS = [Lock() for _ in range(16)]
"""Locks, shared by images according to their address. Pillow decodes an opened image when it is
first needed, which two threads must not do at the same time."""


def is_image(value: object) -> bool:
    """Whether it is a Pillow image."""
    module = sys.modules.get("PIL.Image")
    return module is not None and isinstance(value, module.Image)


def is_array(value: object) -> bool:
    """Whether it is a numpy array."""
    module = sys.modules.get("numpy")
    return module is not None and isinstance(value, module.ndarray)


def refused(value: Any) -> tuple[str, str] | None:
    """What is wrong with a value that cannot be a poster, and the cure; None if it can be one."""
    if isinstance(value, str | Path | bytes) or is_image(value):
        return None
    if not is_array(value):
        return f'"{type(value).__name__}"', (
            "poster must be a path, bytes, a Pillow image or a uint8 array"
        )
    shape = value.shape
    what = f"an array of {value.dtype} {shape}"
    if len(shape) == 3 and shape[0] in _CHANNELS and shape[2] not in _CHANNELS:
        return what, "put the channels last: array.transpose(1, 2, 0)"
    fits = len(shape) == 2 or (len(shape) == 3 and shape[2] in _CHANNELS)
    if not fits or str(value.dtype) != "uint8" or 0 in shape:
        return what, _CURE
    return None


def same(one: Any, other: Any) -> bool:
    """Whether two posters are the same path, the same bytes, or the same pixels."""
    if one is other:
        return True
    if is_array(one) and is_array(other):
        return one.shape == other.shape and bool((one == other).all())
    return type(one) is type(other) and bool(one == other)


def size_of(picture: Any) -> tuple[int, int]:
    """Width and height of an image or an array."""
    if is_image(picture):
        return int(picture.width), int(picture.height)
    return int(picture.shape[1]), int(picture.shape[0])


def copied(picture: Any) -> Image.Image:
    """A Pillow image made of an image or an array, which the caller may change.

    Raises `BadImage` for an image that was opened and cannot be decoded now.
    """
    from PIL import Image

    if is_array(picture):
        flat = picture.ndim == 3 and picture.shape[2] == 1
        return Image.fromarray(picture[:, :, 0] if flat else picture).copy()
    try:
        with _LOCKS[id(picture) // 64 % len(_LOCKS)]:
            return picture.copy()  # type: ignore[no-any-return]
    except Exception as error:  # Pillow's format plugins raise what they like
        file = getattr(picture, "fp", None)
        if file is None or file.closed:
            raise BadImage(
                "the poster, a Pillow image, was closed before it was decoded",
                "call its load() while its file is open",
            ) from error
        raise BadImage(
            f"the poster, a Pillow image, cannot be decoded ({error})", "give another image"
        ) from error
