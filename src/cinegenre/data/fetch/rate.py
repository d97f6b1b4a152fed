"""Limits the rate of requests, and stops them while the server asks for a pause."""

from __future__ import annotations

import time
from threading import Event, Lock


class Stopped(Exception):
    """The run is being stopped, so waiting ends."""


class Bucket:
    """A token bucket for all threads: `rate` requests a second, `burst` of them at once."""

    def __init__(self, rate: float, burst: int, stop: Event) -> None:
        self.rate, self.burst, self.stop = rate, burst, stop
        self._lock = Lock()
        self._tokens = float(burst)
        self._at = time.monotonic()
        self._closed_until = 0.0

    def take(self) -> None:
        """Wait for a token. Raises `Stopped` if the run ends meanwhile."""
        while not self.stop.is_set():
            wait = self._try()
            if wait <= 0:
                return
            self.stop.wait(wait)
        raise Stopped

    def pause(self, seconds: float) -> None:
        """Stop all threads for this long, because a 429 is meant for every thread."""
        with self._lock:
            self._closed_until = max(self._closed_until, time.monotonic() + seconds)

    def _try(self) -> float:
        """Take a token and return 0, or return the seconds until the next try."""
        with self._lock:
            now = time.monotonic()
            if now < self._closed_until:
                return self._closed_until - now
            self._tokens = min(self.burst, self._tokens + (now - self._at) * self.rate)
            self._at = now
            if self._tokens >= 1:
                self._tokens -= 1
                return 0.0
            return (1 - self._tokens) / self.rate
