"""Base64 as programs write it: with line ends (RFC 2045), or safe for URLs (RFC 4648, 5)."""

from __future__ import annotations

import base64

_STANDARD = str.maketrans("-_", "+/")


def from_base64(text: str) -> bytes:
    """Decode `text`; line ends and blanks are ignored, and the padding may be left out.

    Raises `ValueError` (of which `binascii.Error` is a kind) for any other character, and for a
    text that ends within a byte.
    """
    plain = "".join(text.split()).translate(_STANDARD).rstrip("=")
    return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
