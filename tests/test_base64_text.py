"""Base64 as programs write it."""

from __future__ import annotations

import base64

import pytest

from cinegenre.base64_text import from_base64

DATA = bytes(range(256)) + b"\xfb\xff\xfe"


@pytest.mark.parametrize(
    "text",
    [
        base64.b64encode(DATA).decode(),
        base64.encodebytes(DATA).decode(),
        base64.b64encode(DATA).decode().replace("/", "/\r\n"),
        base64.urlsafe_b64encode(DATA).decode(),
        base64.urlsafe_b64encode(DATA).decode().rstrip("="),
    ],
    ids=["plain", "lines", "crlf", "url", "unpadded"],
)
def test_every_way_of_writing_it(text: str) -> None:
    assert from_base64(text) == DATA


@pytest.mark.parametrize("text", ["A", "AAAAA", "AA*A", "AA==A", "é"])
def test_what_is_none(text: str) -> None:
    with pytest.raises(ValueError):
        from_base64(text)
