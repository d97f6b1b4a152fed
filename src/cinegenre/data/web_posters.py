"""Fetches posters from web addresses, many at once, with limits on size and time, and retries."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from ..errors import BadImage, MissingExtra
from ..faults import Fault, unfetched_poster, unreadable_poster
from ..movie import BadRow, Movie, is_address
from ..pictures import HEAD, format_of, what_is
from ..readers.posters import is_web
from .retry_after import retry_after

AT_ONCE = 16
TOGETHER = 64
"""How many posters are fetched at once."""
LARGEST = 20 * 1024 * 1024
"""The most bytes of one poster."""
SECONDS = 30.0
"""Time for one poster, from the first try to the last byte."""
TRIES = 3
_AGAIN = {408, 425, 429, 500, 502, 503, 504}


class _Unfetched(Exception):
    """Why a poster was not fetched; `again` is the delay in seconds after which to try again."""

    def __init__(self, why: str, again: float | None = None) -> None:
        super().__init__(why)
        self.again = again


@dataclass(frozen=True)
class Fetched:
    """Rows with the posters that were fetched, and by row the faults of those that were not."""

    rows: list[Movie | BadRow]
    faults: dict[int, Fault]


class Fetcher:
    """Fetches posters at web addresses.

    Reports a fault instead for any other address, and for all of them if not `wanted`.
    """

    def __init__(self, *, wanted: bool) -> None:
        self.wanted = wanted
        self._client: Any = None
        if wanted:
            self._client = _client()

    def __call__(self, rows: Sequence[Movie | BadRow]) -> Fetched:
        """The rows in order. A film whose poster was not fetched has none, and a fault instead."""
        out = list(rows)
        faults: dict[int, Fault] = {}
        given = [
            row
            for row, film in enumerate(out)
            if isinstance(film, Movie) and is_address(film.poster)
        ]
        if not given:
            return Fetched(out, faults)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = list(pool.map(lambda row: self._one(str(_film(out[row]).poster)), given))
        for row, answer in zip(given, answers, strict=True):
            if isinstance(answer, Fault):
                faults[row] = answer
            out[row] = replace(
                _film(out[row]), poster=answer if isinstance(answer, bytes) else None
            )
        return Fetched(out, faults)

    def close(self) -> None:
        """Close all connections."""
        if self._client is not None:
            self._client.close()

    def _one(self, address: str) -> bytes | Fault:
        """The bytes of the poster, or the fault that says why there are none."""
        if not self.wanted or not is_web(address):
            return unfetched_poster(address)
        import tenacity

        until = time.monotonic() + SECONDS
        again = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(TRIES) | tenacity.stop_before_delay(SECONDS),
            wait=_wait,
            retry=tenacity.retry_if_exception(
                lambda error: isinstance(error, _Unfetched) and error.again is not None
            ),
            reraise=True,
        )
        try:
            found: bytes = again(self._get, address, until)
        except _Unfetched as error:
            return unfetched_poster(address, str(error))
        if format_of(found[:HEAD]) is None:
            what, cure = what_is(found[:HEAD])
            return unreadable_poster(BadImage(f"poster {address} is {what}", cure))
        return found

    def _get(self, address: str, until: float) -> bytes:
        import httpx

        try:
            with self._client.stream("GET", address) as answer:
                if answer.status_code != 200:
                    asked = retry_after(answer.headers.get("retry-after")) or 0.0
                    again = asked if answer.status_code in _AGAIN else None
                    raise _Unfetched(f"the server said {answer.status_code}", again)
                content = bytearray()
                for part in answer.iter_bytes():
                    content += part
                    if len(content) > LARGEST:
                        raise _Unfetched(f"over {LARGEST:,} bytes")
                    if time.monotonic() > until:
                        raise _Unfetched(f"not there after {SECONDS:.0f} s")
                return bytes(content)
        except (httpx.UnsupportedProtocol, httpx.TooManyRedirects, httpx.InvalidURL) as error:
            raise _Unfetched(str(error)) from None
        except httpx.HTTPError as error:
            raise _Unfetched(str(error) or type(error).__name__, 0.0) from None


def local(
    rows: Iterable[Movie | BadRow],
    fetcher: Fetcher,
    tell: Callable[[Movie, Fault], None],
    keep: Callable[[bytes], bytes | Path] = bytes,
) -> Iterator[Movie | BadRow]:
    """Yield the rows without any address.

    A fetched poster is replaced by what `keep` returns for its bytes. A poster that could not be
    fetched is removed, and `tell` is called with the film and the fault.
    """
    rest = iter(rows)
    while part := list(islice(rest, TOGETHER)):
        found = fetcher(part)
        for number, (before, row) in enumerate(zip(part, found.rows, strict=True)):
            if number in found.faults:
                tell(_film(row), found.faults[number])
            elif isinstance(row, Movie) and isinstance(row.poster, bytes) and row is not before:
                row = replace(row, poster=keep(row.poster))
            yield row


def _wait(state: Any) -> float:
    """Seconds until the next try: growing, with jitter, and at least what Retry-After demands."""
    import tenacity

    error = state.outcome.exception() if state.outcome else None
    asked = error.again or 0.0 if isinstance(error, _Unfetched) else 0.0
    return asked + tenacity.wait_random_exponential(multiplier=0.3, max=5)(state)


def _film(row: Movie | BadRow) -> Movie:
    assert isinstance(row, Movie)
    return row


def check_installed() -> None:
    """Raise `MissingExtra` if the packages for fetching posters are not installed."""
    try:
        import httpx  # noqa: F401
        import tenacity  # noqa: F401
    except ModuleNotFoundError as error:
        raise MissingExtra(str(error.name), "data") from None


def _client() -> Any:
    check_installed()
    import httpx

    return httpx.Client(
        timeout=10.0,
        follow_redirects=True,
        max_redirects=5,
        limits=httpx.Limits(max_connections=AT_ONCE),
        headers={"user-agent": "cinegenre"},
    )
