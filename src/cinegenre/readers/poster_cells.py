"""What the poster's cell of a source stands for: a path, bytes, base64, or a web address."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from ..base64_text import from_base64
from .posters import is_address, local_poster

WEB = ("http://", "https://")
_BASE64 = ("/9j/", "iVBORw0KGgo", "UklGR", "R0lGOD")
"""How base64 of a JPEG, PNG, WebP and GIF begins."""
_SHORTEST = 64
"""Characters; no image is shorter, and a path called `/9j/a.jpg` is."""


def poster(value: Any, base: Path) -> str | Path | bytes | None:
    """As `readers.posters.local_poster`, and base64 as bytes, and an address as it stands,
    or the path that a `file:` address names.

    Base64 is a `data:` URI, the `bytes` of an image struct in JSON, or bare text. Broken base64
    gives bytes that are no image, for the film's other inputs can still be read.
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
    """Whether a film's poster is yet to be fetched."""
    return isinstance(value, str) and value.casefold().startswith(WEB)


def _of_file(address: str) -> str | None:
    """The file that a file: address names on this machine; None for another, or where none is."""
    parts = urlsplit(address)
    if parts.scheme.casefold() != "file" or parts.netloc not in ("", "localhost"):
        return None
    from urllib.request import url2pathname  # brings ssl along

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
