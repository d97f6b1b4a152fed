"""A service on a port of its own, in a thread."""

from __future__ import annotations

import asyncio
import io
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from PIL import Image

from cinegenre import Tagger
from cinegenre.serve.app import create_app
from cinegenre.serve.settings import Settings
from cinegenre.serve.timeouts import TimedConfig, TimedProtocol


@contextmanager
def running(settings: Settings, tagger: Tagger) -> Iterator[str]:
    """The address of a service of `settings` over `tagger`."""
    config = TimedConfig(
        create_app(settings, tagger), http=TimedProtocol, ws="none", lifespan="on",
        log_level="critical", server_header=False,
        timeout_keep_alive=settings.keep_alive_seconds,
    )  # fmt: skip
    config.header_seconds, config.body_seconds = settings.header_seconds, settings.body_seconds
    server = uvicorn.Server(config)
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([bound])), daemon=True)
    thread.start()
    wait_until(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(30)
        assert not thread.is_alive()


def wait_until(true: object, seconds: float = 60.0) -> None:
    """Wait until `true()`, or fail."""
    assert callable(true)
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def poster(colour: str = "red", size: tuple[int, int] = (60, 90), kind: str = "PNG") -> bytes:
    """An image file of one colour."""
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, kind)
    return file.getvalue()
