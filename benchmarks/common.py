"""What the benchmarks share: a process's time and peak memory, the machine, a table.

This process imports nothing large, and what is measured runs in one of its own.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from . import cpu

PROJECT = Path(__file__).parents[1]
PACKAGES = ("cinegenre", "numpy", "onnxruntime", "tokenizers", "sentencepiece", "pillow",
            "simplemma", "arro3-io", "torch", "lightning")  # fmt: skip


class NotGiven(Exception):
    """A benchmark lacks something that the caller can give; says what."""


class Failed(Exception):
    """Something that was to be measured did not run; says what and why."""


@dataclass(frozen=True)
class Options:
    """The folders given on the command line; `films` are the sizes that `score` runs at, `before`
    is the revision that `predict` and `startup` measure beside the present one.
    """

    data: Path | None = None
    source: Path | None = None
    model: Path | None = None
    runs: Path | None = None
    weights: Path | None = None
    films: tuple[int, ...] = ()
    before: str | None = None


@dataclass(frozen=True)
class Report:
    """A table to read, sentences below it, and the figures as they were measured."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    figures: dict[str, Any]
    notes: Sequence[str] = field(default_factory=list)


@dataclass(frozen=True)
class Cost:
    """What one process cost; `megabytes` (10⁶ bytes) is its peak memory, None on Windows."""

    seconds: float
    megabytes: float | None
    output: str


def timed(command: Sequence[str | Path], source: Path | None = None) -> Cost:
    """Run a command to its end in the project's folder. Raises `Failed` unless it succeeds.

    With `source` its Python takes cinegenre from there, and not the one that is installed.
    """
    words = [str(word) for word in command]
    measure = Path(__file__).with_name("measure.py")
    done = subprocess.run(
        [sys.executable, str(measure), *words],
        cwd=PROJECT, capture_output=True, encoding="utf-8", errors="replace", check=False,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"}
        | ({} if source is None else {"PYTHONPATH": str(source)}),
    )  # fmt: skip
    output, _, last = done.stdout.rstrip().rpartition("\n")
    if done.returncode:
        said = (done.stderr.strip() or "nothing said").splitlines()[-1]
        raise Failed(f"`{' '.join(map(_short, words))}` ended with {done.returncode}: {said}")
    seconds, peak = json.loads(last)
    return Cost(seconds, peak and peak / 1e6, output.strip())


def python_module(name: str, *arguments: str | Path | int) -> list[str]:
    """The command that runs a module of this folder."""
    return [sys.executable, "-m", f"benchmarks.{name}", *map(str, arguments)]


def cinegenre() -> Path:
    """The installed command, beside the Python that runs."""
    names = [Path(sys.executable).with_name(f"cinegenre{end}") for end in ("", ".exe")]
    for path in names:
        if path.is_file():
            return path
    raise Failed(f"no cinegenre command at {names[0]}: pip install -e '.[dev]' for this Python")


def extra(module: str, name: str) -> None:
    """Raise `NotGiven` where a module of the extra `name` is not installed."""
    from importlib.util import find_spec

    if find_spec(module) is None:
        raise NotGiven(f"{module} is not installed: pip install -e '.[{name}]'")


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that is removed at the end."""
    with TemporaryDirectory(prefix="cinegenre-bench-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def spread(values: Sequence[float], digits: int = 2, unit: str = "") -> str:
    """The median, and the least and the most of several runs."""
    low, high = f"{min(values):,.{digits}f}", f"{max(values):,.{digits}f}"
    around = f" ({low} to {high})" if len(values) > 1 else ""
    return f"{median(values):,.{digits}f}{unit}{around}"


def peak(costs: Sequence[Cost]) -> str:
    """The highest peak of several runs."""
    known = [cost.megabytes for cost in costs if cost.megabytes is not None]
    return f"{max(known):,.0f} MB" if known else "n/a"


def machine() -> dict[str, str]:
    """The machine, the versions and the day of a measurement."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return {
        "cpu": cpu.model(),
        "instructions": cpu.instructions(),
        "cores": str(os.cpu_count()),
        "os": f"{platform.system()} {platform.release()} {platform.machine()}",
        "versions": ", ".join(f"{name} {number}" for name, number in
                              {"python": platform.python_version(), **found}.items()),
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
    }  # fmt: skip


def load() -> str:
    """How many processes wanted a core in the last minute: what else ran beside a measurement."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "n/a"


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table with aligned columns; all but the first stand right."""
    table = [list(head), *(list(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    rule = [f"{'-' * (width - 1)}{':' if i else '-'}" for i, width in enumerate(widths)]
    lines = [
        [c.rjust(w) if i else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))]
        for row in table
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in (lines[0], rule, *lines[1:]))


def _short(word: str) -> str:
    return word if len(word) <= 60 else f"{word[:59]}…"
