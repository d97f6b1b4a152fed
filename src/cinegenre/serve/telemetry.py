"""What /metrics tells Prometheus, summed over the worker processes."""

from __future__ import annotations

import os
from pathlib import Path

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from ..errors import UserError
from ..movie import Prediction

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Where prometheus_client's processes meet; it looks when it is imported. Unset: one process."""

_SECONDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)
_FILMS = (1, 2, 4, 8, 16, 32, 64, 128)


class Telemetry:
    """Counters of one worker."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "cinegenre_requests_total", "Requests answered.", ("method", "path", "status"),
            registry=self.registry,
        )  # fmt: skip
        self.seconds = Histogram(
            "cinegenre_request_seconds", "From a request's headers to the end of its answer.",
            ("path",), buckets=_SECONDS, registry=self.registry,
        )  # fmt: skip
        self.batches = Histogram(
            "cinegenre_batch_films", "Films a run of the model.", buckets=_FILMS,
            registry=self.registry,
        )  # fmt: skip
        self.films = Counter(
            "cinegenre_films_total", "Films scored, by the inputs that were read; failed: none.",
            ("inputs",), registry=self.registry,
        )  # fmt: skip
        self.waiting = Gauge(
            "cinegenre_queue_films", "Films that wait or run.", multiprocess_mode="livesum",
            registry=self.registry,
        )  # fmt: skip
        self.waiting.set(0)
        self.films.labels("failed")
        if os.environ.get(FOLDER):
            _reserve(Path(os.environ[FOLDER]))

    def scored(self, said: list[Prediction]) -> None:
        """Count the films of an answer."""
        for one in said:
            self.films.labels("+".join(one.inputs) or "failed").inc()

    def answered(self, method: str, path: str, status: int, seconds: float) -> None:
        """Count a request; `path` is the route's template, of which there are few."""
        self.requests.labels(method, path, str(status)).inc()
        self.seconds.labels(path).observe(seconds)

    def text(self) -> bytes:
        """What Prometheus reads."""
        if not os.environ.get(FOLDER):
            return generate_latest(self.registry)
        every = CollectorRegistry()
        MultiProcessCollector(every)  # type: ignore[no-untyped-call]
        return generate_latest(every)


CONTENT_TYPE = CONTENT_TYPE_LATEST


def _reserve(folder: Path) -> None:
    """Take the disk that this process's counters need now.

    They are written through memory maps, and where the disk is full by then that is no error that
    could be caught: it ends the process.
    """
    if not hasattr(os, "posix_fallocate"):
        return
    for path in folder.glob(f"*_{os.getpid()}.db"):
        with path.open("r+b") as file:
            try:
                os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
            except OSError as error:
                raise UserError(
                    f"no room for counters in {folder} ({error.strerror})",
                    "set TMPDIR to a folder with room, or run one worker",
                ) from None
