"""Runs the service in one process or several, until a signal; open requests are then finished."""

from __future__ import annotations

import os
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import uvicorn
from fastapi import FastAPI
from rich.console import Console
from uvicorn.supervisors import Multiprocess

from ..errors import UserError
from .settings import Settings
from .timeouts import TimedConfig, TimedProtocol

_FACTORY = "cinegenre.serve.app:from_environment"
_COUNTERS = "PROMETHEUS_MULTIPROC_DIR"
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM.

    Raises `UserError` if the port, the model or the device is not available.
    """
    app = _application(settings)
    bound = _bind(settings)
    settings.to_environment()
    config = TimedConfig(
        app,
        factory=app == _FACTORY,
        host=settings.host,
        port=bound.getsockname()[1],
        workers=settings.workers,
        http=TimedProtocol,
        ws="none",
        lifespan="on",
        log_level="warning" if not settings.access_log else "info",
        access_log=settings.access_log,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=settings.keep_alive_seconds,
        timeout_graceful_shutdown=settings.stop_seconds,
        timeout_worker_healthcheck=30,  # a busy worker answers late and must not be replaced
    )
    config.header_seconds = settings.header_seconds
    config.body_seconds = settings.body_seconds
    _say(settings, bound)
    with bound:
        if settings.workers > 1:
            with _counters():
                _Workers(config, [bound]).run()
        else:
            _one(config, bound)


class _Workers(Multiprocess):
    """uvicorn's worker processes. A dead one is replaced, and its gauges are removed."""

    def keep_subprocess_alive(self) -> None:
        before = {process.pid for process in self.processes}
        super().keep_subprocess_alive()
        for pid in before - {process.pid for process in self.processes}:
            from prometheus_client.multiprocess import mark_process_dead

            mark_process_dead(pid)  # type: ignore[no-untyped-call]


def _one(config: TimedConfig, bound: socket.socket) -> None:
    # After a clean stop uvicorn raises the signal again, which would end with a failure code.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run([bound])


@contextmanager
def _counters() -> Iterator[None]:
    """A temporary folder that the workers' counters share."""
    with tempfile.TemporaryDirectory(prefix="cinegenre-", ignore_cleanup_errors=True) as folder:
        os.environ[_COUNTERS] = folder
        try:
            yield
        finally:
            del os.environ[_COUNTERS]


def _application(settings: Settings) -> FastAPI | str:
    """What uvicorn runs: the application, or the name of its factory if there are several workers.

    The model is also loaded here, so that a wrong bundle or device is one error and not one for
    each worker.
    """
    # prometheus_client, imported by the modules below, reads this variable once, at its import.
    os.environ.pop(_COUNTERS, None)
    from .app import create_app
    from .scoring import warm

    tagger = settings.load()
    if settings.device != "cpu":
        warm(tagger)
    return create_app(settings, tagger) if settings.workers == 1 else _FACTORY


def _bind(settings: Settings) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        # asyncio sets TCP_NODELAY only if the protocol is given: 8 ms per answer instead of 50.
        bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if os.name != "nt":  # on Windows it would let two services use the same port
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((settings.host, settings.port))
        bound.set_inheritable(True)
    except (OSError, OverflowError) as error:
        raise UserError(
            f"cannot listen on {settings.host}:{settings.port} "
            f"({getattr(error, 'strerror', None) or error})",
            "name another --port (0: any that is free) or --host",
        ) from None
    return bound


def _say(settings: Settings, bound: socket.socket) -> None:
    console = Console(stderr=True)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{bound.getsockname()[1]}"
    console.print(
        f"page {address}   REST {address}/docs   stop: Ctrl-C", soft_wrap=True, markup=False
    )
    if settings.host not in _LOOPBACK and not settings.token:
        console.print(
            "anyone who can reach this machine may use it; --token-file requires a token",
            style="yellow", soft_wrap=True, markup=False,
        )  # fmt: skip
