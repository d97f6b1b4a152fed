"""Posters as the world sends them: broken, hostile, or in odd colour modes. All as bytes."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

from PIL import Image

RED, BLUE = (250, 10, 10), (10, 10, 250)


def two_halves(size: tuple[int, int] = (60, 90)) -> Image.Image:
    """Red above, blue below: shows whether a picture is the right way up."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (0, size[1] // 2, *size))
    return image


def saved(image: Image.Image, format: str, **options: Any) -> bytes:
    """`image` as a file of `format`."""
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def truncated_jpeg() -> bytes:
    whole = saved(Image.effect_noise((200, 300), 80).convert("RGB"), "JPEG", quality=90)
    return whole[: len(whole) // 2]


def truncated_png() -> bytes:
    whole = saved(Image.effect_noise((200, 300), 80), "PNG")
    return whole[: len(whole) // 2]


def empty() -> bytes:
    return b""


def text_named_jpg() -> bytes:
    return b"<html><body>404 Not Found</body></html>\n"


def postscript() -> bytes:
    """What Pillow would hand to Ghostscript, which runs it."""
    return b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n%%EOF\n"


def huge_png(width: int = 30_000, height: int = 30_000) -> bytes:
    """A true 1-bit PNG: some 110 KB here that unpack to 900 megapixels."""
    packer = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    data = b"".join(packer.compress(row * 1000) for _ in range(height // 1000))
    data += packer.compress(row * (height % 1000)) + packer.flush()
    return _png(width, height, 1, 0, data)


def png_16_bit_grey(value: int = 0x8000, transparent: int | None = None) -> bytes:
    rows = b"".join(b"\0" + struct.pack(">4H", *[value] * 4) for _ in range(4))
    extra = b"" if transparent is None else _chunk(b"tRNS", struct.pack(">H", transparent))
    return _png(4, 4, 16, 0, zlib.compress(rows), extra)


def png_16_bit_grey_alpha(value: int = 0x8000, alpha: int = 0xFFFF) -> bytes:
    rows = b"".join(b"\0" + struct.pack(">8H", *[value, alpha] * 4) for _ in range(4))
    return _png(4, 4, 16, 4, zlib.compress(rows))


def png_16_bit_rgb(red: int = 0x8000) -> bytes:
    rows = b"".join(b"\0" + struct.pack(">12H", *[red, 0, 0] * 4) for _ in range(4))
    return _png(4, 4, 16, 2, zlib.compress(rows))


def rgba_png() -> bytes:
    """The left half is clear, the right half red."""
    image = Image.new("RGBA", (40, 60), (0, 0, 0, 0))
    image.paste((*RED, 255), (20, 0, 40, 60))
    return saved(image, "PNG")


def palette_png() -> bytes:
    """A palette whose colour 0 is transparent: the left half; the right half is red."""
    image = Image.new("P", (40, 60), 0)
    image.putpalette([0, 0, 0, *RED])
    image.paste(1, (20, 0, 40, 60))
    return saved(image, "PNG", transparency=0)


def grey_alpha_png() -> bytes:
    return saved(Image.new("LA", (20, 30), (0, 0)), "PNG")


def cmyk_jpeg() -> bytes:
    return saved(two_halves().convert("CMYK"), "JPEG", quality=95)


def grey_jpeg() -> bytes:
    return saved(Image.new("L", (60, 90), 128), "JPEG")


def rotated_jpeg(orientation: int = 6, size: tuple[int, int] = (60, 90)) -> bytes:
    """Stored turned or mirrored, with the EXIF orientation that sets it upright (red above)."""
    upright = two_halves(size)
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }.get(orientation)
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = upright if back is None else upright.transpose(back)
    return saved(stored, "JPEG", quality=95, exif=exif)


def jpeg_with_broken_exif() -> bytes:
    return saved(two_halves(), "JPEG", quality=95, exif=b"Exif\0\0what is this")


def animated_gif() -> bytes:
    """The first frame is red, the second blue."""
    return saved(_plain(RED), "GIF", save_all=True, append_images=[_plain(BLUE)], duration=50)


def animated_webp() -> bytes:
    options: dict[str, Any] = {"save_all": True, "append_images": [_plain(BLUE)], "lossless": True}
    return saved(_plain(RED), "WEBP", duration=50, **options)


REFUSED: dict[str, Callable[[], bytes]] = {
    "truncated_jpeg": truncated_jpeg,
    "truncated_png": truncated_png,
    "empty": empty,
    "text_named_jpg": text_named_jpg,
    "postscript": postscript,
    "huge_png": huge_png,
}
"""What `open_rgb` must refuse with `BadImage`."""

ODD: dict[str, Callable[[], bytes]] = {
    "png_16_bit_grey": png_16_bit_grey,
    "png_16_bit_grey_alpha": png_16_bit_grey_alpha,
    "png_16_bit_rgb": png_16_bit_rgb,
    "rgba_png": rgba_png,
    "palette_png": palette_png,
    "grey_alpha_png": grey_alpha_png,
    "cmyk_jpeg": cmyk_jpeg,
    "grey_jpeg": grey_jpeg,
    "rotated_jpeg": rotated_jpeg,
    "jpeg_with_broken_exif": jpeg_with_broken_exif,
    "animated_gif": animated_gif,
    "animated_webp": animated_webp,
}
"""What `open_rgb` must open."""


def _plain(colour: tuple[int, int, int]) -> Image.Image:
    return Image.new("RGB", (40, 60), colour)


def _png(width: int, height: int, bits: int, kind: int, data: bytes, extra: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0)
    chunks = _chunk(b"IHDR", header) + extra + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _chunk(name: bytes, data: bytes) -> bytes:
    body = name + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
