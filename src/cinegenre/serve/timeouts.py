"""uvicorn's HTTP protocol with time limits for slow clients, which uvicorn itself lacks."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from .problems import Problem


class TimedConfig(uvicorn.Config):
    """uvicorn's configuration with two time limits.

    `header_seconds` is for a request's line and headers. `body_seconds` is for its body, and for
    the client to take an answer that does not fit its buffers.
    """

    header_seconds: float = 10.0
    body_seconds: float = 60.0


class TimedProtocol(H11Protocol):
    """Answers 408 to requests that arrive too slowly, and closes connections that take no
    answer.
    """

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
        """Send an invalid request's error in the service's own format."""
        self._answer(Problem(400, msg, "send HTTP/1.1"))

    def _watch(self) -> None:
        """Start the time limit for the part that the client must send now, once for each part."""
        state = self.conn.their_state
        if state is h11.IDLE:
            phase: object = ("headers", self.cycle)
            seconds = self.config.header_seconds
            # Between two requests uvicorn's keep-alive limit runs, until the next first byte.
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
            # This makes the application's `receive` report that the client has gone.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            part = "body" if reading else "request"
            self._answer(Problem(408, f"the {part} did not come in time", "send it faster"))
        else:
            self.transport.close()

    def _answer(self, problem: Problem) -> None:
        """Send an error and close the connection."""
        answer = problem.response()
        headers = [*answer.raw_headers, (b"connection", b"close")]
        try:
            for event in (
                h11.Response(status_code=problem.status, headers=headers),
                h11.Data(data=bytes(answer.body)),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
        except h11.LocalProtocolError:  # the answer had begun, so no other can be sent
            pass
        self.transport.close()
