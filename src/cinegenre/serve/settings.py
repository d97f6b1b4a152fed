"""What an operator sets, and what the worker processes get of it."""

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
    """Limits are those of one worker, but `queue` and `requests` hold for each."""

    model: str | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    threads: int = 0  # of the model in one worker; 0: the cores shared out over the workers
    device: str = "cpu"  # where the model runs
    token: str = ""  # /v1 and /metrics want "Authorization: Bearer TOKEN"
    origins: tuple[str, ...] = ()  # of other sites' pages that may call (CORS)
    poster_hosts: tuple[str, ...] = ()  # that `poster_url` may name
    access_log: bool = False

    body_bytes: int = 16 * MEGABYTE
    in_flight_bytes: int = 128 * MEGABYTE  # of all bodies that are being read or wait
    pixels: int = 25_000_000
    text_characters: int = 20_000  # title and overview together, and each name
    names: int = 200  # companies, and people
    films: int = 256  # in one batch request

    batch: int = 32  # films a run of the model
    runs: int = 2  # of them at a time, so that the cores are never idle between two
    queue: int = 512  # films that wait or run; more are told to come back (429)
    explanations: int = 4  # that wait or run

    header_seconds: float = 10.0
    body_seconds: float = 60.0
    keep_alive_seconds: int = 15
    stop_seconds: int = 30  # what is in flight has so long to finish
    requests: int = 512  # being read or answered; more get 503

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
        """The model, as each worker runs it. Raises `UserError` for one that is no bundle."""
        return Tagger.load(self.model, threads=self.model_threads, device=self.device)

    def to_environment(self) -> None:
        """Leave the settings where worker processes, which are spawned, find them."""
        os.environ[_VARIABLE] = json.dumps(asdict(self))

    @classmethod
    def from_environment(cls) -> Settings:
        """The settings that the parent process left; the defaults where there are none."""
        table: dict[str, Any] = json.loads(os.environ.get(_VARIABLE, "{}"))
        lists = {key: tuple(value) for key, value in table.items() if isinstance(value, list)}
        return cls(**(table | lists))
