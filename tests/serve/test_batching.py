"""Requests share runs, none waits for a long one, a full queue refuses, faults stay alone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from cinegenre import Movie, Prediction
from cinegenre.serve.batching import Batcher
from cinegenre.serve.problems import Problem
from cinegenre.serve.settings import Settings


class Model:
    """Answers with the film's id; waits for `go`; fails for a film called "fail"."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.runs: list[list[str]] = []

    def predict(
        self, films: Iterable[Movie], *, any_language: bool = False
    ) -> Iterator[Prediction]:
        films = list(films)
        if films:
            self.runs.append([film.id or "" for film in films])
        assert self.go.wait(20)
        for film in films:
            if film.id == "fail":
                raise RuntimeError("no model is perfect")
            yield Prediction(id=film.id, genres=[], scores={}, inputs=[], model=str(any_language))


def films(*names: str) -> list[Movie]:
    return [Movie(id=name) for name in names]


def batcher(**settings: Any) -> tuple[Model, Batcher]:
    model = Model()
    made = Settings(**{"runs": 1, "batch": 4, "queue": 20, "films": 20} | settings)
    return model, Batcher(model, made)  # type: ignore[arg-type]


def ids(said: Sequence[Prediction]) -> list[str | None]:
    return [one.id for one in said]


def test_requests_of_one_moment_share_a_run() -> None:
    async def main() -> None:
        model, queue = batcher()
        told: list[int] = []
        queue.on_batch = told.append
        tasks = [asyncio.create_task(queue.predict(films(name))) for name in "abcdef"]
        await asyncio.sleep(0.05)
        assert queue.waiting == 6
        model.go.set()
        assert [ids(await task) for task in tasks] == [[name] for name in "abcdef"]
        assert model.runs == [["a", "b", "c", "d"], ["e", "f"]]
        assert told == [4, 2]
        assert queue.waiting == 0
        await queue.close()

    asyncio.run(main())


def test_a_long_request_lets_others_between() -> None:
    async def main() -> None:
        model, queue = batcher(batch=12)
        long = asyncio.create_task(queue.predict(films(*(str(i) for i in range(18)))))
        await asyncio.sleep(0)
        short = asyncio.create_task(queue.predict(films("short")))
        model.go.set()
        assert ids(await short) == ["short"]
        assert "short" in model.runs[0]
        assert ids(await long) == [str(i) for i in range(18)]
        await queue.close()

    asyncio.run(main())


def test_a_full_queue_refuses_at_once() -> None:
    async def main() -> None:
        model, queue = batcher(queue=4, films=4)
        tasks = [asyncio.create_task(queue.predict(films("a", "b"))) for _ in range(2)]
        await asyncio.sleep(0.05)
        with pytest.raises(Problem) as caught:
            await queue.predict(films("c"))
        assert caught.value.status == 429
        assert int(caught.value.headers["retry-after"]) >= 1
        model.go.set()
        for task in tasks:
            await task
        assert ids(await queue.predict(films("c"))) == ["c"]
        await queue.close()

    asyncio.run(main())


def test_a_failing_run_fails_its_requests_and_no_more() -> None:
    async def main() -> None:
        model, queue = batcher(batch=2)
        names = ["fail", "a", "b", "c"]
        tasks = [asyncio.create_task(queue.predict(films(name))) for name in names]
        model.go.set()
        done = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(one) for one in done] == [RuntimeError, RuntimeError, list, list]
        assert queue.waiting == 0
        assert ids(await queue.predict(films("d"))) == ["d"]
        await queue.close()

    asyncio.run(main())


def test_who_has_gone_is_not_scored() -> None:
    async def main() -> None:
        model, queue = batcher(batch=1)
        first = asyncio.create_task(queue.predict(films("first")))
        await asyncio.sleep(0.05)
        gone = asyncio.create_task(queue.predict(films("gone")))
        last = asyncio.create_task(queue.predict(films("last")))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.sleep(0)
        model.go.set()
        assert ids(await first) + ids(await last) == ["first", "last"]
        assert model.runs == [["first"], ["last"]]
        assert queue.waiting == 0
        await queue.close()

    asyncio.run(main())


def test_languages_are_not_mixed_up() -> None:
    async def main() -> None:
        model, queue = batcher()
        model.go.set()
        asked = [False, True, False, True]
        tasks = [
            asyncio.create_task(queue.predict(films(str(i)), any_language=one))
            for i, one in enumerate(asked)
        ]
        said = [(await task)[0] for task in tasks]
        expected = [SimpleNamespace(id=str(i), model=str(one)) for i, one in enumerate(asked)]
        assert [(s.id, s.model) for s in said] == [(e.id, e.model) for e in expected]
        await queue.close()

    asyncio.run(main())
