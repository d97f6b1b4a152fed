"""The tables of every kind of encoder, their tiny pretrained models made once a test process."""

from __future__ import annotations

import pytest

from . import kinds


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> kinds.Tables:
    """By kind the table of a small encoder."""
    return kinds.tables(tmp_path_factory.mktemp("pretrained"))


@pytest.fixture(scope="session", autouse=True)
def _quick(quick: None) -> None:
    """Half of these tests export something."""
