"""Text files as people have them: gzipped, with a byte order mark, cut off, badly encoded."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

from ..errors import UserError
from ..movie import BadRow

Row = tuple[str, dict[str, Any]]
"""Where a row stands ("films.csv line 3"), and its cells by column name."""

DAMAGED = (EOFError, zlib.error, OSError)
"""What reading a cut or damaged gzip file raises."""

# A cast of some hundred people is over csv's own limit of 131,072 characters. The limit also ends
# what a stray quotation mark swallows. It fits Windows' C long.
_LONGEST_CELL = 4_000_000


def open_text(path: Path) -> TextIO:
    """Open a text file: UTF-8 or, with its mark, UTF-16; gzip is recognised by content.

    Bytes that are no UTF-8 are read as Windows-1252, which is what they nearly always are. Line
    ends are left alone, as `csv` wants them. Raises `UserError` when there is no such file.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(4)
        if magic == b"PK\x03\x04":
            raise UserError(f"{path} is a ZIP archive", "unpack it and name the file inside")
        binary = gzip.GzipFile(path) if magic[:2] == b"\x1f\x8b" else path.open("rb")
    except FileNotFoundError:
        raise UserError(f"no file {path}", "check the path") from None
    except OSError as error:
        raise UserError(f"cannot open {path} ({error.strerror})", "name a readable file") from None
    try:
        mark = binary.peek(2)[:2]
    except DAMAGED:
        mark = b""
    if mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return io.TextIOWrapper(binary, "utf-16", "replace", newline="")
    codecs.register_error("windows-1252", _as_windows_1252)
    return io.TextIOWrapper(binary, "utf-8-sig", "windows-1252", newline="")


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


def csv_rows(
    path: Path, *, delimiters: str = ",", needed: Iterable[str] = (), name: str = ""
) -> Iterator[Row | BadRow]:
    """The rows of a CSV file with a header. `where` is the line on which a row begins.

    Of several `delimiters` the one that the header has most of is taken. A row with too few or too
    many cells, a quotation mark that is never closed, and the place where a damaged file ends are
    `BadRow`s; empty lines are skipped. Raises `UserError` for a file without a header, and when
    the header lacks a `needed` column.
    """
    name = name or path.name
    # For the whole process, but only ever raised: another reader may rely on a higher one.
    csv.field_size_limit(max(_LONGEST_CELL, csv.field_size_limit()))
    with open_text(path) as file:
        lines = _Lines(file)
        try:
            first = lines.first()
            reader = csv.reader(lines, delimiter=max(delimiters, key=first.count))
            header = [cell.strip() for cell in next(reader, [])]
        except (csv.Error, *DAMAGED) as error:
            raise UserError(f"{name}: {damage(error)}", "write or fetch it again") from None
        if not any(header):
            raise UserError(f"{name} has no header", "its first line must name the columns")
        _check_columns(name, header, needed)
        while True:
            before = reader.line_num
            where = f"{name} line {before + 1}"
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                # The reader starts afresh with the next line.
                yield BadRow(where=where, error=f"no CSV ({error})")
                continue
            except DAMAGED as error:
                yield BadRow(where=where, error=damage(error))
                return
            if lines.ended:
                # Only inside quotes does csv ask for one line more than there is.
                lost = f"all to the end of the file is lost ({reader.line_num - before} lines)"
                yield BadRow(where=where, error=f'a quotation mark (") is never closed: {lost}')
            elif len(cells) == len(header):
                yield where, dict(zip(header, cells, strict=True))
            elif cells:
                error_text = f"{len(cells)} cells, the header has {len(header)}"
                yield BadRow(where=where, error=f"{error_text}: a line break or separator too many")


def damage(error: BaseException) -> str:
    """What a `BadRow` says of the place where a damaged file ends."""
    return f"the file is cut off or damaged here ({error})"


class _Lines:
    """A file's lines; `ended` once one more was asked for than there are."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._first = ""
        self.ended = False

    def first(self) -> str:
        """The first line, which is not used up."""
        self._first = self._file.readline()
        return self._first

    def __iter__(self) -> Iterator[str]:
        if self._first:
            yield self._first
        yield from self._file
        self.ended = True


def _check_columns(name: str, header: list[str], needed: Iterable[str]) -> None:
    missing = [column for column in needed if column not in header]
    if missing:
        raise UserError(
            f"{name} has no column {', '.join(map(repr, missing))}",
            f"its columns are: {', '.join(header)}",
        )
