"""Draws docs/images/page.png: the web page with an example film, and why it has its first genre.

Run `python examples/draw_page.py` (needs Chromium on the path and the extra `[dev]`).
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

OUT = Path(__file__).parent.parent / "docs" / "images" / "page.png"
FILM = "Pip and the Moon Burrow"
SECONDS = 60


def main() -> None:
    """Serves the shipped model on a free port while the picture is taken."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "cinegenre", "serve", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as service:
        try:
            _wait(port)
            _take(f"http://127.0.0.1:{port}/")
        finally:
            service.terminate()


def _wait(port: int) -> None:
    for _ in range(SECONDS * 10):
        with socket.socket() as asked:
            if asked.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"no service after {SECONDS} seconds: see what it printed")


def _take(address: str) -> None:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = chromium.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
        page.goto(address)
        photograph(page, OUT)
        chromium.close()


def photograph(page: Any, out: Path) -> None:
    """Ask the open page about the film, and why; write the picture of the whole page to `out`."""
    page.get_by_role("button", name=FILM).click()
    page.get_by_role("button", name="Why").first.click(timeout=SECONDS * 1000)
    page.locator("table.effects").wait_for(timeout=SECONDS * 1000)
    page.get_by_text("Orange speaks for").wait_for(timeout=SECONDS * 1000)  # the heat map
    page.wait_for_timeout(500)
    page.evaluate("window.scrollTo(0, 0)")
    page.screenshot(path=out, full_page=True)


if __name__ == "__main__":
    main()
