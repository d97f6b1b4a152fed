"""Encodes a shard's rows as a file; the columns are the same in every format."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from typing import Any

from ..data.shards import arro3
from ..errors import unknown

FIXED = {
    "row": "int64",
    "id": "string",
    "genres": "list",
    "confidence": "float64",
    "inputs": "list",
    "note": "string",
    "error": "string",
    "model": "string",
}
"""The columns before the scores, and their kinds."""
SCORE = "score_"
"""Prefix of the genres' columns, because a genre may be called `id`."""
BETWEEN = "|"
"""Separator of the entries of a list in CSV."""

Row = tuple[Any, ...]
"""The cells of one film, in the order of `columns`."""


def columns(genres: Sequence[str]) -> dict[str, str]:
    """Column → kind, in stored order."""
    return FIXED | {f"{SCORE}{genre}": "float64" for genre in genres}


def encode(format: str, kinds: dict[str, str], rows: Sequence[Row]) -> bytes:
    """Encode rows in `format`. The error for an unknown format lists the known ones."""
    if format not in FORMATS:
        raise unknown("format", format, FORMATS)
    return FORMATS[format](kinds, rows)


def _csv(kinds: dict[str, str], rows: Sequence[Row]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(kinds)
    for row in rows:
        writer.writerow([BETWEEN.join(cell) if isinstance(cell, list) else cell for cell in row])
    return out.getvalue().encode("utf-8", "replace")


def _jsonl(kinds: dict[str, str], rows: Sequence[Row]) -> bytes:
    lines = (json.dumps(dict(zip(kinds, row, strict=True)), ensure_ascii=False) for row in rows)
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")


def _parquet(kinds: dict[str, str], rows: Sequence[Row]) -> bytes:
    core, writer = arro3()
    text = core.DataType.utf8()
    types = {
        "int64": core.DataType.int64(),
        "float64": core.DataType.float64(),
        "string": text,
        "list": core.DataType.list(core.Field("item", text, nullable=True)),
    }

    def array(kind: str, cells: list[Any]) -> Any:
        if kind != "list":
            return core.Array(cells, type=types[kind])
        ends = [0]
        for cell in cells:
            ends.append(ends[-1] + len(cell))
        return core.list_array(
            core.Array(ends, type=core.DataType.int32()),
            core.Array([item for cell in cells for item in cell], type=text),
            type=types["list"],
        )

    by_column = [list(cells) for cells in zip(*rows, strict=True)] or [[] for _ in kinds]
    batch = core.RecordBatch.from_arrays(
        [array(kind, cells) for kind, cells in zip(kinds.values(), by_column, strict=True)],
        schema=core.Schema(
            [core.Field(name, types[kind], nullable=True) for name, kind in kinds.items()]
        ),
    )
    buffer = io.BytesIO()  # not a file, because arro3 panics if the disk is full
    writer.write_parquet(core.Table.from_batches([batch]), buffer, compression="zstd(3)")
    return buffer.getvalue()


FORMATS: dict[str, Callable[[dict[str, str], Sequence[Row]], bytes]] = {
    "parquet": _parquet,
    "csv": _csv,
    "jsonl": _jsonl,
}
"""Format → the function that encodes a shard; the name is also the ending of its files."""
