"""Writes numbers as protobuf does: SentencePiece models and ONNX files are protobuf messages."""

from __future__ import annotations


def varint(number: int) -> bytes:
    """A number as protobuf writes it: seven bits a byte, the lowest first."""
    written = bytearray()
    while number > 127:
        written.append(number & 127 | 128)
        number >>= 7
    return bytes([*written, number])
