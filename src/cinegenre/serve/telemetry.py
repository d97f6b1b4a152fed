"""The metrics that Prometheus reads at /metrics, summed over the worker processes."""

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
"""Variable with the folder of counters that several processes share; unset for a single process.

prometheus_client reads it when it is imported."""

_SECONDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)
_FILMS = (1, 2, 4, 8, 16, 32, 64, 128)


class Telemetry:
    """The counters of one worker process."""

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
            "cinegenre_batch_films", "Films in each run of the model.", buckets=_FILMS,
            registry=self.registry,
        )  # fmt: skip
        self.films = Counter(
            "cinegenre_films_total", "Films scored, by the inputs that were read, or failed.",
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

    def scored(self, predictions: list[Prediction]) -> None:
        """Count the films in an answer."""
        for prediction in predictions:
            self.films.labels("+".join(prediction.inputs) or "failed").inc()

    def answered(self, method: str, path: str, status: int, seconds: float) -> None:
        """Count a request; `path` is the template of its route, to keep the number of counters
        small.
        """
        self.requests.labels(method, path, str(status)).inc()
        self.seconds.labels(path).observe(seconds)

    def text(self) -> bytes:
        """All counters in Prometheus' text format."""
        if not os.environ.get(FOLDER):
            return generate_latest(self.registry)
        every = CollectorRegistry()
        MultiProcessCollector(every)  # type: ignore[no-untyped-call]
        return generate_latest(every)


CONTENT_TYPE = CONTENT_TYPE_LATEST


def _reserve(folder: Path) -> None:
    """Allocate the disk space of this process's counters now.

    They are written through memory maps: if the disk is full later, writing raises no exception but
    a signal that ends the process.
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
