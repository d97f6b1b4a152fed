"""Decodes an .nfo such that encoding its text again gives back every byte."""

from __future__ import annotations

import codecs
import re

from ..errors import BadMovie

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, because it begins with the mark of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._:-]+)["']""")
_WIDE = ("utf-16", "utf-32")
_KNOWN = re.compile(
    r"utf-8|ascii|iso8859-\d+|cp(125\d|437|850|852|866|874|932|936|949|950)|koi8-[ru]|mac-roman|"
    r"gb2312|gbk|gb18030|big5|shift_jis|euc_(jp|kr)|tis-620|ptcp154"
)
"""Allowed encodings, by Python's names. Not all of Python's codecs are text encodings (rot13), and
some keep a state that a splice would break (UTF-7, ISO-2022-JP)."""


def read_text(data: bytes) -> tuple[str, str, int]:
    """The text of an .nfo, its encoding by Python's name, and the length of its byte order mark.

    The encoding is that of the mark, else of the XML declaration, else UTF-8. Files that declare
    UTF-16 but are written in single bytes, as many programs do, are read as UTF-8. Raises
    `BadMovie` if the bytes are not in that encoding, or the text does not encode to the same bytes.
    """
    encoding, mark = _encoding(data)
    try:
        text = data[mark:].decode(encoding)
        faithful = text.encode(encoding) == data[mark:]
    except UnicodeError:
        raise BadMovie(
            f"the .nfo is not in {encoding.upper()}, as it says or as is the rule",
            "save it anew in UTF-8",
        ) from None
    if not faithful:
        raise BadMovie(f"the .nfo is in an odd form of {encoding}", "save it anew in UTF-8")
    return text, encoding, mark


def _encoding(data: bytes) -> tuple[str, int]:
    for mark, name in _BOMS:
        if data.startswith(mark):
            return name, len(mark)
    if data[:2] == b"<\0":
        return "utf-16-le", 0
    if data[:2] == b"\0<":
        return "utf-16-be", 0
    declared = _DECLARED.match(data[:400])
    if declared is None:
        return "utf-8", 0
    wanted = declared[1].decode("ascii")
    try:
        name = codecs.lookup(wanted).name
    except LookupError:
        name = ""
    if name.startswith(_WIDE):
        return "utf-8", 0
    if not _KNOWN.fullmatch(name):
        raise BadMovie(f"the .nfo is in the encoding {wanted!r}", "save it anew in UTF-8")
    return name, 0
