from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cinegenre.errors import BadImage
from cinegenre.inputs import PosterInput

from ..tiny import broken


def jpeg(colour: tuple[int, int, int], size: tuple[int, int] = (400, 600)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "JPEG")
    return file.getvalue()


def test_a_poster_is_pixels_of_the_asked_size_and_colour() -> None:
    pixels = PosterInput(height=48, width=32).decode(jpeg((200, 30, 60)))
    assert pixels.shape == (48, 32, 3)
    assert pixels.dtype == np.uint8
    assert np.abs(pixels.astype(int) - (200, 30, 60)).max() < 6


def test_draft_mode_gives_nearly_the_pixels_of_whole_decoding() -> None:
    random = np.random.default_rng(0)
    noise = Image.fromarray(random.integers(0, 255, (12, 8, 3), np.uint8)).resize((800, 1200))
    file = io.BytesIO()
    noise.save(file, "JPEG", quality=95)
    ours = PosterInput(height=64, width=64).decode(file.getvalue()).astype(int)
    whole = np.asarray(Image.open(file).convert("RGB").resize((64, 64), Image.Resampling.BILINEAR))
    assert np.abs(ours - whole).mean() < 4


def test_paths_and_bytes_give_the_same(tmp_path: Path) -> None:
    path = tmp_path / "poster.jpg"
    path.write_bytes(jpeg((1, 2, 3)))
    reads = PosterInput(height=8, width=8)
    assert np.array_equal(reads.decode(path), reads.decode(path.read_bytes()))
    assert np.array_equal(reads.decode(str(path)), reads.decode(path.read_bytes()))


def test_many_keep_their_order_and_the_broken_stay_in_their_place() -> None:
    posters = [jpeg((i, 0, 0), (20, 30)) for i in range(0, 250, 5)]
    posters[7] = broken.truncated_jpeg()
    posters[20] = broken.empty()
    decoded = list(PosterInput(height=4, width=4).decode_all(posters, workers=3))
    assert [i for i, pixels in enumerate(decoded) if isinstance(pixels, BadImage)] == [7, 20]
    reds = [int(p[..., 0].mean()) for p in decoded if not isinstance(p, BadImage)]
    assert reds == sorted(reds)


@pytest.mark.parametrize("name", ["cmyk_jpeg", "palette_png", "rgba_png", "animated_gif"])
def test_any_colour_mode_is_three_channels(name: str) -> None:
    pixels = PosterInput(height=9, width=7).decode(getattr(broken, name)())
    assert pixels.shape == (9, 7, 3)
