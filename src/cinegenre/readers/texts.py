"""Texts of films without what tables put around them: HTML, a year, an article behind a comma."""

from __future__ import annotations

import re
from collections import Counter

from ..entities import without_entities

MARKUP = "HTML in texts (<p>, &amp;) undone"
MOJIBAKE = "texts that were UTF-8 read as Windows-1252 (AmÃ©lie) undone"
BEHIND = 'titles such as "Matrix, The (1999)" divided into title and year'

_BREAK = re.compile(r"</?(?:p|br|div|ul|ol|li|h[1-6]|hr|blockquote)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:a|b|i|u|em|strong|span|small|sup|sub|cite|font|q|mark)(?:\s[^<>]*)?/?>", re.IGNORECASE
)
_TWICE = re.compile(r"[\xc2-\xf4][\x80-\xbfŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]")
"""Two bytes of UTF-8, each as a letter of its own."""
_YEAR_BEHIND = re.compile(r"(?P<title>.*\S)\s+\((?P<year>1[89]\d\d|20\d\d)\)\s*", re.DOTALL)
_ARTICLE_BEHIND = re.compile(
    r"(?P<rest>[^()]*), (?P<article>The|An?|L[aeo]s?|Les|L'|Il|El|D(?:er|ie|as))(?P<other> \(.*\))?"
)


def without_markup(text: str, mended: Counter[str]) -> str:
    """The text without HTML's tags and entities."""
    if "<" not in text and "&" not in text:
        return text
    plain = without_entities(_TAG.sub("", _BREAK.sub(" ", text)))
    if plain != text:
        mended[MARKUP] += 1
        plain = plain.strip(" \n")
    return plain


def as_utf8(text: str, mended: Counter[str]) -> str:
    """The text as it was before its UTF-8 was read as Windows-1252: "Amélie" for "AmÃ©lie"."""
    if not _TWICE.search(text):
        return text
    try:
        plain = b"".join(map(_byte, text)).decode("utf-8")
    except UnicodeError:
        return text
    mended[MOJIBAKE] += 1
    return plain


def _byte(letter: str) -> bytes:
    # Windows-1252 lacks five bytes, which programs keep as they are.
    return letter.encode("latin-1" if letter < "\xa0" else "cp1252")


def year_behind(title: str) -> tuple[str, int | None]:
    """Title and year in "Matrix, The (1999)", as MovieLens writes them; the year is None without
    one."""
    found = _YEAR_BEHIND.fullmatch(title) if title.rstrip().endswith(")") else None
    if found is None:
        return title, None
    plain = found["title"]
    if moved := _ARTICLE_BEHIND.fullmatch(plain):
        gap = "" if moved["article"].endswith("'") else " "
        plain = f"{moved['article']}{gap}{moved['rest']}{moved['other'] or ''}"
    return plain, int(found["year"])
