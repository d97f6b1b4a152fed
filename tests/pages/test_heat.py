from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from cinegenre.pages.heat import SMALL, smooth, thumbnail

from ..tiny import broken


def saved(size: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("size", [(500, 750), (900, 300), (40, 50)])
def test_a_thumbnail_fits_and_keeps_its_proportions(size: tuple[int, int]) -> None:
    data = thumbnail(saved(size))
    assert data is not None
    with Image.open(io.BytesIO(data)) as image:
        assert image.format == "JPEG"
        assert image.width <= SMALL[0]
        assert image.height <= SMALL[1]
        assert image.width / image.height == pytest.approx(size[0] / size[1], rel=0.05)


@pytest.mark.parametrize("name", broken.REFUSED)
def test_no_thumbnail_of_what_cannot_be_read(name: str) -> None:
    assert thumbnail(broken.REFUSED[name]()) is None


def test_no_thumbnail_without_a_poster() -> None:
    assert thumbnail(None) is thumbnail("nowhere.jpg") is None


def test_a_grid_is_smoothed_within_its_bounds() -> None:
    grid = smooth(np.array([[1.0, -1.0], [0.0, 1.0]]), (20, 30))
    assert grid.shape == (30, 20)
    assert np.abs(grid).max() <= 1
