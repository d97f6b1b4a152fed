"""The real service with the shipped model, and a page of it in headless Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cinegenre import Tagger
from cinegenre.serve.settings import Settings

from ..running import running

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PATIENCE = 30_000  # milliseconds: for a machine that has other things to do

Open = Callable[..., Any]


# Of the package, not of the session: Playwright leaves an event loop running, in which no other
# test could start its own.
@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    """Chromium; without one the tests are skipped."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    api.expect.set_options(timeout=PATIENCE)
    with api.sync_playwright() as playwright:
        own = playwright.chromium.executable_path
        found = next(filter(None, map(shutil.which, NAMES)), own if Path(own).exists() else None)
        if found is None:
            pytest.skip("no Chromium: apt-get install chromium, or playwright install chromium")
        chromium = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def small_service(tagger: Tagger) -> Iterator[str]:
    """A service with a token, and with limits that a test reaches."""
    settings = Settings(token="open-sesame", films=2, body_bytes=200_000, text_characters=300)
    with running(settings, tagger) as address:
        yield address


@pytest.fixture
def open_page(browser: Any, service: str) -> Iterator[Open]:
    """Opens the page in a window of its own; nothing it does may break a script or the policy."""
    contexts, faults = [], []

    def note(message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            faults.append(message.text)

    def opened(
        address: str = service, *, width: int = 1280, height: int = 900, **options: Any
    ) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce", **options
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", note)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def page(open_page: Open) -> Any:
    """The page at desktop width, with what it may know of the model known."""
    from playwright.sync_api import expect

    found = open_page()
    expect(found.locator("#foot-model")).to_contain_text("cinegenre-default")
    return found
