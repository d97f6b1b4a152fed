"""Opens untrusted posters of any format and colour mode, with bounded memory."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Any, BinaryIO

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile

from .errors import BadImage, MissingExtra
from .pictures import HEAD, Format, bare_png, format_of, what_is
from .pixels import Poster, copied, size_of

MAX_PIXELS = 50_000_000
"""Larger posters are refused before a pixel is decoded (50 megapixels fill 200 MB in Pillow)."""

_LONGEST_NAME = 300
"""Of a path in errors; what is longer is hardly one."""


def open_rgb(poster: Poster, *, at_least: tuple[int, int] | None = None) -> Image.Image:
    """The poster as an upright RGB image: first frame, transparency on white.

    With `at_least`, (width, height) of the upright poster, a JPEG is decoded at the smallest of its
    built-in scales that is large enough (draft mode), which is several times faster.

    Raises `BadImage` for a missing, empty, broken, truncated or too large file. For a file that is
    not an image, it says what it is (`pictures.what_is`).
    """
    if not isinstance(poster, str | Path | bytes):
        return _of_picture(poster)
    name = "the poster" if isinstance(poster, bytes) else f"poster {_cut(str(poster))}"
    try:
        source = io.BytesIO(poster) if isinstance(poster, bytes) else poster
        with warnings.catch_warnings():
            # About unusual metadata, and about sizes, which are checked below.
            warnings.filterwarnings("ignore", module=r"PIL\.")
            image: Image.Image
            with _opened(source) as image:
                width, height = image.size
                if width * height > MAX_PIXELS:
                    raise _too_large(name, f"{width}×{height} pixels")
                if at_least is not None:
                    # An image that is stored on its side is decoded before it is turned.
                    image.draft("RGB", at_least[::-1] if _on_its_side(image) else at_least)
                return _upright_rgb(image)
    except FileNotFoundError:
        raise _no_file(name, poster, "does not exist", "check the path") from None
    except IsADirectoryError:
        raise BadImage(f"{name} is a folder", "name a file") from None
    except Image.DecompressionBombError:
        raise _too_large(name, "the image") from None
    except BadImage:
        raise
    except Exception as error:  # Pillow's format plugins raise what they like on crafted files
        raise _named(name, poster, error) from error


def _of_picture(picture: Poster) -> Image.Image:
    width, height = size_of(picture)
    if width * height > MAX_PIXELS:  # before Pillow decodes the image, which it has only opened
        raise _too_large("the poster", f"{width}×{height} pixels")
    if not width * height:
        raise BadImage("the poster has no pixels", "give another image")
    return _upright_rgb(copied(picture))


def pixels_of(poster: bytes) -> int | None:
    """The number of pixels by the file's header; None if it is not an image that we open."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with _opened(io.BytesIO(poster)) as image:
                return image.width * image.height
    except Image.DecompressionBombError:
        # Pillow's own limit, which the image exceeds.
        return 2 * (Image.MAX_IMAGE_PIXELS or MAX_PIXELS)
    except Exception:  # `open_rgb` will report what is wrong
        return None


def _opened(source: str | Path | BinaryIO) -> Image.Image:
    try:
        return Image.open(source, formats=[JpegImageFile.format])
    except UnidentifiedImageError:
        # Usually it is the first file of a format whose plugin was not imported yet.
        found = format_of(_head(source))
        if found is None or found.name == JpegImageFile.format:
            raise
        found.load()
        try:
            return Image.open(source, formats=[found.name])
        except (UnidentifiedImageError, ValueError):
            if found.name != "PNG":
                raise
            return Image.open(io.BytesIO(bare_png(_whole(source))), formats=[found.name])


def _whole(source: str | Path | BinaryIO) -> bytes:
    if isinstance(source, str | Path):
        return Path(source).read_bytes()
    source.seek(0)
    return source.read()


def _head(source: str | Path | BinaryIO) -> bytes:
    if isinstance(source, str | Path):
        with Path(source).open("rb") as file:
            return file.read(HEAD)
    source.seek(0)
    return source.read(HEAD)


def _named(name: str, poster: str | Path | bytes, error: Exception) -> BadImage:
    """The error for a file that could not be opened: what it is, and the cure."""
    try:
        head = poster[:HEAD] if isinstance(poster, bytes) else _head(poster)
    except (OSError, ValueError) as unreadable:
        why = getattr(unreadable, "strerror", None) or str(unreadable)
        return _no_file(name, poster, f"cannot be read ({why})", "check the path and its rights")
    found = format_of(head)
    if found is None:
        what, cure = what_is(head)
        return BadImage(f"{name} is {what}", cure)
    if isinstance(error, MissingExtra):
        what = f"{name} is a {found.called} picture, and {error.what}"
        return BadImage(what, f"save it as a JPEG or PNG, or {error.cure}", found.extra)
    return _broken(name, found, error)


def _no_file(name: str, poster: str | Path | bytes, why: str, cure: str) -> BadImage:
    """The error for a path that is none, which may be the picture itself as text."""
    text = "" if isinstance(poster, bytes) else str(poster)
    if text.lower().startswith("data:") or len(text) > _LONGEST_NAME:
        what, _ = what_is(text[:HEAD].encode("utf-8", "replace"))
        if what in ("a data: address", "base64 text"):
            return BadImage(f"{name} is {what} and not a path", "decode it, and give its bytes")
    return BadImage(f"{name} {why}", cure)


def _cut(path: str) -> str:
    return path if len(path) <= _LONGEST_NAME else path[: _LONGEST_NAME - 1] + "…"


def _broken(name: str, found: Format, error: Exception) -> BadImage:
    if isinstance(error, ImportError | KeyError):  # this Pillow was built without the format
        what = f"{name} is a {found.called} picture, which this Pillow does not read"
        return BadImage(what, "save it as a JPEG or PNG")
    why = "" if isinstance(error, UnidentifiedImageError) else f" ({_first_line(error)})"
    what = f"{name} is a {found.called} picture that is damaged or cut off{why}"
    return BadImage(what, "fetch or copy it again")


def _on_its_side(image: Image.Image) -> bool:
    """Whether its EXIF demands a quarter turn, which swaps width and height."""
    return image.getexif().get(ExifTags.Base.Orientation) in (5, 6, 7, 8)


def _upright_rgb(image: Image.Image) -> Image.Image:
    """The first frame in RGB, turned as its EXIF says, with white behind transparency."""
    # In place and without intermediate copies: 50 megapixels need 200 MB.
    # JPEG XL's decoder has already turned the image, although the EXIF may still demand it.
    if image.format == "JXL":
        image.load()
    else:
        ImageOps.exif_transpose(image, in_place=True)
    if image.mode in ("I;16", "I;16B", "I;16L", "I"):
        # Pillow clips 16-bit grey at 255 instead of scaling it.
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode == "F":  # TIFF: from 0 to 1, 255 or 65535, and Pillow clips at 255
        most: Any = image.getextrema()[1]
        scale = 255 if most <= 1 else 1 if most <= 255 else 1 / 256
        image = image.point(lambda value: value * scale).convert("L")
    if image.format == "BMP" and image.mode == "RGBA" and not image.getchannel("A").getbbox():
        image = image.convert("RGB")  # its fourth byte is no transparency
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        over = image if image.mode == "RGBA" else image.convert("RGBA")
        white = Image.new("RGB", over.size, "white")
        white.paste(over, mask=over)
        return white
    return image if image.mode == "RGB" else image.convert("RGB")  # which would copy it


def _too_large(name: str, size: str) -> BadImage:
    return BadImage(
        f"{name}: {size}, over {MAX_PIXELS // 1_000_000} megapixels", "shrink it before use"
    )


def _first_line(error: BaseException) -> str:
    # Pillow quotes the buffer's address, which says nothing to a person.
    return (str(error).split("<")[0].splitlines() or [""])[0].strip() or type(error).__name__
