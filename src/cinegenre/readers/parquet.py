"""Reads Parquet with arro3. Needs the extra `[data]`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import MissingExtra, UserError
from ..movie import BadRow
from .encodings import damage
from .footer import rows_in
from .text import Row

_BATCH = 256
_BYTES = 32 * 1024 * 1024
"""The most rows held at once, and the most bytes, which limit rows with large posters."""


def parquet_rows(path: Path, *, name: str = "") -> Iterator[Row | BadRow]:
    """The rows of a Parquet file, counted from 1.

    Raises `UserError` for a missing or broken file. Reading ends with a `BadRow` at damage further
    in.
    """
    try:
        from arro3.io import read_parquet
    except ImportError:
        raise MissingExtra("arro3-io", "data") from None
    _check_ends(path)
    name = name or path.name
    count = 0
    try:
        batch: Any  # arro3 calls its iterators Iterable
        for batch in read_parquet(path, batch_size=_batch(path)):
            keys = batch.column_names
            columns = [batch.column(key).to_pylist() for key in keys]
            for cells in zip(*columns, strict=True):
                count += 1
                yield f"{name} row {count}", dict(zip(keys, cells, strict=True))
    except BaseException as error:
        # arro3 raises plain Exceptions, and panics of Rust, which do not derive from Exception.
        if type(error) is not Exception and type(error).__name__ != "PanicException":
            raise
        yield BadRow(where=f"{name} row {count + 1}", error=" ".join(damage(error).split())[:160])


def metadata(path: Path) -> dict[str, str]:
    """The key-value metadata of a Parquet file; empty if it cannot be read."""
    try:
        from arro3.io import read_parquet

        found = read_parquet(path).schema.metadata
    except BaseException as error:
        if type(error) is not Exception and type(error).__name__ != "PanicException":
            raise
        return {}
    return {_decoded(key): _decoded(value) for key, value in found.items()}


def _decoded(text: str | bytes) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text


def _batch(path: Path) -> int:
    size, rows = path.stat().st_size, rows_in(path)
    return max(1, min(_BATCH, _BYTES * rows // max(size, 1)))


def _check_ends(path: Path) -> None:
    """Refuse an incomplete Parquet file, on which arro3 panics and prints a Rust backtrace."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
            size = file.seek(0, 2)
            file.seek(max(0, size - 8))
            end = file.read(8)
    except FileNotFoundError:
        raise UserError(f"no file {path}", "check the path") from None
    except OSError as error:
        raise UserError(f"cannot open {path} ({error.strerror})", "name a readable file") from None
    footer = int.from_bytes(end[:4], "little")
    if start != b"PAR1" or end[4:] != b"PAR1" or footer + 12 > size:
        raise UserError(f"{path} is not a complete Parquet file", "write or fetch it again")
