from __future__ import annotations

import pytest


@pytest.fixture(scope="session", autouse=True)
def _quick(quick: None) -> None:
    """Bundles are made and judged here."""
