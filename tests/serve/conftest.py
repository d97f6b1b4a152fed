from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from cinegenre import Tagger
from cinegenre.serve.settings import Settings

from .running import running


@pytest.fixture(scope="session")
def tagger() -> Tagger:
    """The model that comes with the package."""
    return Tagger.load(threads=2)


@pytest.fixture(scope="session")
def service(tagger: Tagger) -> Iterator[str]:
    """A service with the limits it comes with."""
    with running(Settings(), tagger) as address:
        yield address


@pytest.fixture
def client(service: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=service, timeout=120) as client:
        yield client
