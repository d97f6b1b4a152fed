"""Writes and reads films as Parquet, with arro3 (34 MB of packages; pyarrow needs 169)."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from ..errors import MissingExtra, UserError
from ..movie import BadRow, Movie
from ..readers.parquet import parquet_rows

TEXTS = ("id", "title", "overview", "language", "collection")
LISTS = ("companies", "people", "genres")
ROW_GROUP = 256
"""Rows read at a time: about 4 MB of small posters, or 100 MB of large ones."""


def columns(label_sets: Sequence[str]) -> dict[str, str]:
    """Column → its type in Hugging Face's `dataset_info`, in stored order."""
    kinds = {"id": "string", "title": "string", "overview": "string"}
    kinds |= dict.fromkeys((*LISTS, *(f"genres_{name}" for name in label_sets)), "list")
    return kinds | {
        "year": "int32",
        "language": "string",
        "collection": "string",
        "poster": "image",
    }


def write(
    path: Path,
    films: Sequence[tuple[Movie, bytes | None]],
    labels: Mapping[str, Mapping[str, tuple[str, ...]]],
) -> None:
    """Write films, each with its poster's bytes, to one Parquet file.

    `labels` has the further label sets: name → film id → genres. The columns of a missing poster,
    and of a label set without the film, are null. Posters are stored as they are, because they are
    compressed already.
    """
    core, io = arro3()
    make = _Columns(core)
    kinds = columns(tuple(labels))
    schema = core.Schema(
        [core.Field(name, make.type(kind), nullable=True) for name, kind in kinds.items()],
        metadata={"huggingface": json.dumps({"info": {"features": _features(kinds)}})},
    )
    batches = [
        core.RecordBatch.from_arrays(
            [
                make.array(kind, [_value(name, film, poster, labels) for film, poster in some])
                for name, kind in kinds.items()
            ],
            schema=schema,
        )
        for some in (films[i : i + ROW_GROUP] for i in range(0, len(films), ROW_GROUP))
    ]
    # Through memory, because on a full disk arro3 panics, whereas Python's write raises OSError.
    buffer = BytesIO()
    io.write_parquet(
        core.Table.from_batches(batches, schema=schema),
        buffer,
        compression="zstd(3)",
        column_compression={("poster", "bytes"): "uncompressed"},
        column_dictionary_enabled={("poster", "bytes"): False},
        max_row_group_size=ROW_GROUP,
    )
    with path.open("wb") as file:
        file.write(buffer.getbuffer())


def read(path: Path, genres: str) -> Iterator[Movie]:
    """The films of one shard, in order, with their genres from the column `genres`."""
    for row in parquet_rows(path):
        if isinstance(row, BadRow):
            raise UserError(f"shard {path} cannot be read ({row.error})", "prepare it again")
        yield _movie(row[1], genres)


def _movie(row: dict[str, Any], genres: str) -> Movie:
    poster = row["poster"]
    return Movie(
        **{name: row[name] for name in TEXTS},
        companies=tuple(row["companies"] or ()),
        people=tuple(row["people"] or ()),
        genres=tuple(row[genres] or ()),
        year=row["year"],
        poster=poster["bytes"] if poster else None,
    )


def _value(
    name: str,
    film: Movie,
    poster: bytes | None,
    labels: Mapping[str, Mapping[str, tuple[str, ...]]],
) -> Any:
    if name == "poster":
        stem = film.poster.name if isinstance(film.poster, Path) else None
        return None if poster is None else (poster, stem)
    if name.startswith("genres_"):
        return labels[name.removeprefix("genres_")].get(film.id or "")
    return getattr(film, name)


def _features(kinds: Mapping[str, str]) -> dict[str, Any]:
    """The features in the form in which `datasets` writes them into the metadata of Parquet."""
    known: dict[str, Any] = {
        "image": {"_type": "Image"},
        "list": {"feature": {"dtype": "string", "_type": "Value"}, "_type": "List"},
    }
    return {n: known.get(kind, {"dtype": kind, "_type": "Value"}) for n, kind in kinds.items()}


class _Columns:
    """Python values → Arrow arrays. arro3 can only make flat arrays; lists and structs are built
    here.
    """

    def __init__(self, core: Any) -> None:
        self._core, self._types = core, core.DataType
        text = self._types.utf8()
        self._image = [
            core.Field("bytes", self._types.binary(), nullable=True),
            core.Field("path", text, nullable=True),
        ]
        self._kinds = {
            "string": text,
            "int32": self._types.int32(),
            "list": self._types.list(core.Field("item", text, nullable=True)),
            "image": self._types.struct(self._image),
        }

    def type(self, kind: str) -> Any:
        return self._kinds[kind]

    def array(self, kind: str, values: list[Any]) -> Any:
        array = self._core.Array
        if kind in ("string", "int32"):
            return array(values, type=self._kinds[kind])
        absent = array([value is None for value in values], type=self._types.bool())
        if kind == "list":
            offsets = [0]
            for value in values:
                offsets.append(offsets[-1] + len(value or ()))
            return self._core.list_array(
                array(offsets, type=self._types.int32()),
                array(
                    [item for value in values for item in value or ()], type=self._kinds["string"]
                ),
                type=self._kinds["list"],
                mask=absent,
            )
        parts = [[None if value is None else value[i] for value in values] for i in (0, 1)]
        fields = [array(part, type=f.type) for part, f in zip(parts, self._image, strict=True)]
        return self._core.struct_array(fields, fields=self._image, mask=absent)


def arro3() -> tuple[Any, Any]:
    """The modules arro3.core and arro3.io. Raises `MissingExtra` if they are not installed."""
    try:
        return importlib.import_module("arro3.core"), importlib.import_module("arro3.io")
    except ModuleNotFoundError:
        raise MissingExtra("arro3-io", "data") from None
