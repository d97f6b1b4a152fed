"""Base64 as programs write it, and data: addresses.

Both alphabets of RFC 4648 are read (one is safe for URLs), line ends (RFC 2045), and what often
happens to a text on its way: `%2B` or a blank for "+" (forms), `\\n` for a line end (JSON that was
written twice), and quotes around it (Python's `str` of bytes).
"""

from __future__ import annotations

import base64
import re
from urllib.parse import unquote_to_bytes

from .errors import shown

_STANDARD = str.maketrans("-_", "+/")
_DATA = re.compile(r"\s*data:(?P<head>[^,]{0,1000}),", re.IGNORECASE)
_QUOTED = re.compile(r"b?(?P<quote>['\"])(?P<inner>.*)(?P=quote)", re.DOTALL)
_ESCAPED = re.compile(r"\\r|\\n|\\/")
_LINES = range(60, 1025, 4)
"""How many characters lines of base64 have (76 in mails, 64 in PEM)."""
_OTHER = re.compile(r"[^A-Za-z0-9+/]", re.ASCII)


def is_data_address(text: str) -> bool:
    """Whether `text` is a data: address (RFC 2397), such as `data:image/png;base64,iVBO…`."""
    return _DATA.match(text) is not None


def from_data_address(text: str) -> bytes:
    """The bytes in a data: address, in base64 or percent-encoded.

    Raises `ValueError` like `from_base64`, or if `text` is not a data: address.
    """
    found = _DATA.match(text)
    if found is None:
        raise ValueError("it does not begin with data:")
    body = text[found.end() :]
    if is_data_address(body):  # written before an address that had it already
        return from_data_address(body)
    parts = [part.strip().lower() for part in found["head"].split(";")]
    return from_base64(body) if "base64" in parts[1:] else unquote_to_bytes(body)


def from_base64(text: str) -> bytes:
    """Decode `text`; line ends are ignored, and the padding may be left out.

    Raises `ValueError`, which says what is wrong and where, for any other character, and for a text
    that ends within a byte.
    """
    text = text.strip("\ufeff \t\r\n")
    quoted = _QUOTED.fullmatch(text)
    text = quoted["inner"] if quoted else text
    if "%" in text:
        text = unquote_to_bytes(text).decode("ascii", "replace")
    if "\\" in text:
        text = _ESCAPED.sub(lambda found: "/" if found[0] == r"\/" else "\n", text)
    plain = "".join(_with_plus(text).split()).translate(_STANDARD).rstrip("=")
    if other := _OTHER.search(plain):
        at = text.find(other[0]) + 1
        sign = shown(other[0]) if other[0].isprintable() else f"U+{ord(other[0]):04X}"
        raise ValueError(f"it has {sign} at character {at:,}")
    if len(plain) % 4 == 1:
        raise ValueError(f"it ends within a byte, after {len(plain):,} characters")
    return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)


def _with_plus(text: str) -> str:
    """`text` with "+" where a form has made blanks of it; blanks at the ends of lines are kept."""
    parts = text.split(" ")
    if len(parts) == 1 or "+" in text:
        return text
    # Lines that were joined by blanks are equally long, except for the last one.
    lines = {len(part) for part in parts[:-1]}
    joined = len(lines) == 1 and len(parts[-1]) <= max(lines) and max(lines) in _LINES
    if "\n" in text or joined:
        return text
    return "+".join(parts)
