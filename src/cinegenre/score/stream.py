"""Shards through a scorer: reading, decoding, the model and encoding at the same time."""

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
"""Films that a thread scores at a time; an interrupt waits for them."""
BYTES = 16 * 1024 * 1024
"""Posters of such a part, as far as they are in memory already."""
ALL_BYTES = 256 * 1024 * 1024
"""Those of all parts at once, however many threads there are."""

AHEAD = 2
"""Parts that wait for a thread."""

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Part:
    """Some rows of a shard, the first of them the source's row `first`; `last` ends the shard."""

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
    """The shards, each when it is whole, in order. `tell` hears of every row that is done."""

    def fetched(part: Part) -> tuple[Part, Fetched]:
        return part, fetcher(part.rows)

    def scored(given: tuple[Part, Fetched]) -> tuple[Part, Scored]:
        part, posters = given
        return part, scorer(part.first, posters)

    size = min(BYTES, ALL_BYTES // (workers + AHEAD))
    read = parts(plan, cursor, shards, films, size)
    # Two parts fetch while others are scored: a server answers more slowly than a core scores.
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
    """The rows of the shards in parts of at most `films`, or that reach `most` bytes of posters."""
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
    """`work` of each item, in order, on `workers` threads, with `AHEAD` items more read."""
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
            # Windows hears Ctrl-C only between waits.
            while not wait([first], timeout=0.5).done:
                pass
            yield first.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _none() -> Counts:
    return {kind: Counter() for kind in KINDS}
