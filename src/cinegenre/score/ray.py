"""The engine for many machines: Ray Data maps over the plan's shards, and one machine writes
them.
"""

from __future__ import annotations

import json
import logging
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from ..data.web_posters import Fetcher
from ..errors import MissingExtra, UserError
from ..tagger import Tagger
from . import plan as planning
from .engine import Job, score_shards
from .review import Worst
from .source import Cursor
from .store import Done


class Actor:
    """One process of the pool, which loads the model once and keeps its position in the source."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._tagger = Tagger.load(job.model, taxonomy=job.taxonomy, threads=1, device=job.device)
        if planning.model_fingerprint(self._tagger.bundle.folder) != job.plan.model["fingerprint"]:
            raise UserError(
                f"the model {job.model} on this machine is not the one that the run began with",
                "install the same cinegenre, and put the same bundle at the same path",
            )
        self._fetcher = Fetcher(wanted=job.fetch)
        self._cursor = Cursor(job.source)
        self._worst = Worst(job.review) if job.review else None

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Score the shards with the given numbers; return the bytes of their files, and counts."""
        shards = [int(shard) for shard in batch["shard"]]
        threads = 1 if self._job.device == "cpu" else os.cpu_count() or 1
        done = list(
            score_shards(
                self._job,
                shards,
                self._tagger,
                self._fetcher,
                self._worst,
                threads=threads,
                cursor=self._cursor,
            )
        )
        about = [json.dumps({"counts": one.counts, "review": one.review}) for one in done]
        return {"shard": shards, "data": [one.data for one in done], "about": about}


def score_shards_with_ray(
    job: Job,
    shards: Sequence[int],
    *,
    address: str | None,
    actors: int,
    gpus_per_actor: float,
    tell: Callable[[int], None],
) -> Iterator[Done]:
    """Yield each shard once, in the order in which they are finished.

    Uses the cluster at `address`, or else starts one on this machine for this run. With `actors` 0,
    there is one per core, or per GPU. If a machine is lost, another one scores its shards.
    """
    ray = _ray()
    ours = not ray.is_initialized()
    if ours:
        _start(ray, address)
    try:
        pool = actors or _fitting(ray, gpus_per_actor)
        kept: set[int] = set()
        data = ray.data.from_items(
            [{"shard": shard} for shard in shards], override_num_blocks=len(shards)
        ).map_batches(
            Actor,
            fn_constructor_args=(job,),
            batch_size=1,
            # min_size 1, because Ray waits until that many actors run, and a lost machine's cannot.
            compute=ray.data.ActorPoolStrategy(min_size=1, max_size=pool, initial_size=pool),
            num_cpus=1,
            num_gpus=gpus_per_actor or None,
        )
        for row in data.iter_rows():
            shard = int(row["shard"])
            if shard in kept:
                continue
            kept.add(shard)
            about = json.loads(row["about"])
            start, stop = job.plan.shards[shard]
            tell(stop - start)
            yield Done(shard=shard, data=row["data"], counts=about["counts"],
                       review=about["review"])  # fmt: skip
    except ray.exceptions.RayError as error:
        raise _told(error) from error
    finally:
        if ours:
            with suppress(Exception):
                ray.shutdown()


def _ray() -> Any:
    try:
        import ray
        import ray.data
    except ModuleNotFoundError as error:
        raise MissingExtra(str(error.name), "ray") from None
    return ray


def _knock(address: str) -> None:
    """Raise `OSError` if nothing answers at host:port; Ray itself would keep trying for minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host.strip("[]"), int(port)), timeout=10).close()


def _start(ray: Any, address: str | None) -> None:
    # Ray's own processes would write messages to the terminal that only its developers need.
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    try:
        if address:
            _knock(address)
        ray.init(
            address=address or "local",
            include_dashboard=None if address else False,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
    except (ConnectionError, TimeoutError, socket.gaierror, ValueError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UserError(
            f"no Ray cluster answers at {address} ({first})", "start one: ray start --head"
        ) from error
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)


def _fitting(ray: Any, gpus_per_actor: float) -> int:
    """The number of actors that fit into the cluster."""
    has = ray.cluster_resources()
    cpus = int(has.get("CPU", 1))
    if not gpus_per_actor:
        return max(1, cpus)
    room = int(has.get("GPU", 0) / gpus_per_actor)
    if not room:
        raise UserError(
            f"the Ray cluster has no {gpus_per_actor:g} GPU", "leave --gpus-per-actor away"
        )
    return max(1, min(room, cpus))


def _told(error: BaseException) -> UserError:
    """An actor's error as one line; Ray wraps it in its own errors, often several times."""
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, UserError):
            return inner
        inner = getattr(inner, "cause", None) or inner.__cause__
    last = (str(error).strip().splitlines() or [type(error).__name__])[-1]
    return UserError(f"Ray gave up ({last})", "run again to go on")
