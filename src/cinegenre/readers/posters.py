"""Where a film's poster is."""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from typing import Any

from ..errors import BadMovie, UserError, shown

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
"""The endings of posters; where one film has several files, the first of these is taken."""


def poster_index(folder: Path) -> dict[str, Path]:
    """The posters in `folder` by name without ending, the ending in either case.

    The folder is listed once. Raises `UserError` when it is none.
    """
    rank = {suffix: place for place, suffix in enumerate(SUFFIXES)}
    best: dict[str, tuple[int, str]] = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                name = PurePath(entry.name)
                place = rank.get(name.suffix.lower())
                if place is not None and entry.is_file():
                    found = (place, entry.name)
                    best[name.stem] = min(found, best.get(name.stem, found))
    except (FileNotFoundError, NotADirectoryError):
        raise UserError(f"no folder {folder} with posters", "check the path") from None
    except OSError as error:
        raise UserError(f"cannot list {folder} ({error.strerror})", "check its rights") from None
    return {stem: folder / name for stem, (_, name) in best.items()}


def local_poster(value: Any, base: Path) -> str | Path | bytes | None:
    """The poster that a table's cell names, relative to `base`: a path, bytes, or None.

    Hugging Face's `{"bytes": ..., "path": ...}` gives its bytes, else its path. A web address is
    no local poster, nor is TMDB's `/rhIRbceoE9lR4veEXuwCC2wARtG.jpg` unless `base` holds that
    file. Other paths are returned whether or not they exist: opening them names the problem.
    """
    if isinstance(value, dict):
        value = value.get("bytes") or value.get("path")
    if not value or isinstance(value, float):  # a missing value that became not-a-number
        return None
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        raise BadMovie(f"poster is {shown(value)}", "poster must be a path or bytes")
    text = value.strip()
    if not text or "://" in text or text.startswith("data:"):
        return None
    if text.startswith("/") and text.count("/") == 1 and not Path(text).exists():
        beside = base / text[1:]
        return beside if beside.exists() else None
    return base / text
