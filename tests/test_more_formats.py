"""HEIC and JPEG XL, which the extras [heic] and [jxl] read."""

from __future__ import annotations

import io
from typing import Any

import pillow_heif
import pylibjxl
import pytest
from PIL import Image

from cinegenre import images
from cinegenre.errors import BadImage
from cinegenre.images import open_rgb, pixels_of

from .test_images import near
from .tiny import broken


def heic(image: Image.Image, **options: Any) -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(image).save(out, **options)
    return out.getvalue()


def jxl(image: Image.Image, **options: Any) -> bytes:
    import numpy as np

    return bytes(pylibjxl.encode(np.asarray(image), **options))


MADE = {"heic": heic, "jxl": jxl}


@pytest.mark.parametrize("name", MADE)
def test_they_are_opened_by_their_content(name: str) -> None:
    data = MADE[name](broken.two_halves())
    image = open_rgb(data, at_least=(30, 30))
    assert (image.mode, image.size) == ("RGB", (60, 90))
    assert near(image.getpixel((30, 5)), broken.RED, 12)
    assert near(image.getpixel((30, 85)), broken.BLUE, 12)
    assert pixels_of(data) == 60 * 90


@pytest.mark.parametrize("name", MADE)
def test_what_is_clear_lies_on_white(name: str) -> None:
    picture = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    picture.paste((*broken.RED, 255), (32, 0, 64, 64))
    image = open_rgb(MADE[name](picture))
    assert near(image.getpixel((5, 30)), (255, 255, 255), 12)
    assert near(image.getpixel((58, 30)), broken.RED, 12)


@pytest.mark.parametrize("name", MADE)
def test_large_ones_are_refused_before_a_pixel_is_decoded(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = MADE[name](broken.two_halves())

    def decode(*_: object, **__: object) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(images, "MAX_PIXELS", 60 * 90 - 1)
    monkeypatch.setattr(pylibjxl, "decode", decode)
    monkeypatch.setattr(pillow_heif.HeifImage, "data", property(decode))
    with pytest.raises(BadImage, match="60×90 pixels"):
        open_rgb(data)


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("kept", [40, 0.5, 0.9])
def test_cut_off_ones_are_called_so(name: str, kept: float) -> None:
    noise = Image.effect_noise((200, 300), 80).convert("RGB")
    data = MADE[name](noise)
    cut = data[: int(kept if kept > 1 else len(data) * kept)]
    with pytest.raises(BadImage, match=r"picture that is damaged or cut off.*fetch or copy it"):
        open_rgb(cut)


def test_an_orientation_is_applied_once() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = broken.two_halves().transpose(Image.Transpose.ROTATE_90)
    turned = open_rgb(heic(stored, exif=exif.tobytes()))
    assert turned.size == (60, 90)
    assert near(turned.getpixel((30, 5)), broken.RED, 12)
    # JPEG XL's decoder does it by what the picture itself says; the EXIF is a copy.
    upright = open_rgb(jxl(broken.two_halves(), exif=exif.tobytes()))
    assert upright.size == (60, 90)
