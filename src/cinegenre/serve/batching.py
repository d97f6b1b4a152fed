"""A queue that lets requests which arrive together share a run of the model."""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from ..movie import Movie, Prediction
from ..tagger import Tagger
from .problems import Problem
from .settings import Settings

_TURN = 8
"""Films of one request that go into a run before those of the next request."""


@dataclass(eq=False)
class _Request:
    films: Sequence[Movie]
    how: tuple[tuple[str, Any], ...]
    answer: asyncio.Future[list[Prediction]]
    predictions: list[Prediction | None] = field(default_factory=list)
    taken: int = 0
    missing: int = 0


class Batcher:
    """A bounded queue of films for a `Tagger`.

    `on_batch` is called with the number of films in each run. `waiting` is the number of films that
    wait or run. A film's prediction does not depend on the films that share its run.
    """

    def __init__(
        self, tagger: Tagger, settings: Settings, on_batch: Callable[[int], None] = lambda _: None
    ) -> None:
        self.tagger, self.settings, self.on_batch = tagger, settings, on_batch
        self.waiting = 0
        self._requests: deque[_Request] = deque()
        self._pool = ThreadPoolExecutor(settings.runs, "model")
        self._free = settings.runs
        self._runs: set[asyncio.Task[None]] = set()
        self._film_seconds = 0.02  # an initial guess, updated after every run

    async def predict(self, films: Sequence[Movie], **how: Any) -> list[Prediction]:
        """One `Prediction` per film; `how` are options of `Tagger.predict` with hashable values.

        Raises a `Problem` with status 429 at once if the queue is full.
        """
        if self.waiting + len(films) > self.settings.queue:
            raise self._busy()
        answer: asyncio.Future[list[Prediction]] = asyncio.get_running_loop().create_future()
        request = _Request(films, tuple(how.items()), answer, [None] * len(films), 0, len(films))
        if not films:
            return []
        self.waiting += len(films)
        self._requests.append(request)
        self._start()
        return await answer

    async def close(self) -> None:
        """Wait for the films that run; call it when no more requests can arrive."""
        while self._runs:
            await asyncio.wait(self._runs)
        self._pool.shutdown()

    def _busy(self) -> Problem:
        seconds = max(1, math.ceil(self.waiting * self._film_seconds))
        return Problem(
            429, f"{self.waiting} films wait already", "send it again later", retry_after=seconds
        )

    def _start(self) -> None:
        while self._free and self._requests:
            self._free -= 1
            run = asyncio.get_running_loop().create_task(self._run())
            self._runs.add(run)
            run.add_done_callback(self._runs.discard)

    async def _run(self) -> None:
        # Let other requests that have arrived be read first, so that they share this run.
        await asyncio.sleep(0)
        try:
            while part := self._take():
                await self._score(part)
        finally:
            self._free += 1

    async def _score(self, part: list[tuple[_Request, int]]) -> None:
        self.on_batch(len(part))
        began = time.perf_counter()
        try:
            loop = asyncio.get_running_loop()
            predictions = await loop.run_in_executor(self._pool, self._predict, part)
        except Exception as error:
            for request in {id(request): request for request, _ in part}.values():
                if not request.answer.done():
                    request.answer.set_exception(error)
            return
        finally:
            self.waiting -= len(part)
            took = (time.perf_counter() - began) / len(part) / self.settings.runs
            self._film_seconds += 0.2 * (took - self._film_seconds)
        for (request, row), prediction in zip(part, predictions, strict=True):
            request.predictions[row] = prediction
            request.missing -= 1
            if not request.missing and not request.answer.done():
                request.answer.set_result([one for one in request.predictions if one is not None])

    def _take(self) -> list[tuple[_Request, int]]:
        """The films of the next run: some of each request in turn, so that none waits for a long
        one.
        """
        part: list[tuple[_Request, int]] = []
        while self._requests and len(part) < self.settings.batch:
            request = self._requests.popleft()
            if request.answer.done():  # the client has gone, or an earlier part of it failed
                self.waiting -= len(request.films) - request.taken
                continue
            more = min(_TURN, self.settings.batch - len(part), len(request.films) - request.taken)
            part += [(request, row) for row in range(request.taken, request.taken + more)]
            request.taken += more
            if request.taken < len(request.films):
                self._requests.append(request)
        return part

    def _predict(self, part: list[tuple[_Request, int]]) -> list[Prediction]:
        predictions: dict[int, Prediction] = {}
        for how in dict.fromkeys(one.how for one, _ in part):
            rows = [i for i, (one, _) in enumerate(part) if one.how == how]
            films = [part[i][0].films[part[i][1]] for i in rows]
            predictions |= zip(rows, self.tagger.predict(films, **dict(how)), strict=True)
        return [predictions[i] for i in range(len(part))]
