"""Reads the poster's cell of a source: a path, bytes, base64, or a web address."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit
from urllib.request import url2pathname

from ..base64_text import from_base64
from ..readers.posters import is_address, local_poster

WEB = ("http://", "https://")
_BASE64 = ("/9j/", "iVBORw0KGgo", "UklGR", "R0lGOD")
"""The beginnings of base64 of a JPEG, PNG, WebP and GIF."""
_SHORTEST = 64
"""The least characters of base64. Any image is longer, and a path such as `/9j/a.jpg` shorter."""


def poster(value: Any, base: Path) -> str | Path | bytes | None:
    """Like `readers.posters.local_poster`, but base64 becomes bytes, and web addresses are kept.

    A `file:` address becomes the path that it names. Base64 may be a `data:` URI, the `bytes` of an
    image struct in JSON, or bare text. Broken base64 becomes bytes that are not an image, so that
    the film's other inputs are still read.
    """
    if isinstance(value, dict):
        inner = value.get("bytes")
        if isinstance(inner, str) and inner:
            return _decoded(inner)
        value = inner or value.get("path")
    if isinstance(value, str):
        text = value.strip()
        if text.startswith("data:"):
            return _data_uri(text)
        if is_address(text):
            return _of_file(text) or text
        if text.startswith(_BASE64) and len(text) > _SHORTEST:
            return _decoded(text)
    return local_poster(value, base)


def is_web(value: object) -> bool:
    """Whether a film's poster is a web address, which has to be fetched."""
    return isinstance(value, str) and value.casefold().startswith(WEB)


def _of_file(address: str) -> str | None:
    """The path of a file: address on this machine; None for another host, or without a path."""
    parts = urlsplit(address)
    if parts.scheme.casefold() != "file" or parts.netloc not in ("", "localhost"):
        return None
    path = url2pathname(parts.path)
    return path if Path(path).is_file() else None


def _data_uri(text: str) -> bytes:
    head, _, body = text.partition(",")
    return _decoded(body) if head.endswith(";base64") else unquote_to_bytes(body)


def _decoded(text: str) -> bytes:
    try:
        return from_base64(text)
    except ValueError:
        return b"broken base64"
