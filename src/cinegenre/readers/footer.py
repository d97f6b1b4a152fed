"""Reads the number of rows from the end of a Parquet file: arro3 has to read the whole file."""

from __future__ import annotations

from pathlib import Path

_ROWS = 3
"""The field `num_rows` of FileMetaData (parquet-format, parquet.thrift)."""
_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = 1, 2, 3, 7, 8, 9, 10, 11, 12
"""Types of Thrift's compact protocol; 4 to 6 are whole numbers."""


def rows_in(path: Path) -> int:
    """The number of rows in a Parquet file's footer; 0 if the footer is invalid."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(size - 8)
            length = int.from_bytes(file.read(4), "little")
            file.seek(size - 8 - length)
            return _Footer(file.read(length)).number(_ROWS)
    except (OSError, IndexError, ValueError, RecursionError):
        return 0


class _Footer:
    """A Thrift struct in the compact protocol, read only as far as needed for one number."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def number(self, wanted: int) -> int:
        """The number in the field `wanted`. Raises `ValueError` if there is none."""
        field = 0
        while kind := self._byte():
            # The high half of a header is the distance from the last field; after 0 the number
            # follows.
            field = field + (kind >> 4) if kind >> 4 else self._zigzag()
            if field == wanted:
                return self._zigzag()
            self._pass(kind & 15)
        raise ValueError(f"no field {wanted}")

    def _pass(self, kind: int, *, element: bool = False) -> None:
        if kind in (_TRUE, _FALSE):
            self._at += element  # of a field, the header is the value
        elif kind == _BYTE:
            self._at += 1
        elif kind == _DOUBLE:
            self._at += 8
        elif kind == _BINARY:
            length = self._varint()  # which moves on itself
            self._at += length
        elif kind in (_LIST, _SET):
            head = self._byte()
            for _ in range(head >> 4 if head >> 4 < 15 else self._varint()):
                self._pass(head & 15, element=True)
        elif kind == _MAP:
            count = self._varint()
            kinds = self._byte() if count else 0
            for _ in range(count):
                self._pass(kinds >> 4, element=True)
                self._pass(kinds & 15, element=True)
        elif kind == _STRUCT:
            while inner := self._byte():
                if not inner >> 4:
                    self._varint()
                self._pass(inner & 15)
        else:
            self._varint()

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def _varint(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def _zigzag(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)
