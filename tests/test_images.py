"""Opening posters that are broken, hostile or odd."""

from __future__ import annotations

import base64
import random
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFile

from cinegenre import images
from cinegenre.errors import BadImage
from cinegenre.images import open_rgb, pixels_of

from .tiny import broken


def near(pixel: object, colour: tuple[int, int, int], slack: int = 4) -> bool:
    """Whether a pixel has a colour, give or take what JPEG changes."""
    assert isinstance(pixel, tuple)
    return all(abs(one - other) <= slack for one, other in zip(pixel, colour, strict=True))


@pytest.mark.parametrize("name", broken.REFUSED)
def test_refused_as_bytes_and_as_a_file(name: str, tmp_path: Path) -> None:
    data = broken.REFUSED[name]()
    with pytest.raises(BadImage) as from_bytes:
        open_rgb(data)
    path = tmp_path / "poster.jpg"
    path.write_bytes(data)
    with pytest.raises(BadImage) as from_file:
        open_rgb(path)
    assert str(path) in str(from_file.value)
    for error in (from_bytes.value, from_file.value):
        assert "\n" not in str(error)
        assert error.cure
        assert "0x" not in str(error), "a memory address says nothing to a person"


@pytest.mark.parametrize("name", broken.ODD)
def test_every_odd_poster_opens_as_rgb(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        image = open_rgb(broken.ODD[name]())
    assert image.mode == "RGB"


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    cases: dict[str, str | Path | bytes] = {
        "does not exist": tmp_path / "none.jpg",
        "is a folder": tmp_path,
        "0 bytes": b"",
        "cut off .image file is truncated": broken.truncated_jpeg(),
        "is a web page": broken.text_named_jpg(),
        "over 50 megapixels": broken.huge_png(),
        "8000×8000 pixels": broken.huge_png(8000, 8000),
        "null byte": "nul\0.jpg",
    }
    for said, poster in cases.items():
        with pytest.raises(BadImage, match=said):
            open_rgb(poster)


@pytest.mark.parametrize("side", [8000, 30_000])
def test_huge_images_are_refused_before_a_pixel_is_decoded(
    side: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decode(self: ImageFile.ImageFile) -> None:
        raise AssertionError("decoded")

    data = broken.huge_png(side, side)
    assert len(data) < 200_000
    monkeypatch.setattr(ImageFile.ImageFile, "load", decode)
    with pytest.raises(BadImage, match="megapixels"):
        open_rgb(data)


def test_the_largest_allowed_size_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MAX_PIXELS", 60 * 90)
    assert open_rgb(broken.grey_jpeg()).size == (60, 90)
    monkeypatch.setattr(images, "MAX_PIXELS", 60 * 90 - 1)
    with pytest.raises(BadImage):
        open_rgb(broken.grey_jpeg())


def test_postscript_never_reaches_ghostscript(monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL import EpsImagePlugin

    def run(*args: object, **options: object) -> None:
        raise AssertionError("Ghostscript was run")

    monkeypatch.setattr(EpsImagePlugin, "Ghostscript", run)
    with pytest.raises(BadImage, match="is PostScript"):
        open_rgb(broken.postscript())


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_sets_the_poster_upright(orientation: int) -> None:
    image = open_rgb(broken.rotated_jpeg(orientation))
    assert image.size == (60, 90)
    assert near(image.getpixel((30, 5)), broken.RED)
    assert near(image.getpixel((30, 85)), broken.BLUE)


@pytest.mark.parametrize(
    "exif",
    [
        b"Exif\0\0what is this",
        b"Exif\0\0II*\0\xff\xff\xff\0",  # its directory lies beyond the end
        b"Exif\0\0II*\0\x08\0\0\0\x05\0\x12\x01\x03\0",  # cut off
        b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x02\0\x04\0\0\0abc\0\0\0\0\0",  # a text
    ],
)
def test_broken_exif_costs_no_poster(exif: bytes) -> None:
    data = broken.saved(broken.two_halves(), "JPEG", quality=95, exif=exif)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert near(open_rgb(data).getpixel((30, 5)), broken.RED)


def test_cmyk_keeps_its_colours() -> None:
    image = open_rgb(broken.cmyk_jpeg())
    assert near(image.getpixel((30, 5)), broken.RED)
    assert near(image.getpixel((30, 85)), broken.BLUE)


@pytest.mark.parametrize("value", [0, 0x0100, 0x8000, 0xFFFF])
def test_16_bits_are_scaled_not_clipped(value: int) -> None:
    grey = (value >> 8,) * 3
    assert near(open_rgb(broken.png_16_bit_grey(value)).getpixel((0, 0)), grey, 1)
    assert near(open_rgb(broken.png_16_bit_grey_alpha(value)).getpixel((0, 0)), grey, 1)
    assert near(open_rgb(broken.png_16_bit_rgb(value)).getpixel((0, 0)), (value >> 8, 0, 0), 1)


@pytest.mark.parametrize("make", [broken.rgba_png, broken.palette_png])
def test_transparency_lies_on_white(make: object) -> None:
    assert callable(make)
    image = open_rgb(make())
    assert image.getpixel((0, 0)) == (255, 255, 255)
    assert image.getpixel((39, 59)) == broken.RED


def test_half_transparent_mixes_with_white() -> None:
    data = broken.saved(Image.new("RGBA", (2, 2), (0, 0, 0, 128)), "PNG")
    assert near(open_rgb(data).getpixel((0, 0)), (127, 127, 127), 1)
    assert open_rgb(broken.grey_alpha_png()).getpixel((0, 0)) == (255, 255, 255)
    assert open_rgb(broken.png_16_bit_grey_alpha(0, 0)).getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize("make", [broken.animated_gif, broken.animated_webp])
def test_of_an_animation_the_first_frame(make: object) -> None:
    assert callable(make)
    assert near(open_rgb(make()).getpixel((20, 30)), broken.RED)


def test_a_file_and_its_bytes_give_the_same_and_the_file_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "poster.jpg"
    path.write_bytes(broken.cmyk_jpeg())
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        from_path = open_rgb(path)
        from_text = open_rgb(str(path))
    assert from_path.tobytes() == from_text.tobytes() == open_rgb(path.read_bytes()).tobytes()


def test_the_ending_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "poster.jpg"
    path.write_bytes(broken.rgba_png())
    assert open_rgb(path).size == (40, 60)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    ("at_least", "width"),
    [
        (None, 800),
        ((100, 100), 100),
        ((101, 100), 200),
        ((100, 151), 200),
        ((192, 256), 200),  # as the model reads: the larger side alone would ask for twice as many
        ((300, 100), 400),  # width and height taken for each other would give 200
        ((399, 1), 400),
    ],
)
def test_at_least_decodes_at_the_smallest_scale_that_is_enough(
    at_least: tuple[int, int] | None, width: int, orientation: int
) -> None:
    image = open_rgb(broken.rotated_jpeg(orientation, (800, 1200)), at_least=at_least)
    assert image.size == (width, width * 3 // 2)
    assert near(image.getpixel((width // 2, 5)), broken.RED)


def test_at_least_never_enlarges_and_leaves_png_alone() -> None:
    assert open_rgb(broken.grey_jpeg(), at_least=(224, 224)).size == (60, 90)
    assert open_rgb(broken.rgba_png(), at_least=(8, 8)).size == (40, 60)


def test_damaged_files_raise_bad_image_or_open() -> None:
    dice = random.Random(0)
    makers = [broken.rotated_jpeg, broken.rgba_png, broken.animated_webp, broken.animated_gif]
    tiff = broken.saved(broken.two_halves(), "TIFF", compression="tiff_deflate")
    refused = 0
    for whole in [tiff, *(make() for make in makers)]:
        for _ in range(60):
            data = bytearray(whole)
            for _ in range(dice.randint(1, 20)):
                data[dice.randrange(len(data))] = dice.randrange(256)
            try:
                assert open_rgb(bytes(data)).mode == "RGB"
            except BadImage:
                refused += 1
    assert 30 < refused < 290


def chunk(kind: bytes, data: bytes, crc: int | None = None) -> bytes:
    check = zlib.crc32(kind + data) if crc is None else crc
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


BESIDE_THE_PIXELS = {
    "a long packed text": chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(2_000_000))),
    "a long international text": chunk(b"iTXt", b"a\0\1\0\0\0" + zlib.compress(b" " * 2_000_000)),
    "a large colour profile": chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(2_000_000))),
    "a wrong checksum": chunk(b"tEXt", b"a\0b", crc=7),
}


@pytest.mark.parametrize("name", BESIDE_THE_PIXELS)
def test_what_is_beside_the_pixels_of_a_png_costs_no_poster(name: str, tmp_path: Path) -> None:
    whole = broken.saved(broken.two_halves(), "PNG")
    data = whole[:33] + BESIDE_THE_PIXELS[name] + whole[33:]
    (tmp_path / "a.png").write_bytes(data)
    for poster in (data, tmp_path / "a.png"):
        assert open_rgb(poster).tobytes() == open_rgb(whole).tobytes()
    assert pixels_of(data) == 60 * 90
    with pytest.raises(BadImage, match="damaged or cut off"):
        open_rgb(data[:-70])


@pytest.mark.parametrize("most", [1, 255, 65535])
def test_floating_point_grey_is_scaled_not_clipped(most: int) -> None:
    grey = np.linspace(0, most, 60 * 90, dtype=np.float32).reshape(90, 60)
    image = open_rgb(broken.saved(Image.fromarray(grey), "TIFF"))
    assert near(image.getpixel((0, 0)), (0, 0, 0))
    assert near(image.getpixel((30, 45)), (128, 128, 128))
    assert near(image.getpixel((59, 89)), (255, 255, 255))


def test_a_bmp_whose_fourth_byte_is_empty_is_opaque() -> None:
    pixels = bytes((30, 40, 200, 0)) * 60 * 90
    masks = struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000) + bytes(52)
    head = struct.pack("<IiiHHIIiiII", 108, 60, 90, 1, 32, 3, len(pixels), 2835, 2835, 0, 0)
    data = b"BM" + struct.pack("<IHHI", 122 + len(pixels), 0, 0, 122) + head + masks + pixels
    assert open_rgb(data).getpixel((5, 5)) == (200, 40, 30)
    red = broken.saved(Image.new("RGBA", (4, 4), (*broken.RED, 255)), "BMP")
    assert open_rgb(red).getpixel((0, 0)) == broken.RED


@pytest.mark.parametrize("start", ["data:image/jpeg;base64,", ""])
def test_a_picture_as_text_is_no_path(start: str) -> None:
    text = start + base64.b64encode(broken.grey_jpeg()).decode() * 30
    with pytest.raises(BadImage, match=r"… is .* and not a path: decode it, and give") as said:
        open_rgb(text)
    assert len(str(said.value)) < 400
    with pytest.raises(BadImage, match=r"xx… cannot be read \(") as said:
        open_rgb("x" * 5000)
    assert len(str(said.value)) < 450
