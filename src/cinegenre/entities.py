"""HTML's entities in texts."""

from __future__ import annotations

import html
import re

_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-f]+|[a-z]+\d*);", re.IGNORECASE)


def without_entities(text: str) -> str:
    """The text with HTML's entities decoded, also those that were encoded twice (&amp;amp;)."""
    for _ in range(3):
        if not _ENTITY.search(text):
            break
        text = html.unescape(text)
    return text
