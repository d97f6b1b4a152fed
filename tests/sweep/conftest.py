"""Most of these tests export something."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session", autouse=True)
def _quick(quick: None) -> None:
    """Exports and evaluations in half the time."""
