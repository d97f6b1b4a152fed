"""Opens text files in any encoding; the error for any other file says what it is."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import shutil
import tempfile
import zipfile
import zlib
from io import BufferedReader
from pathlib import Path, PurePosixPath
from typing import Any, TextIO

from ..errors import UserError
from ..pictures import format_of, what_is

DAMAGED = (EOFError, zlib.error, OSError, zipfile.BadZipFile)
"""The errors that reading a gzip or ZIP file raises if it is cut off or damaged."""

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, because it begins with the mark of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NO_TEXT = (
    (re.compile(rb"PK\x03\x04.*(?:\[Content_Types\]|xl/)", re.DOTALL),
     "is an Excel workbook", "call it .xlsx"),
    (re.compile(rb"PK\x03\x04.{26}mimetypeapplication/vnd\.oasis", re.DOTALL),
     "is a LibreOffice workbook", "call it .ods"),
    (re.compile(rb"PK\x03\x04.{26}Index/\w+\.iwa", re.DOTALL), "is a Numbers workbook",
     "export it as Excel or CSV"),
    (re.compile(rb"ARROW1"), "is an Arrow file", "save it as Parquet"),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|table|tr)\b", re.IGNORECASE),
     "is XML or HTML, not a table", "export it as CSV or JSON"),
    (re.compile(rb"\s*(?:INSERT INTO|CREATE TABLE|-- (?:MySQL|MariaDB) dump|--\s+-- PostgreSQL)"),
     "is an SQL dump, not a table", "export the table as CSV"),
    (re.compile(rb"\xd0\xcf\x11\xe0"), "is an Excel workbook", "call it .xls"),
    (re.compile(rb"PAR1"), "is a Parquet file", "call it .parquet"),
    (re.compile(rb"%PDF-"), "is a PDF, not a table", "fetch the table itself"),
    (re.compile(rb"SQLite format 3"), "is an SQLite database", "export the table as CSV"),
    (re.compile(rb"BZh|\xfd7zXZ|\x28\xb5\x2f\xfd"), "is packed (bzip2, xz or zstd)", "unpack it"),
    (re.compile(rb"version https://git-lfs"), "is a Git LFS pointer, not the file itself",
     "fetch it: git lfs pull"),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html)", re.IGNORECASE),
     "is a web page, not a table", "fetch the file itself"),
)  # fmt: skip
"""The first bytes of files that are often mistaken for tables, what they are, and the cure."""
_WORKBOOKS = tuple(begins for begins, _, _ in _NO_TEXT[:3])
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""What workbooks begin with: as ZIP archives do, or as Excel wrote them before 2007."""
_IN_ZIP = (".csv", ".tsv", ".json", ".jsonl", ".ndjson")
_LOOK = 4096
_FEW = 6
"""With at most this many bytes that are not UTF-8, a text's encoding is not judged."""
GZIP = b"\x1f\x8b"
_IN_MEMORY = 64 * 1024 * 1024
"""The most bytes of an archive from a pipe that are held in memory; a larger one is on disk."""
PIPED = "standard input"
"""The name of a pipe in the places of rows."""


Source = Path | BufferedReader
"""The path of a file, or the stream of a pipe."""


def open_text(source: Source) -> TextIO:
    """Open a text file or pipe: UTF-8, UTF-16 or UTF-32, with or without a byte order mark; it may
    be gzipped, or the only file in a ZIP archive.

    Bytes that are not UTF-8 are read as Windows-1252, which they nearly always are. Line breaks are
    not changed, because `csv` needs them. Raises `UserError` for a missing file, and for one that
    is not text.
    """
    try:
        binary = _binary(source)
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
    encoding = _encoding(start)
    if told := _no_text(start, encoding):
        binary.close()
        what, cure = told
        if not isinstance(source, Path):
            cure = re.sub(r"call it (\.\w+)", r"call it \1, and name the file", cure)
        raise UserError(f"{_called(source)} {what}", cure)
    if encoding == "utf-8-sig" and _is_foreign(start):
        binary.close()
        raise UserError(
            f"{_called(source)} is neither in UTF-8 nor in Windows-1252", "save it as UTF-8"
        )
    if encoding != "utf-8-sig":
        return io.TextIOWrapper(binary, encoding, "replace", newline="")
    codecs.register_error("windows-1252", _as_windows_1252)
    return io.TextIOWrapper(binary, encoding, "windows-1252", newline="")


def unpacked(stream: BufferedReader) -> tuple[BufferedReader, str]:
    """A pipe's stream without gzip or ZIP, and the beginning of its text, which is not consumed.

    Raises `UserError` for a ZIP archive that does not contain exactly one table.
    """
    try:
        if (binary := _binary(stream)) is not stream:
            stream = BufferedReader(binary)
        start = stream.peek(_LOOK)[:_LOOK]
    except DAMAGED:
        return stream, ""
    return stream, start.decode(_encoding(start), "replace")


def _binary(source: Source) -> Any:
    """The unpacked bytes of a source, as a stream with `peek`."""
    if isinstance(source, Path):
        with source.open("rb") as file:
            start = file.read(_LOOK)
    else:
        start = source.peek(_LOOK)[:_LOOK]
    if start[:2] == GZIP:
        return gzip.GzipFile(source) if isinstance(source, Path) else gzip.GzipFile(fileobj=source)
    if start[:4] == b"PK\x03\x04" and not any(begins.match(start) for begins in _WORKBOOKS):
        return _unzipped(source)
    return source.open("rb") if isinstance(source, Path) else source


def _unzipped(source: Source) -> Any:
    """The bytes of the one table in a ZIP archive."""
    file: Any = source
    if not isinstance(source, Path):  # an archive has its list of files at its end
        file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  # read lazily
        shutil.copyfileobj(source, file)
    name = _table_in(file, _called(source))
    try:
        return io.BufferedReader(zipfile.ZipFile(file).open(name))
    except RuntimeError:
        raise UserError(f"{_called(source)} is locked with a password", "unpack it") from None


def zipped(path: Path) -> str:
    """The name of the only table in a ZIP archive, as Kaggle packs it. Raises `UserError` if there
    is none or several.
    """
    try:
        return _table_in(path, str(path))
    except FileNotFoundError:
        raise UserError(f"no file {path}", "check the path") from None


def _table_in(file: Any, called: str) -> str:
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except FileNotFoundError:
        raise
    except (zipfile.BadZipFile, OSError) as error:
        raise UserError(f"{called} is a damaged ZIP archive ({error})", "fetch it again") from None
    tables = [name for name in names if _is_table(PurePosixPath(name))]
    if len(tables) != 1:
        some = ", ".join(map(repr, tables[:3])) + (" …" if len(tables) > 3 else "")
        of = f" of {len(tables)} tables ({some})" if tables else ""
        raise UserError(f"{called} is a ZIP archive{of}", "unpack it and name the file inside")
    return tables[0]


def _called(source: Source) -> str:
    return str(source) if isinstance(source, Path) else PIPED


def _is_table(name: PurePosixPath) -> bool:
    # macOS adds a companion to every file.
    hidden = any(part.startswith((".", "__MACOSX")) for part in name.parts)
    return name.suffix.lower() in _IN_ZIP and not hidden


def _no_text(start: bytes, encoding: str) -> tuple[str, str] | None:
    """What a file is that is not text, and the cure."""
    for begins, what, cure in _NO_TEXT:
        if begins.match(start):
            return what, cure
    if encoding != "utf-8-sig" or b"\0" not in start:
        return None
    found = format_of(start)
    if found is not None:
        return f"is a {found.called} picture, not a table", "name a table"
    what, _ = what_is(start)
    if what.startswith(("text", "no picture", "nothing")):
        return None
    return f"is {what}, not a table", "name a table"


def _encoding(start: bytes) -> str:
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    # In UTF-16 every letter of a header has a zero byte, which no UTF-8 text contains.
    head = start[:200]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > len(head) * 0.3 and even < odd / 4:
        return "utf-16-le"
    if even > len(head) * 0.3 and odd < even / 4:
        return "utf-16-be"
    return "utf-8-sig"


def _is_foreign(start: bytes) -> bool:
    """Whether a text is in an encoding of another script (Cyrillic, Chinese …): in Windows-1252,
    letters that are not ASCII rarely follow each other."""
    valid = start.decode("utf-8", "ignore")
    broken = len(start) - len(valid.encode())
    runs = [len(run) for run in re.findall(rb"[\x80-\xff]+", start)]
    letters = sum(not letter.isascii() for letter in valid)
    return broken > max(letters, _FEW) and sum(n for n in runs if n > 2) > sum(runs) / 2


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


def damage(error: BaseException) -> str:
    """The error of the `BadRow` at which a damaged file ends."""
    return f"the file is cut off or damaged here ({error})"
