"""Turns posters into arrays of pixels, decoded in parallel."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from ..errors import BadImage
from ..pixels import Poster

_GAP = 3.0
"""A poster of more than six times the requested size is first reduced by a whole-number factor, to
at least three times that size. This halves the time; pixels differ by at most 3 of 255."""


@dataclass(frozen=True, kw_only=True)
class PosterInput:
    """A poster as (height, width, 3) pixels in RGB, 0 to 255; the encoders normalise them.

    The whole poster is resized to that size without keeping its proportions, as in the papers.
    """

    height: int
    width: int
    fields: tuple[str, ...] = ("poster",)

    def decode(self, poster: Poster) -> np.ndarray:
        """One poster as a uint8 array. Raises `BadImage`."""
        from PIL import Image  # a film without a poster need not wait for Pillow

        from ..images import open_rgb

        size = self.width, self.height
        image = open_rgb(poster, at_least=size)
        return np.asarray(image.resize(size, Image.Resampling.BILINEAR, reducing_gap=_GAP))

    def decode_all(
        self, posters: Iterable[Poster], workers: int | None = None
    ) -> Iterator[np.ndarray | BadImage]:
        """Yield each poster in order, or the error that it raised; a few are decoded in advance.

        Threads suffice, because Pillow releases Python's lock while it decodes and resizes.
        """
        workers = workers or os.cpu_count() or 1
        with ThreadPoolExecutor(workers) as pool:
            ahead: deque[Future[np.ndarray | BadImage]] = deque()
            for poster in posters:
                ahead.append(pool.submit(self._try, poster))
                if len(ahead) >= 16 * workers:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()

    def _try(self, poster: Poster) -> np.ndarray | BadImage:
        try:
            return self.decode(poster)
        except BadImage as error:
            return error
