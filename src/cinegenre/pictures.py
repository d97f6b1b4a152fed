"""Recognises files by their first bytes: images, and what is found in place of an image."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import import_module

from .errors import MissingExtra, shown

HEAD = 4096
"""The number of first bytes by which a file is recognised."""


@dataclass(frozen=True, kw_only=True)
class Format:
    """An image format: Pillow's name for it, ours, its file endings, and the module with which
    Pillow reads it. `extra` installs `package`, if Pillow needs that.
    """

    name: str
    called: str
    endings: tuple[str, ...]
    module: str
    package: str = ""
    extra: str = ""

    def load(self) -> None:
        """Make Pillow read it. Raises `MissingExtra`, or Pillow's own `ImportError`."""
        try:
            module = import_module(self.module)
        except ImportError:
            if self.extra:
                raise MissingExtra(self.package, self.extra) from None
            raise
        if self.name == "HEIF":
            module.register_heif_opener()
        elif self.name == "JXL":
            module.register_pillow(override=False)


FORMATS = (
    Format(
        name="JPEG",
        called="JPEG",
        endings=(".jpg", ".jpeg", ".jpe", ".jfif"),
        module="PIL.JpegImagePlugin",
    ),
    Format(name="PNG", called="PNG", endings=(".png",), module="PIL.PngImagePlugin"),
    Format(name="WEBP", called="WebP", endings=(".webp",), module="PIL.WebPImagePlugin"),
    Format(name="AVIF", called="AVIF", endings=(".avif",), module="PIL.AvifImagePlugin"),
    Format(name="GIF", called="GIF", endings=(".gif",), module="PIL.GifImagePlugin"),
    Format(name="BMP", called="BMP", endings=(".bmp",), module="PIL.BmpImagePlugin"),
    Format(name="TIFF", called="TIFF", endings=(".tif", ".tiff"), module="PIL.TiffImagePlugin"),
    Format(
        name="JPEG2000",
        called="JPEG 2000",
        endings=(".jp2", ".j2k", ".jpx"),
        module="PIL.Jpeg2KImagePlugin",
    ),
    Format(
        name="HEIF",
        called="HEIC",
        endings=(".heic", ".heif", ".hif"),
        module="pillow_heif",
        package="pillow-heif",
        extra="heic",
    ),
    Format(
        name="JXL",
        called="JPEG XL",
        endings=(".jxl",),
        module="pylibjxl",
        package="pylibjxl",
        extra="jxl",
    ),
)
"""The formats that are opened. Pillow knows more, but it passes PostScript, for example, to
Ghostscript, which would run a stranger's program."""

ENDINGS = tuple(ending for format in FORMATS for ending in format.endings)
"""File endings of images; if a film has several files, the first in this order is used."""

_BY_NAME = {format.name: format for format in FORMATS}
_PNG = b"\x89PNG\r\n\x1a\n"
_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "JPEG"),
    (_PNG, "PNG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG2000"),
    (b"\xff\x4f\xff\x51", "JPEG2000"),
    (b"\xff\x0a", "JXL"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "JXL"),
)
_AVIF = (b"avif", b"avis")
_HEIF = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1")


def format_of(head: bytes) -> Format | None:
    """The format of an image that begins with these bytes; None if it is not one that we open."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _BY_NAME["WEBP"]
    if head[4:8] == b"ftyp":
        size = min(int.from_bytes(head[:4], "big"), 256)
        brands = (head[8:12], *(head[at : at + 4] for at in range(16, size, 4)))
        for names, format in ((_AVIF, "AVIF"), (_HEIF, "HEIF")):
            if any(brand in names for brand in brands):
                return _BY_NAME[format]
        return None
    return next((_BY_NAME[name] for start, name in _STARTS if head.startswith(start)), None)


_PIXELS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"CgBI")


def bare_png(data: bytes) -> bytes:
    """A PNG without the chunks that are not needed for its pixels.

    Pillow refuses files with more than a megabyte in a packed text or colour profile, and with a
    wrong checksum in one.
    """
    kept, at = [_PNG], len(_PNG)
    while at + 8 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] in _PIXELS:
            kept.append(data[at:end])
        at = end
    return b"".join(kept)


_TEXTS: tuple[tuple[str, str, str], ...] = (
    (r"(\.\./)*(\.git)?/annex/objects/", "a git-annex pointer", "run: git annex get"),
    (r"version https://git-lfs\.github\.com/", "a Git LFS pointer", "run: git lfs pull"),
    (
        r"(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*"
        r"(<!doctype html|<(html|head|body|title|meta|script|div)\b)",
        "a web page (HTML)",
        "save the picture itself, not the page that shows it",
    ),
    (
        r"(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*(<!doctype svg.*?)?<svg\b",
        "an SVG drawing",
        "save it as a JPEG or PNG",
    ),
    (r"<\?xml|<error>|<rss\b", "XML", "fetch the picture again"),
    (r"""\{\s*["'}]|\[\s*["{\]]""", "JSON", "fetch the picture again"),
    (r"%!ps", "PostScript", "save it as a JPEG or PNG"),
    (r"data:image/", "a data: address", "decode the base64 in it"),
    (r"\[internetshortcut\]|\[desktop entry\]", "a shortcut", "give the file that it leads to"),
    (r"(/9j/|ivborw0kgg|uklgr|r0lgod)", "base64 text", "decode it"),
)
"""The beginning of a text in lower case, without leading space; what such a file is; the cure."""

_UNPACK, _FRAME, _EXPORT = "unpack it", "give a picture", "save it as a JPEG or PNG"
_BINARIES: tuple[tuple[bytes, str, str], ...] = (
    (rb"PK(\x03\x04|\x05\x06)", "a ZIP archive", _UNPACK),
    (rb"\x1f\x8b", "a gzip archive", _UNPACK),
    (rb"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (rb"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (rb"BZh[1-9]", "a bzip2 archive", _UNPACK),
    (rb"\xfd7zXZ\0", "an xz archive", _UNPACK),
    (rb"\x28\xb5\x2f\xfd", "a zstd archive", _UNPACK),
    (rb".{257}ustar", "a tar archive", _UNPACK),
    (rb"%PDF-", "a PDF", _EXPORT),
    (
        rb"\xc3\xbf\xc3\x98\xc3\xbf|\xc2\x89PNG|(\xef\xbf\xbd){2,}|\xef\xbf\xbdPNG|\x89PNG(\n|\r\r)",
        "a picture that was sent or saved as text",
        "copy or send its bytes as they are",
    ),
    (rb"8BPS", "a Photoshop document", _EXPORT),
    (rb"gimp xcf", "a GIMP document", _EXPORT),
    (rb"\0\0[\x01\x02]\0[^\0]\0", "a Windows icon", _EXPORT),
    (rb".\0[\x02\x0a]\0\0\0\0\0.{8}[\x18\x20][\0\x08\x20\x28]", "a TGA picture", _EXPORT),
    (rb"icns", "a Mac icon", _EXPORT),
    (rb"DDS ", "a DDS texture", _EXPORT),
    (rb"v/1\x01", "an OpenEXR picture", _EXPORT),
    (rb"qoif", "a QOI picture", _EXPORT),
    (rb"P[1-6]\s", "a PNM picture", _EXPORT),
    (rb"....ftypcrx ", "a camera's raw picture (CR3)", _EXPORT),
    (rb"....ftypqt  ", "a video (QuickTime)", _FRAME),
    (rb"....ftyp", "a video (MP4)", _FRAME),
    (rb"\x1a\x45\xdf\xa3", "a video (Matroska or WebM)", _FRAME),
    (rb"RIFF....AVI ", "a video (AVI)", _FRAME),
    (rb"RIFF....WAVE", "sound (WAV)", _FRAME),
    (rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a video (Windows Media)", _FRAME),
    (rb"FLV\x01", "a video (Flash)", _FRAME),
    (rb"OggS", "a video or sound (Ogg)", _FRAME),
    (rb"\0\0\x01[\xba\xb3]", "a video (MPEG)", _FRAME),
    (rb"\x47.{187}\x47", "a video (MPEG-TS)", _FRAME),
    (rb"ID3|fLaC", "sound (MP3 or FLAC)", _FRAME),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a Windows thumbnail cache or Office file", _FRAME),
    (rb"\0\x05\x16\x07", "a Mac's companion file (._)", "give the file without ._ in its name"),
    (rb"bplist0", "a Mac's property list, or a file that is still in iCloud", "fetch it first"),
    (rb"SQLite format 3\0", "an SQLite database", _FRAME),
    (rb"PAR1", "a Parquet table", "give the table to a command that reads tables"),
    (rb"\x93NUMPY", "a NumPy array", _EXPORT),
    (rb"\x80[\x02-\x05]", "a Python pickle", _EXPORT),
    (rb"\x4c\0\0\0\x01\x14\x02\0", "a Windows shortcut", "give the file that it leads to"),
    (rb"MZ|\x7fELF", "a program", _FRAME),
)
"""The beginning of any other file; what such a file is; the cure."""
_TEXT_RULES = tuple((re.compile(start, re.DOTALL), what, cure) for start, what, cure in _TEXTS)
_BINARY_RULES = tuple((re.compile(start, re.DOTALL), what, cure) for start, what, cure in _BINARIES)
_SHOWN = ("XML", "JSON")
_LENGTH = 80


def what_is(head: bytes) -> tuple[str, str]:
    """What a file is that is not an image but begins with these bytes, and the cure.

    >>> from cinegenre.pictures import what_is
    >>> what_is(b"<!DOCTYPE html><html>")
    ('a web page (HTML)', 'save the picture itself, not the page that shows it')
    """
    if not head:
        return "empty (0 bytes)", "fetch or copy it again"
    if not head.strip(b"\0"):
        return "nothing but zeros", "fetch or copy it again"
    for binary, what, cure in _BINARY_RULES:
        if binary.match(head):
            return what, cure
    text = _text(head)
    if text is None:
        return "no picture that is known", "give a JPEG, PNG or WebP"
    for start, what, cure in _TEXT_RULES:
        if start.match(text.lower()):
            return (f"{what} ({_quoted(text)})" if what in _SHOWN else what), cure
    return f"text ({_quoted(text)})", "give a JPEG, PNG or WebP"


def _quoted(text: str) -> str:
    return shown(" ".join(text[: 4 * _LENGTH].split()), _LENGTH)


def _text(head: bytes) -> str | None:
    """The bytes as text without surrounding space; None if they are not text."""
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = head.decode(encoding)
    except UnicodeDecodeError as error:
        # The last character of a longer file may be cut in two.
        if len(head) < HEAD or error.start < HEAD - 4:
            return None
        text = head[: error.start].decode(encoding)
    if any(ord(letter) < 32 and letter not in "\t\n\r\f\v" for letter in text):
        return None
    return text.strip()
