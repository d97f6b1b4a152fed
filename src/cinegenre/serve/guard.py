"""Middleware around every request: size limits, token, security headers, counters, errors."""

from __future__ import annotations

import hmac
import time
from collections.abc import MutableMapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .problems import Problem
from .settings import Settings
from .telemetry import Telemetry

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
# Swagger's page needs 'unsafe-inline', because it is started by an inline script.
_DOCS_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"x-frame-options": b"DENY",
    b"cross-origin-opener-policy": b"same-origin",
    b"permissions-policy": b"camera=(self), microphone=(), geolocation=()",
}
_DOCS = ("/docs", "/redoc")
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_GUARDED = ("/v1/", "/metrics")


class Guard:
    """ASGI middleware. Its `receive` raises a `Problem` for a body that grows too large."""

    def __init__(self, app: ASGIApp, settings: Settings, telemetry: Telemetry) -> None:
        self.app, self.settings, self.telemetry = app, settings, telemetry
        self.open = 0  # requests that are being read or answered
        self.in_flight = 0  # bytes of the bodies that are in memory

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope, outer = _plain(scope), scope
        began, status, held = time.perf_counter(), 500, 0

        async def counted() -> Message:
            nonlocal held
            message = await receive()
            size = len(message.get("body", b""))
            held += size
            self.in_flight += size
            self._check(held)
            return message

        async def dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), *self._headers(scope)]
            await send(message)

        self.open += 1
        try:
            refused = self._refused(scope)
            if refused is not None:
                await refused.response()(scope, counted, dressed)
            else:
                await self.app(scope, counted, dressed)
        finally:
            self.open -= 1
            self.in_flight -= held
            seconds = time.perf_counter() - began
            method = outer["method"] if outer["method"] in _METHODS else "other"
            self.telemetry.answered(method, _template(scope), status, seconds)

    def _refused(self, scope: Scope) -> Problem | None:
        """The reason to refuse a request before its body is read; None to accept it."""
        headers = dict(scope["headers"])
        path: str = scope["path"]
        if self.open > self.settings.requests and path != "/healthz":
            return Problem(
                503, f"{self.open - 1} requests are open", "send it again later", retry_after=1
            )
        if self.settings.token and path.startswith(_GUARDED):
            scheme, _, given = headers.get(b"authorization", b"").partition(b" ")
            same = hmac.compare_digest(given.strip(), self.settings.token.encode())
            if scheme.lower() != b"bearer" or not same:
                problem = Problem(401, "no valid token", "send the header Authorization: Bearer …")
                problem.headers["www-authenticate"] = "Bearer"
                return problem
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > self.settings.body_bytes:
            return self._too_large()
        return None

    def _check(self, held: int) -> None:
        if held > self.settings.body_bytes:
            raise self._too_large()
        if self.in_flight > self.settings.in_flight_bytes:
            raise Problem(
                429, "other requests fill the memory", "send it again later", retry_after=2
            )

    def _too_large(self) -> Problem:
        return Problem(413, f"the body has over {self.settings.body_bytes:,} bytes",
                       "send smaller posters, or fewer films")  # fmt: skip

    def _headers(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        path: str = scope["path"]
        policy = _DOCS_POLICY if path.startswith(_DOCS) else PAGE_POLICY
        # Answers must not be cached; the page's files may be, but change with the package.
        cache = b"no-cache" if path == "/" or path.startswith("/static") else b"no-store"
        return [
            *_HEADERS.items(),
            (b"content-security-policy", policy.encode()),
            (b"cache-control", cache),
        ]


def _plain(scope: Scope) -> Scope:
    """HEAD as GET, because monitors ask so (the server leaves out the body), and an address without
    a slash at its end; a redirect would not know the address of a reverse proxy.
    """
    changed = dict(scope)
    if scope["method"] == "HEAD":
        changed["method"] = "GET"
    if len(scope["path"]) > 1 and scope["path"].endswith("/"):
        changed["path"] = scope["path"].rstrip("/") or "/"
        changed["raw_path"] = changed["path"].encode()
    return changed


def _template(scope: MutableMapping[str, Any]) -> str:
    """The route's path, or "other" for unknown addresses.

    With one counter per address or method, a stranger who tries many would fill the memory.
    """
    route = scope.get("route")
    path = getattr(route, "path", None)
    if path is None and scope["path"].startswith("/static/"):
        return "/static"
    return str(path) if path else "other"
