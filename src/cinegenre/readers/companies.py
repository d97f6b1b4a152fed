"""Splits companies at commas, although commas also occur inside company names."""

from __future__ import annotations

import re

_FORM = (
    r"inc|incorporated|llc|l\.l\.c|llp|l\.l\.p|lp|l\.p|ltd|limited|plc|p\.l\.c|co|company|corp|"
    r"corporation|pty|pvt|private|gmbh|mbh|ag|kg|ohg|kgaa|e\.v|e\.k|s\.?a|s\.?a\.?s|s\.?a\.?r\.?l|"
    r"s\.?r\.?l|s\.?p\.?a|s\.?l|s\.?a\. de c\.?v|b\.?v|n\.?v|a/s|aps|ab|as|asa|oy|oyj|a\.?s|"
    r"s\.?r\.?o|sp\. z o\.?o|kft|zrt|d\.?o\.?o|a\.?d|k\.?k|s\.?c|ltda|lda|jsc|ooo|the"
)
_ALONE = re.compile(rf"(?:{_FORM})\.?(?:[\s&]+(?:{_FORM})\.?)*", re.IGNORECASE)
"""What follows a comma inside a name: legal forms ("Inc.", "Co. KG"), and the article."""


def at_commas(names: tuple[str, ...]) -> tuple[str, ...]:
    """The companies in a text cell: a single name is split at its commas, but not "Studio X, Inc.".

    If the cell was already split at something else, its commas belong to the names.
    """
    if len(names) != 1 or "," not in names[0]:
        return names
    found: list[str] = []
    for part in names[0].split(","):
        text = part.strip()
        if not text:
            continue
        if found and _ALONE.fullmatch(text):
            found[-1] += f", {text}"
        else:
            found.append(text)
    return tuple(found)
