"""The progress of long work: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Item = TypeVar("Item")
Stage = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]
"""Shows the progress of one step, given its name and total; yields a function that takes the number
of further items done."""

EVERY = 10.0
"""Seconds between two lines where there is no terminal."""


@contextmanager
def stage(
    name: str, total: int | None = None, console: Console | None = None
) -> Iterator[Callable[[int], None]]:
    """Show progress on stderr; yields a function to call with the number of further films done."""
    console = console or Console(stderr=True)
    if console.is_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, TimeRemainingColumn(), console=console) as bar:
            task = bar.add_task(name, total=total)
            yield lambda films: bar.advance(task, films)
            bar.update(task, total=bar.tasks[task].completed)
        return
    began = last = time.monotonic()
    done = 0

    def advance(films: int) -> None:
        nonlocal done, last
        done += films
        if time.monotonic() - last >= EVERY:
            last = time.monotonic()
            of = f" of {total:,}" if total else ""
            console.print(f"{name}: {done:,}{of}", highlight=False, soft_wrap=True)

    yield advance
    console.print(
        f"{name}: {done:,} in {time.monotonic() - began:.1f} s", highlight=False, soft_wrap=True
    )


@contextmanager
def silent(name: str, total: int) -> Iterator[Callable[[int], None]]:
    """A `Stage` that shows nothing, for libraries and tests."""
    yield lambda parts: None


def counted(items: Iterable[Item], advance: Callable[[int], None]) -> Iterator[Item]:
    """Yield `items` unchanged, and call `advance` with 1 for each."""
    for item in items:
        yield item
        advance(1)
