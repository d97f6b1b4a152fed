"""Journals: files of JSON objects, one a line, that a kill at any moment leaves readable."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .files import synced


def entries(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a journal, in order; none where there is no file.

    A line that a kill cut short is passed over, as is anything else that is no JSON object.
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
    """Put an object at the end of a journal: on the disk when this returns, if `sync`.

    Raises `OSError`.
    """
    # In ASCII, for a file's name may be no text that UTF-8 can hold.
    line = json.dumps(entry).encode("ascii") + b"\n"
    with path.open("a+b") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read() != b"\n":  # the line before was cut short: it must not spoil this one
                line = b"\n" + line
        file.write(line)
        if sync:
            synced(file)
