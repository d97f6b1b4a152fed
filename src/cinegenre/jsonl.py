"""Journals: files of JSON objects, one per line, that stay readable if the process is killed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .files import synced


def entries(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a journal, in order; none if there is no file.

    A line that was cut off by a kill is skipped, and so is anything else that is not a JSON object.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        for line in file:
            try:
                entry = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(entry, dict):
                yield entry


def append(path: Path, entry: Mapping[str, Any], *, sync: bool = True) -> None:
    """Append an object to a journal. With `sync` it is on the disk when this returns.

    Raises `OSError` if it cannot be written.
    """
    # ASCII with escapes, because a file name may contain bytes that UTF-8 cannot encode.
    line = json.dumps(entry).encode("ascii") + b"\n"
    with path.open("a+b") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            # Without a line end, the last line was cut off by a kill. It must not be joined with
            # the new one, or both would be unreadable.
            if file.read() != b"\n":
                line = b"\n" + line
        file.write(line)
        if sync:
            synced(file)
