"""The settings of the service, and how they are passed on to the worker processes."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from typing import Any

from ..errors import UserError
from ..tagger import Tagger

_VARIABLE = "CINEGENRE_SERVE"
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of the service. All limits hold for each worker process separately."""

    model: str | None = None
    taxonomy: str = ""  # a further head of the model; empty for its own genres
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    threads: int = 0  # threads of the model in each worker; 0 shares the cores among the workers
    device: str = "cpu"  # where the model runs
    token: str = ""  # /v1 and /metrics require "Authorization: Bearer TOKEN"
    origins: tuple[str, ...] = ()  # other sites whose pages may call the service (CORS)
    poster_hosts: tuple[str, ...] = ()  # hosts that `poster_url` may name
    access_log: bool = False

    body_bytes: int = 16 * MEGABYTE
    in_flight_bytes: int = 128 * MEGABYTE  # all bodies in memory together
    pixels: int = 25_000_000
    text_characters: int = 20_000  # title and overview together, and each name
    names: int = 200  # companies, and also people
    films: int = 256  # films in one batch request

    batch: int = 32  # films in one run of the model
    runs: int = 2  # runs at the same time, so that no core waits between two of them
    queue: int = 512  # films that wait or run; requests with more get 429
    explanations: int = 4  # explanations that wait or run

    header_seconds: float = 10.0
    body_seconds: float = 60.0
    keep_alive_seconds: int = 15
    stop_seconds: int = 30  # time for open requests to finish when the service stops
    requests: int = 512  # requests being read or answered; more get 503

    def __post_init__(self) -> None:
        if self.films > self.queue:
            raise UserError(
                f"a batch may have {self.films} films and the queue {self.queue}",
                "set --queue to as many or more",
            )

    @property
    def model_threads(self) -> int:
        """Threads of the model in each worker."""
        return self.threads or max(1, (os.cpu_count() or 1) // self.workers)

    def load(self) -> Tagger:
        """Load the model as each worker runs it. Raises `UserError` if it is not a bundle."""
        return Tagger.load(
            self.model, taxonomy=self.taxonomy, threads=self.model_threads, device=self.device
        )

    def to_environment(self) -> None:
        """Put the settings into the environment, from which spawned worker processes read them."""
        os.environ[_VARIABLE] = json.dumps(asdict(self))

    @classmethod
    def from_environment(cls) -> Settings:
        """The settings from the environment; the defaults if there are none."""
        table: dict[str, Any] = json.loads(os.environ.get(_VARIABLE, "{}"))
        lists = {key: tuple(value) for key, value in table.items() if isinstance(value, list)}
        return cls(**(table | lists))
