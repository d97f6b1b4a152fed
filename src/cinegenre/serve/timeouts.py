"""uvicorn's HTTP with limits on how slowly a client may send and read, which it has none of."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from .problems import Problem


class TimedConfig(uvicorn.Config):
    """`header_seconds` for a request's line and headers, `body_seconds` for its body, and for a
    client to take an answer that does not fit its buffers.
    """

    header_seconds: float = 10.0
    body_seconds: float = 60.0


class TimedProtocol(H11Protocol):
    """Ends requests that come too slowly with 408, and connections that take no answer."""

    config: TimedConfig

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._phase: object = None
        self._timer: asyncio.TimerHandle | None = None
        self._write_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._write_timer = self.loop.call_later(self.config.body_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._write_timer is not None:
            self._write_timer.cancel()
            self._write_timer = None

    def send_400_response(self, msg: str) -> None:
        """As any error looks here."""
        self._answer(Problem(400, msg, "send HTTP/1.1"))

    def _watch(self) -> None:
        """Start the clock of what the client is to send now, once for each request's part of it."""
        state = self.conn.their_state
        if state is h11.IDLE:
            phase: object = ("headers", self.cycle)
            seconds = self.config.header_seconds
            # Between two requests uvicorn's own clock runs, until the next one's first byte.
            if self.timeout_keep_alive_task is not None:
                phase = None
        elif state is h11.SEND_BODY:
            phase, seconds = ("body", self.cycle), self.config.body_seconds
        else:
            phase = None
        if phase == self._phase:
            return
        self._disarm()
        self._phase = phase
        if phase is not None:
            self._timer = self.loop.call_later(seconds, self._expired)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _expired(self) -> None:
        if self.transport.is_closing():
            return
        reading = self.conn.their_state is h11.SEND_BODY
        if reading and self.cycle is not None:
            # The application's `receive` then says that the client has gone.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            part = "body" if reading else "request"
            self._answer(Problem(408, f"the {part} did not come in time", "send it faster"))
        else:
            self.transport.close()

    def _answer(self, problem: Problem) -> None:
        """Write an error and close."""
        answer = problem.response()
        headers = [*answer.raw_headers, (b"connection", b"close")]
        try:
            for event in (
                h11.Response(status_code=problem.status, headers=headers),
                h11.Data(data=bytes(answer.body)),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
        except h11.LocalProtocolError:  # the answer had begun
            pass
        self.transport.close()
