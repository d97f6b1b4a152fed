"""The engine for one machine; with Ray, each actor runs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ..data.web_posters import Fetcher
from ..genre_map import GenreMap
from ..tagger import Tagger
from . import stream
from .plan import Plan
from .review import Worst
from .scorer import Scorer
from .source import Cursor, Source
from .store import Done

ON_A_GPU = (2, 512)
"""On a GPU: parts scored at the same time, and films per part; one is decoded while another
runs."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """Everything that a process needs to score shards; it can be sent to another machine."""

    plan: Plan
    source: Source
    model: str
    taxonomy: str
    names: GenreMap | None
    any_language: bool
    fetch: bool
    review: int
    device: str


def score_shards(
    job: Job,
    shards: Sequence[int],
    tagger: Tagger,
    fetcher: Fetcher,
    worst: Worst | None,
    *,
    threads: int,
    cursor: Cursor | None = None,
    tell: Callable[[int], None] = lambda rows: None,
) -> Iterator[Done]:
    """The shards, in order, each as soon as it is whole.

    On a CPU each of `threads` scores parts of its own, from the poster's bytes to the row of
    results: that keeps every core at work without a word between them.
    """
    scorer = Scorer(tagger, job.names, any_language=job.any_language, review=job.review > 0)
    workers, films = threads, stream.FILMS
    if job.device != "cpu":
        tagger.runtime.threads = threads
        workers, films = ON_A_GPU
    return stream.stream(
        job.plan,
        cursor or Cursor(job.source),
        shards,
        scorer,
        fetcher,
        worst,
        workers=workers,
        films=films,
        tell=tell,
    )
