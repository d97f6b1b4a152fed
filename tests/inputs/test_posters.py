from __future__ import annotations

import io
from pathlib import Path
from typing import Any

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


@pytest.mark.parametrize(
    ("format", "size", "mean"),
    [
        ("JPEG", (500, 750), 2),  # decoded at half its size
        ("JPEG", (1000, 1500), 2),  # at a quarter
        ("PNG", (1000, 1500), 0),
        ("PNG", (2000, 3000), 0.5),  # reduced by a whole number first
    ],
)
def test_the_short_cuts_give_nearly_the_pixels_of_the_long_way(
    format: str, size: tuple[int, int], mean: float
) -> None:
    random = np.random.default_rng(0)
    noise = Image.fromarray(random.integers(0, 255, (90, 60, 3), np.uint8)).resize(size)
    file = io.BytesIO()
    noise.save(file, format, **({"quality": 95} if format == "JPEG" else {"compress_level": 1}))
    ours = PosterInput(height=256, width=192).decode(file.getvalue()).astype(int)
    image = Image.open(file).convert("RGB")
    whole = np.asarray(image.resize((192, 256), Image.Resampling.BILINEAR))
    assert np.abs(ours - whole).mean() <= mean


def test_a_jpeg_is_decoded_no_larger_than_each_side_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    resize = Image.Image.resize

    def spied(self: Image.Image, *given: Any, **named: Any) -> Image.Image:
        sizes.append(self.size)
        return resize(self, *given, **named)

    monkeypatch.setattr(Image.Image, "resize", spied)
    reads = PosterInput(height=256, width=192)
    for size in [(500, 750), (1000, 1500), (2000, 3000)]:
        reads.decode(jpeg((200, 30, 60), size))
    assert sizes == [(250, 375)] * 3


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
