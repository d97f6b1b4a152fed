"""HTTP requests with retries, and the distinction of errors that are worth retrying."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from ssl import SSLContext
from threading import Event
from typing import TYPE_CHECKING, TypeVar
from urllib.request import getproxies, proxy_bypass

from ...errors import UserError
from ..retry_after import retry_after
from .rate import Bucket, Stopped

if TYPE_CHECKING:
    import httpx
    from tenacity import RetryCallState

    from .key import Key

LONGEST = 300.0
"""The most seconds of a Retry-After that we wait; if a server asks for more, the run ends."""

_FIRST, _MOST = 0.5, 30.0
"""Seconds before the first retry, which double for each further one, and their maximum."""

Result = TypeVar("Result")


class Fault(Exception):
    """One film's poster cannot be fetched; the text gives the reason."""


class Again(Fault):
    """A try failed, and the next may succeed in `wait` seconds (None: after the usual time)."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait


class Gone(Fault):
    """The server does not have what was asked for: 404."""


class Refused(Exception):
    """The server does not accept the key: 401."""


class Http:
    """Requests with a rate limit and retries, from several threads at once."""

    def __init__(self, client: httpx.Client, bucket: Bucket, tries: int, stop: Event) -> None:
        self.client, self.bucket, self.tries, self.stop = client, bucket, tries, stop

    def get(
        self,
        url: str,
        most: int,
        use: Callable[[bytes], Result],
        query: dict[str, str] | None = None,
    ) -> Result:
        """Return `use(body)` for a body of at most `most` bytes; `use` may raise `Again`, too.

        Raises `Gone`, `Refused`, another `Fault` after the last try, `UserError` if the server asks
        for a longer pause than we wait, and `Stopped` if the run ends.
        """
        from tenacity import Retrying, retry_if_exception_type, stop_after_attempt

        retrying = Retrying(
            stop=stop_after_attempt(self.tries),
            retry=retry_if_exception_type(Again),
            wait=_wait,
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(lambda: use(self._body(url, most, query or {})))

    def _body(self, url: str, most: int, query: dict[str, str]) -> bytes:
        import httpx

        self.bucket.take()
        try:
            with self.client.stream("GET", url, params=query or None) as answer:
                self._check(answer)
                parts, size = [], 0
                # A body that is shorter than its Content-Length raises a transport error here.
                for part in answer.iter_bytes():
                    if self.stop.is_set():
                        raise Stopped
                    parts.append(part)
                    size += len(part)
                    if size > most:
                        raise Fault(f"more than {most / 1e6:.0f} MB")
                return b"".join(parts)
        except httpx.TimeoutException:
            raise Again("no answer in time") from None
        # The library's messages may quote what was sent; the names of its errors do not.
        except (httpx.TransportError, httpx.DecodingError, httpx.TooManyRedirects) as error:
            raise Again(f"broken connection ({type(error).__name__})") from None
        except httpx.InvalidURL:
            raise Fault("the address is not valid") from None

    def _check(self, answer: httpx.Response) -> None:
        status = answer.status_code
        if status == 200:
            return
        if status == 401:
            raise Refused
        if status == 404:
            raise Gone("not found (404)")
        if status not in (408, 425, 429) and status < 500:
            raise Fault(f"HTTP {status}")
        asked = retry_after(answer.headers.get("Retry-After"))
        if asked is not None and asked > LONGEST:
            raise UserError(
                f"{answer.url.host} asks to wait {asked:,.0f} s (HTTP {status})",
                "run again then, or with a smaller --rate; what is fetched is kept",
            )
        if status == 429:
            self.bucket.pause(asked if asked is not None else _FIRST)
        raise Again(f"HTTP {status}", asked)

    def _sleep(self, seconds: float) -> None:
        if self.stop.wait(seconds):
            raise Stopped


def _wait(state: RetryCallState) -> float:
    """Seconds before a retry: as the server asks, else doubling and partly random, so that threads
    do not retry at the same time.
    """
    fault = state.outcome.exception() if state.outcome else None
    asked = fault.wait if isinstance(fault, Again) else None
    grown: float = min(_MOST, _FIRST * 2.0 ** (state.attempt_number - 1))
    return grown * random.uniform(0.5, 1) if asked is None else asked


def client(base: str, key: Key | None, timeout: float, threads: int) -> httpx.Client:
    """A client for the server of `base`; a `key` is sent to that server only.

    httpx logs the URL of every request. Therefore the key is added below the client, where it is
    not logged; redirects are not followed with it.
    """
    import httpx

    limits = httpx.Limits(max_connections=threads, max_keepalive_connections=threads)
    trusted = _trusted()
    agent = {"User-Agent": "cinegenre", "Accept-Encoding": "gzip, deflate"}
    if key is None:
        return httpx.Client(
            timeout=timeout, limits=limits, headers=agent, verify=trusted, follow_redirects=True
        )

    secret, is_token = key.secret, key.is_token

    class Keyed(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            headers = request.headers.copy()
            url = request.url
            if is_token:
                headers["Authorization"] = f"Bearer {secret}"
            else:
                url = url.copy_merge_params({"api_key": secret})
            sent = httpx.Request(
                request.method, url, headers=headers, extensions=request.extensions
            )
            return super().handle_request(sent)

    parts = httpx.URL(base)
    # With a transport of its own, httpx does not read the environment.
    proxy = None if proxy_bypass(parts.host) else getproxies().get(parts.scheme)
    transport = Keyed(limits=limits, proxy=proxy, verify=trusted)
    return httpx.Client(timeout=timeout, headers=agent, transport=transport)


@cache
def _trusted() -> SSLContext:
    """The trusted certificates, which take a tenth of a second to read."""
    import httpx

    return httpx.create_ssl_context()
