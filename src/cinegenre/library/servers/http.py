"""HTTP requests to a server, with time limits, retries, and no secrets in messages."""

from __future__ import annotations

import json
import random
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from email.message import Message
from http.client import HTTPException, HTTPResponse
from typing import Any, NoReturn, TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from ...data.retry_after import retry_after
from ...errors import BadMovie, UserError
from .address import Address
from .keys import Key, KeyKind, with_key

TIMEOUT, WHOLE = 15.0, 120.0
"""Seconds for a connection and each piece of an answer, and for a whole slow answer."""
TRIES = 5
LONGEST = 300.0
"""The most seconds of a Retry-After that we wait."""
MOST = 64_000_000
"""The most bytes of an answer."""
IN_VAIN = 3
"""After this many consecutive failed requests, the server counts as down."""
_FIRST, _SLOWEST = 0.5, 8.0
_LOCAL = ("localhost", "127.0.0.1", "::1")

Result = TypeVar("Result")


class Down(UserError):
    """The server does not answer, or something else answers there."""


class Failed(BadMovie):
    """A request about one film failed; requests about others may succeed."""


class Gone(Failed):
    """The server does not have the film, or no longer."""


class _Again(Exception):
    """A try failed, and the next may succeed in `wait` seconds (None: after the usual time)."""

    def __init__(self, why: str, wait: float | None = None, *, down: bool = False) -> None:
        super().__init__(why)
        self.why, self.wait, self.down = why, wait, down


class Http:
    """Requests to one server, from several threads at once. `headers` may contain secrets."""

    def __init__(
        self,
        address: Address,
        kind: KeyKind,
        key: Key | None,
        headers: Mapping[str, str],
        *,
        timeout: float = TIMEOUT,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        self.address, self.kind, self.key = address, kind, key
        self.timeout, self.sleep = timeout, sleep or time.sleep
        self._headers = {"Accept": "application/json", "User-Agent": "cinegenre", **headers}
        self._opener = _opener(address.base)
        self._failed = 0

    def json(
        self, method: str, path: str, query: Mapping[str, str] | None = None, body: Any = None
    ) -> Any:
        """The server's answer, parsed as JSON; None if it is empty.

        Raises the same errors as `data`.
        """
        return self._ask(method, path, query, body, MOST, self._parsed)

    def data(self, path: str, query: Mapping[str, str] | None = None, most: int = MOST) -> bytes:
        """The bytes of an answer, at most `most`.

        Requests are repeated if they fail, which is safe because they set values and add nothing.
        Raises `Gone` and other `Failed` if the error may concern only this film, `Down` and other
        `UserError` if it does not.
        """
        return self._ask("GET", path, query, None, most, lambda data: data)

    def do(
        self, method: str, path: str, query: Mapping[str, str] | None = None, body: Any = None
    ) -> None:
        """Send a request whose answer is ignored. Raises the same errors as `data`."""
        self._ask(method, path, query, body, MOST, lambda _: None)

    def _ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        body: Any,
        most: int,
        use: Callable[[bytes], Result],
    ) -> Result:
        url = self.address.base + path + (f"?{urlencode(query)}" if query else "")
        headers = dict(self._headers)
        if body is not None:
            headers["Content-Type"] = "application/json"
        data = None if body is None else json.dumps(body).encode()
        request = Request(url, data, headers, method=method)
        last = _Again("")
        for wait in (*_waits(), None):
            try:
                result = use(self._once(request, most))
                self._failed = 0
                return result
            except _Again as again:
                last = again
            if wait is not None:
                self.sleep(wait if last.wait is None else last.wait)
        self._failed += 1
        if last.down or self._failed >= IN_VAIN:
            raise Down(f"{self.address} does not answer ({last.why})", "see whether it runs")
        raise Failed(f"{self.address} failed ({last.why})", "see its log, then run again")

    def _once(self, request: Request, most: int) -> bytes:
        try:
            with self._opener.open(request, timeout=self.timeout) as answer:
                return _body(answer, most)
        except HTTPError as error:
            with error:
                self._refuse(error.code, error.headers)
        except (OSError, HTTPException) as error:
            reason = error.reason if isinstance(error, URLError) else error
            if isinstance(reason, ssl.SSLCertVerificationError):
                raise UserError(
                    f"the certificate of {self.address} is not trusted ({reason.verify_message})",
                    "put the authority's certificate into a file and its path into SSL_CERT_FILE",
                ) from None
            if isinstance(reason, TimeoutError):
                raise _Again("no answer in time", down=True) from None
            # The messages of some errors quote what was sent; their class names do not.
            said = getattr(reason, "strerror", None) or type(reason).__name__
            raise _Again(str(said), down=True) from None

    def _refuse(self, status: int, headers: Message) -> NoReturn:
        if status in (401, 403):
            if self.key is None:
                raise UserError(f"{self.address} wants a key ({status})", with_key(self.kind))
            raise UserError(
                f"{self.address} refuses the key from {self.key.source} ({status})",
                f"check it, or {with_key(self.kind)}",
            )
        if status == 404:
            raise Gone(f"{self.address} does not know it (404)", "scan its library, then run again")
        if 300 <= status < 400:
            to = urlsplit(headers.get("Location", ""))
            place = f"{to.scheme}://{to.hostname}" if to.hostname else "elsewhere"
            raise UserError(f"{self.address} sends us to {place}", "name the address it is at")
        if status not in (408, 425, 429) and status < 500:
            raise Failed(f"{self.address} refuses it (HTTP {status})", "see its log")
        asked = retry_after(headers.get("Retry-After"))
        if asked is not None and asked > LONGEST:
            raise Down(f"{self.address} asks to wait {asked:,.0f} s", "run again then")
        raise _Again(f"HTTP {status}", asked, down=status in (429, 503))

    def _parsed(self, data: bytes) -> Any:
        if not data.strip():
            return None
        try:
            return json.loads(data)
        except ValueError:  # also a text that is not UTF-8
            if data.lstrip().startswith(b"<"):
                raise Down(
                    f"what answers at {self.address} is a web page",
                    "check the server's kind, host and port",
                ) from None
            raise _Again("broken JSON") from None


def _opener(base: str) -> OpenerDirector:
    """An opener that follows no redirects, because the key would be sent to the new address."""
    parts, opener = urlsplit(base), OpenerDirector()
    opener.add_handler(ProxyHandler({} if parts.hostname in _LOCAL else None))
    if parts.scheme == "https":
        opener.add_handler(HTTPSHandler(context=ssl.create_default_context()))
    else:
        opener.add_handler(HTTPHandler())
    opener.add_handler(HTTPDefaultErrorHandler())
    opener.add_handler(HTTPErrorProcessor())
    return opener


def _waits() -> Iterator[float]:
    """Seconds before each retry, partly random so that threads do not retry at the same time."""
    for number in range(TRIES - 1):
        yield min(_SLOWEST, _FIRST * 2.0**number) * random.uniform(0.5, 1)


def _body(answer: HTTPResponse, most: int) -> bytes:
    began, parts, size = time.monotonic(), [], 0
    while part := answer.read1(65536):
        parts.append(part)
        size += len(part)
        if size > most:
            raise Failed(f"an answer has more than {most / 1e6:.0f} MB", "see the server's log")
        if time.monotonic() - began > WHOLE:
            raise TimeoutError
    # The library does not check the length of a chunked answer.
    declared = answer.headers.get("Content-Length", "")
    if declared.isdigit() and size < int(declared):
        raise _Again("an answer that was cut short", down=True)
    return b"".join(parts)
