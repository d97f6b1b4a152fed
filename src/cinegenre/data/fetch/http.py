"""Asking a server, as often as it takes: what is worth another try, and what is not."""

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
"""Seconds of a Retry-After that are waited for; a server that wants more is left alone."""

_FIRST, _MOST = 0.5, 30.0
"""Seconds before the first repetition, doubled for each further one, and their bound."""

Result = TypeVar("Result")


class Fault(Exception):
    """One film's poster cannot be had; says why, for a person."""


class Again(Fault):
    """It failed, and may work in `wait` seconds (None: in the usual time)."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait


class Gone(Fault):
    """The server does not know what was asked for: 404."""


class Refused(Exception):
    """The server does not accept the key: 401."""


class Http:
    """Requests that wait their turn and are repeated; for several threads at once."""

    def __init__(self, client: httpx.Client, bucket: Bucket, tries: int, stop: Event) -> None:
        self.client, self.bucket, self.tries, self.stop = client, bucket, tries, stop

    def get(
        self,
        url: str,
        most: int,
        use: Callable[[bytes], Result],
        query: dict[str, str] | None = None,
    ) -> Result:
        """`use(body)` of a body of at most `most` bytes; an `Again` that `use` raises counts too.

        Raises `Gone`, `Refused`, another `Fault` when the tries are used up, `UserError` where the
        server wants a longer pause than we wait, `Stopped` when the run ends.
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
                # A body that ends before its Content-Length is an error of the transport here.
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
        # The library's messages may quote what was sent; its names of faults do not.
        except (httpx.TransportError, httpx.DecodingError, httpx.TooManyRedirects) as error:
            raise Again(f"broken connection ({type(error).__name__})") from None
        except httpx.InvalidURL:
            raise Fault("the address is no address") from None

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
    """As the server asks, else doubling, with chance in it so that threads part."""
    fault = state.outcome.exception() if state.outcome else None
    asked = fault.wait if isinstance(fault, Again) else None
    grown: float = min(_MOST, _FIRST * 2.0 ** (state.attempt_number - 1))
    return grown * random.uniform(0.5, 1) if asked is None else asked


def client(base: str, key: Key | None, timeout: float, threads: int) -> httpx.Client:
    """A client for the server of `base`; with a `key`, it is sent along and nowhere else.

    httpx logs every request's URL. So the key is not in the request that the client knows, but put
    in beneath it; redirects are not followed with it.
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
    # A transport of one's own does without httpx's reading of the environment.
    proxy = None if proxy_bypass(parts.host) else getproxies().get(parts.scheme)
    transport = Keyed(limits=limits, proxy=proxy, verify=trusted)
    return httpx.Client(timeout=timeout, headers=agent, transport=transport)


@cache
def _trusted() -> SSLContext:
    """The certificates to go by, which take a tenth of a second to read."""
    import httpx

    return httpx.create_ssl_context()
