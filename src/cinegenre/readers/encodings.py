"""Opening a text file in whatever encoding it has; what is no text is named for what it is."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from io import BufferedReader
from pathlib import Path
from typing import Any, TextIO

from ..errors import UserError

DAMAGED = (EOFError, zlib.error, OSError)
"""What reading a cut or damaged gzip file raises."""

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NO_TEXT = (
    (re.compile(rb"PK\x03\x04.*(?:\[Content_Types\]|xl/)", re.DOTALL),
     "is an Excel workbook", "save it as CSV"),
    (re.compile(rb"PK\x03\x04"), "is a ZIP archive", "unpack it and name the file inside"),
    (re.compile(rb"\xd0\xcf\x11\xe0"), "is an Excel workbook", "save it as CSV"),
    (re.compile(rb"PAR1"), "is a Parquet file", "call it .parquet"),
    (re.compile(rb"SQLite format 3"), "is an SQLite database", "export the table as CSV"),
    (re.compile(rb"BZh|\xfd7zXZ|\x28\xb5\x2f\xfd"), "is packed (bzip2, xz or zstd)", "unpack it"),
    (re.compile(rb"version https://git-lfs"), "is a Git LFS pointer, not the file itself",
     "fetch it: git lfs pull"),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html)", re.IGNORECASE),
     "is a web page, not a table", "fetch the file itself"),
)  # fmt: skip
"""How files that are often taken for a table begin, what they are, what to do."""
_LOOK = 4096
_GZIP = b"\x1f\x8b"
PIPED = "standard input"
"""How places call what comes through a pipe."""


Source = Path | BufferedReader
"""A file by its path, or what comes through a pipe."""


def open_text(source: Source) -> TextIO:
    """Open a text file, or what comes through a pipe: UTF-8, UTF-16 or UTF-32, with their marks or
    without; also gzipped.

    Bytes that are no UTF-8 are read as Windows-1252, which is what they nearly always are. Line
    ends are left alone, as `csv` wants them. Raises `UserError` where there is no such file, or
    one that is no text.
    """
    try:
        binary = _bytes_of(source)
    except FileNotFoundError:
        raise UserError(f"no file {source}", "check the path") from None
    except OSError as error:
        raise UserError(
            f"cannot open {source} ({error.strerror})", "name a readable file"
        ) from None
    try:
        start = binary.peek(_LOOK)[:_LOOK]
    except DAMAGED:
        start = b""
    for begins, what, cure in _NO_TEXT:
        if begins.match(start):
            binary.close()
            if not isinstance(source, Path):
                raise UserError(f"{PIPED} {what}", f"{cure}, and name the file")
            raise UserError(f"{source} {what}", cure)
    encoding = _encoding(start)
    if encoding != "utf-8-sig":
        return io.TextIOWrapper(binary, encoding, "replace", newline="")
    codecs.register_error("windows-1252", _as_windows_1252)
    return io.TextIOWrapper(binary, encoding, "windows-1252", newline="")


def unpacked(stream: BufferedReader) -> tuple[BufferedReader, str]:
    """What comes through a pipe, less gzip, and how its text begins; nothing of it is used up."""
    try:
        if (binary := _bytes_of(stream)) is not stream:
            stream = BufferedReader(binary)
        start = stream.peek(_LOOK)[:_LOOK]
    except DAMAGED:
        return stream, ""
    return stream, start.decode(_encoding(start), "replace")


def _bytes_of(source: Source) -> Any:
    """The bytes of a source, less gzip."""
    if not isinstance(source, Path):
        return gzip.GzipFile(fileobj=source) if source.peek(2)[:2] == _GZIP else source
    with source.open("rb") as file:
        packed = file.read(2) == _GZIP
    return gzip.GzipFile(source) if packed else source.open("rb")


def _encoding(start: bytes) -> str:
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    # A header's letters have a zero byte each in UTF-16, and no UTF-8 text has one.
    head = start[:200]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > len(head) * 0.3 and even < odd / 4:
        return "utf-16-le"
    if even > len(head) * 0.3 and odd < even / 4:
        return "utf-16-be"
    return "utf-8-sig"


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


def damage(error: BaseException) -> str:
    """What a `BadRow` says of the place where a damaged file ends."""
    return f"the file is cut off or damaged here ({error})"
