"""Lets onnxruntime use the weights of an ONNX file where they are, instead of copying them twice.

An ONNX file is a protobuf message: read as one, all of it is copied into memory, and then once more
into tensors. Weights outside of the message are mapped from their file instead. So onnxruntime is
given a message without them, which names the ONNX file itself as the file that they are in.
"""

from __future__ import annotations

import mmap
import sys
from collections.abc import Iterator
from pathlib import Path

from ..inputs.protobuf import varint

LEAST = 1 << 14
"""Bytes of a tensor that is worth mapping: each takes a system call or two."""
MOST = 1000
"""Bytes of a folder's path: onnxruntime refuses options of more than 1,024."""

# Numbers of the fields, data types and wire types in onnx.proto, and in protobuf's encoding.
_GRAPH, _INITIALIZER = 7, 5
_TYPE, _RAW, _EXTERNAL, _LOCATION = 2, 9, 13, 14
_UINT8, _INT8 = 2, 3
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5

Parts = list[bytes | memoryview]
"""Of a message: what is copied once, when they are joined."""

Field = tuple[int, int, int, int]
"""Of a field: its number, where it starts with its key, where its value starts, and its end."""


def without_weights(path: Path) -> bytes | None:
    """The model in an ONNX file, with its large 8-bit weights left in that file.

    None if these are less than three quarters of it, or if they cannot be mapped here: then open
    the file itself. onnxruntime must be told the model's folder, as its option
    `session.model_external_initializers_file_folder_path`, from 1.21 on.
    """
    # Windows lets nobody replace a file that is mapped.
    if sys.platform == "win32":
        return None
    try:
        # A path that is not UTF-8 raises `UnicodeEncodeError`, a `ValueError`.
        if len(str(path.parent).encode()) > MOST:
            return None
        with path.open("rb") as file:
            # Not closed by hand, because the parts are views of it.
            model = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        parts = _model(model, path.name.encode())
    except (OSError, ValueError, IndexError):  # onnxruntime says what is wrong with the file
        return None
    return b"".join(parts) if 4 * _length(parts) < len(model) else None


def _model(model: memoryview, name: bytes) -> Parts:
    parts: Parts = []
    for number, start, value, end in _fields(model, 0, len(model)):
        if number == _GRAPH:
            parts += _field(_GRAPH, _graph(model, value, end, name))
        else:
            parts.append(model[start:end])
    return parts


def _graph(model: memoryview, begin: int, stop: int, name: bytes) -> Parts:
    parts: Parts = []
    for number, start, value, end in _fields(model, begin, stop):
        if number == _INITIALIZER and end - value >= LEAST:
            parts += _field(_INITIALIZER, _tensor(model, value, end, name))
        else:
            parts.append(model[start:end])
    return parts


def _tensor(model: memoryview, begin: int, stop: int, name: bytes) -> Parts:
    """A tensor, which has the place of its numbers instead of them if they can be mapped."""
    fields = list(_fields(model, begin, stop))
    types = [_varint(model, value)[0] for number, _, value, _ in fields if number == _TYPE]
    raw = [(value, end) for number, _, value, end in fields if number == _RAW]
    # Wider numbers would have to start at a multiple of their width, which here they do by chance.
    if len(raw) != 1 or types not in ([_UINT8], [_INT8]):
        return [model[begin:stop]]
    [(first, last)] = raw
    place = {b"location": name, b"offset": b"%d" % first, b"length": b"%d" % (last - first)}
    parts: Parts = [model[start:end] for number, start, _, end in fields if number != _RAW]
    for key, text in place.items():
        parts += _field(_EXTERNAL, [*_field(1, [key]), *_field(2, [text])])
    return [*parts, varint(_LOCATION << 3 | _VARINT), varint(1)]


def _fields(model: memoryview, at: int, end: int) -> Iterator[Field]:
    """The fields of the message between `at` and `end`. Raises `ValueError` if it is not one."""
    while at < end:
        start = at
        key, at = _varint(model, at)
        kind = key & 7
        if kind == _BYTES:
            size, at = _varint(model, at)
        elif kind == _VARINT:
            size = _varint(model, at)[1] - at
        elif kind in (_FIXED32, _FIXED64):
            size = 4 if kind == _FIXED32 else 8
        else:
            raise ValueError(f"wire type {kind}")
        if at + size > end:
            raise ValueError("a field that is longer than its message")
        yield key >> 3, start, at, at + size
        at += size


def _varint(model: memoryview, at: int) -> tuple[int, int]:
    """The number at `at`, which `varint` writes, and where it ends."""
    number = shift = 0
    while True:
        byte = model[at]
        number |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return number, at
        if shift > 63:  # else a file full of these bytes would make a number of its length
            raise ValueError("a number of more than ten bytes")


def _field(number: int, value: Parts) -> Parts:
    return [varint(number << 3 | _BYTES), varint(_length(value)), *value]


def _length(parts: Parts) -> int:
    return sum(map(len, parts))
