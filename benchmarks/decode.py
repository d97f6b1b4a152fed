"""The least that preparing a data set takes: parse the CSV, decode the posters in two threads."""

from __future__ import annotations

import csv
import gzip
import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image

SIDE = 64
"""Pixels a side at least, as `data prepare` decodes posters to compare them."""


def rows(path: Path) -> int:
    """The number of rows that the csv module finds, the header not among them."""
    csv.field_size_limit(sys.maxsize if sys.maxsize < 2**31 else 2**31 - 1)
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def decode_scaled(path: Path) -> None:
    """Decode at the smallest scale that JPEG has built in."""
    with Image.open(path) as image:
        image.draft("RGB", (SIDE, SIDE))
        image.load()


def decode_whole(path: Path) -> None:
    """Decode every pixel."""
    with Image.open(path) as image:
        image.load()


def decode_all(paths: list[Path], decode: Callable[[Path], None]) -> int:
    """Decode in two threads; the count."""
    with ThreadPoolExecutor(2) as pool:
        return sum(1 for _ in pool.map(decode, paths))


def main(table: Path, posters: Path) -> None:
    """Print what there is, and how long each part took, as JSON."""
    paths = sorted(posters.glob("*.jpg"))
    found: dict[str, float] = {}
    started = time.perf_counter()
    found["rows"] = rows(table)
    found["csv"] = time.perf_counter() - started
    for name, decode in (("scaled", decode_scaled), ("whole", decode_whole)):
        started = time.perf_counter()
        found["posters"] = decode_all(paths, decode)
        found[name] = time.perf_counter() - started
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
