"""All errors that clients see, in one format."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from ..faults import Fault, FaultCode

CODES = {
    400: "invalid_request",
    401: "unauthorized",
    404: "not_found",
    405: "method_not_allowed",
    408: "timeout",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid_input",
    429: "busy",
    500: "internal",
    503: "busy",
}
"""Status → the code of errors that have no code of their own."""


class Problem(Exception):
    """An answer other than 200: `status`, a `code` for programs, what is wrong, and the cure.

    `field` is the part of the request that is wrong, such as "poster" or "films.3.title".
    `retry_after` is in seconds.
    """

    def __init__(
        self,
        status: int,
        message: str,
        cure: str = "",
        *,
        code: str = "",
        field: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.cure, self.field = status, message, cure, field
        self.code = code or CODES.get(status, "error")
        self.headers = {} if retry_after is None else {"retry-after": str(retry_after)}

    @classmethod
    def of(cls, fault: Fault, place: str = "") -> Problem:
        """The problem of a film with a fault; `place` is the film's place, such as "films.3."."""
        field = place + (fault.kind.field or "")
        cure = fault.cure
        if fault.code is FaultCode.UNSUPPORTED_POSTER:
            cure = "send a JPEG, PNG or WebP"  # whoever asks cannot install anything here
        return cls(422, fault.what, cure, code=fault.code, field=field.strip(".") or None)

    def as_dict(self) -> dict[str, Any]:
        """The problem without its status, as it stands in the place of a film in a batch."""
        return {"code": self.code, "message": self.message, "cure": self.cure or None,
                "field": self.field}  # fmt: skip

    def response(self, headers: Mapping[str, str] | None = None) -> Response:
        """The HTTP response: `{"error": {"status", "code", "message", "cure", "field"}}`."""
        table = {"error": {"status": self.status} | self.as_dict()}
        extra = {**self.headers, **(headers or {})}
        return Response(as_json(table), self.status, extra, "application/json")


def as_json(table: Any) -> bytes:
    """`table` as compact JSON in UTF-8."""
    return json.dumps(table, ensure_ascii=False, separators=(",", ":")).encode()
