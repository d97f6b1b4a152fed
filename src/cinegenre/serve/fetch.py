"""Fetches posters, only from hosts that the operator allows."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from .problems import Problem
from .settings import Settings

_SECONDS = 10.0
_FIELD = "poster_url"


class PosterFetcher:
    """Fetches `poster_url`s; refuses every host that is not in `settings.poster_hosts`.

    Redirects are not followed, because they may lead to a host that is not allowed.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._client: Any = None

    async def fetch(self, url: str, place: str = "") -> bytes:
        """The bytes of the file at `url`. Raises a `Problem` that names the field."""
        field = place + _FIELD
        self._check(url, field)
        import httpx

        if self._client is None:
            self._client = httpx.AsyncClient(
                timeout=_SECONDS, follow_redirects=False, trust_env=False,
                limits=httpx.Limits(max_connections=16),
            )  # fmt: skip
        try:
            async with self._client.stream("GET", url) as answer:
                if answer.status_code != 200:
                    raise _failed(f"answered {answer.status_code}", field)
                body = bytearray()
                async for part in answer.aiter_bytes():
                    body += part
                    if len(body) > self.settings.body_bytes:
                        raise _failed(f"has over {self.settings.body_bytes:,} bytes", field)
                return bytes(body)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise _failed(f"cannot be had ({type(error).__name__})", field) from None

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()

    def _check(self, url: str, field: str) -> None:
        hosts = self.settings.poster_hosts
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            parts, host, port = urlsplit(""), "", None
        plain = parts.scheme in ("http", "https") and parts.username is None
        host = f"[{host}]" if ":" in host else host
        usual = {"http": 80, "https": 443}.get(parts.scheme)
        port = usual if port is None else port
        names = {f"{host}:{port}", host if port == usual else ""}
        if not (plain and host and names.intersection(hosts)):
            allowed = f"hosts: {', '.join(hosts)}" if hosts else "none here: send the file itself"
            raise Problem(422, "posters are not fetched from that address", f"allowed {allowed}",
                          code="poster_url_refused", field=field)  # fmt: skip


def _failed(what: str, field: str) -> Problem:
    return Problem(
        422, f"the poster's address {what}", "send the file itself", code="poster_url_failed",
        field=field,
    )  # fmt: skip
