from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cinegenre.data.retry_after import retry_after

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7),
        (" 7 ", 7),
        ("9" * 5000, 999_999_999),
        ("Sat, 21 Nov 2026 12:00:30 GMT", 30),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0),
        *((odd, None) for odd in (None, "", "soon", "-3", "1e9", "²")),
    ],
)
def test_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds
