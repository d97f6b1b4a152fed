"""Scores shards as a pipeline: reading, decoding, predicting and encoding at the same time."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TypeVar

from ..data.web_posters import Fetched, Fetcher
from ..movie import BadRow, Movie
from .formats import Row, encode
from .plan import Plan
from .review import Worst
from .scorer import KINDS, Counts, Scored, Scorer, merged
from .source import Cursor
from .store import Done

FILMS = 64
"""Films that a thread scores at once; an interrupt waits until they are done."""
BYTES = 16 * 1024 * 1024
"""The most bytes of posters in such a part, of those that are in memory already."""
ALL_BYTES = 256 * 1024 * 1024
"""The same for all parts together, for any number of threads."""

AHEAD = 2
"""The number of parts that wait for a thread."""

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Part:
    """Some rows of a shard, from row `first` of the source on; `last` marks the shard's last
    part.
    """

    shard: int
    first: int
    rows: list[Movie | BadRow]
    last: bool


def stream(
    plan: Plan,
    cursor: Cursor,
    shards: Sequence[int],
    scorer: Scorer,
    fetcher: Fetcher,
    worst: Worst | None,
    *,
    workers: int,
    films: int = FILMS,
    tell: Callable[[int], None] = lambda rows: None,
) -> Iterator[Done]:
    """Yield the shards in order, each when it is complete; `tell` is called with the rows done."""

    def fetched(part: Part) -> tuple[Part, Fetched]:
        return part, fetcher(part.rows)

    def scored(given: tuple[Part, Fetched]) -> tuple[Part, Scored]:
        part, posters = given
        return part, scorer(part.first, posters)

    size = min(BYTES, ALL_BYTES // (workers + AHEAD))
    read = parts(plan, cursor, shards, films, size)
    # Posters of two parts are fetched while others are scored, because servers are slower.
    with_posters = ahead(read, fetched, 2) if fetcher.wanted else map(fetched, read)
    rows: list[Row] = []
    counts = _none()
    for part, result in ahead(with_posters, scored, workers):
        rows += result.rows
        merged(counts, result.counts)
        if worst is not None:
            for candidate in result.review:
                worst.offer(candidate)
        tell(len(part.rows))
        if part.last:
            yield Done(
                shard=part.shard,
                data=encode(plan.format, scorer.columns, rows),
                counts={
                    kind: {k: n for k, n in some.items() if n} for kind, some in counts.items()
                },
                review=worst.between(*plan.shards[part.shard]) if worst is not None else [],
            )
            rows, counts = [], _none()


def parts(
    plan: Plan, cursor: Cursor, shards: Sequence[int], films: int, most: int
) -> Iterator[Part]:
    """Divide the rows of the shards into parts of at most `films` films or `most` bytes of
    posters.
    """
    for shard in shards:
        start, stop = plan.shards[shard]
        rows: list[Movie | BadRow] = []
        size = 0
        first = start
        for row in cursor.rows(start, stop):
            rows.append(row)
            size += (
                len(row.poster) if isinstance(row, Movie) and isinstance(row.poster, bytes) else 0
            )
            behind = first + len(rows)
            if len(rows) >= films or size >= most or behind == stop:
                yield Part(shard, first, rows, behind == stop)
                rows, size, first = [], 0, behind


def ahead(items: Iterable[Item], work: Callable[[Item], Result], workers: int) -> Iterator[Result]:
    """Yield `work` of each item, in order, on `workers` threads, with `AHEAD` more items read."""
    rest = iter(items)
    running: deque[Future[Result]] = deque()
    pool = ThreadPoolExecutor(workers)
    try:
        while True:
            while len(running) < workers + AHEAD:
                try:
                    running.append(pool.submit(work, next(rest)))
                except StopIteration:
                    break
            if not running:
                return
            first = running.popleft()
            # On Windows, Ctrl-C is only handled between waits.
            while not wait([first], timeout=0.5).done:
                pass
            yield first.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _none() -> Counts:
    return {kind: Counter() for kind in KINDS}
