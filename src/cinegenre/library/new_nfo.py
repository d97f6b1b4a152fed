"""Makes the .nfo of a film that has none."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape


def new_nfo(title: str, year: int | None, genres: Sequence[str]) -> bytes:
    """An .nfo with title, year and genres, in UTF-8."""
    lines = ['<?xml version="1.0" encoding="UTF-8" standalone="yes"?>', "<movie>"]
    lines += [f"  <title>{_plain(title)}</title>"]
    lines += [] if year is None else [f"  <year>{year}</year>"]
    lines += [f"  <genre>{_plain(genre)}</genre>" for genre in genres]
    return "\n".join([*lines, "</movie>", ""]).encode("utf-8")


def _plain(text: str) -> str:
    """The text without characters that XML does not allow: a file name may contain any."""
    kept = "".join(char for char in text if char.isprintable())
    return escape(kept.encode("utf-8", "replace").decode("utf-8"))
