"""Draws docs/images/kodi.png: a film's page in a real Kodi, with the genres that `tag` wrote.

Run `python -m examples.draw_kodi` (needs kodi and Xvfb on the path and the extra `[dev]`).
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

from PIL import Image

from tests.library.servers.real_kodi import Kodi, kodi, wait_for

HERE = Path(__file__).parent
OUT = HERE.parent / "docs" / "images" / "kodi.png"
FILM = "The Quiet Orbit"
YEARS = (2019, 2016, 2011, 2021)
SIZE = (960, 540)


def main() -> None:
    """The example films with a poster, scanned, then tagged and refreshed."""
    with TemporaryDirectory() as room:
        films = Path(room) / "films"
        _write(films)
        with kodi(Path(room) / "home", movies=films) as running:
            words = ["tag", str(films), "--write", "--refresh", running.address]
            subprocess.run(
                [sys.executable, "-m", "cinegenre", *words],
                check=True, env=os.environ | {"KODI_LOGIN": running.login},
            )  # fmt: skip
            _open(running)
            _take(running, Path(room) / "screen")


def _write(films: Path) -> None:
    with (HERE / "films.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["poster"]]
    for row, year in zip(rows, YEARS, strict=True):
        home = films / f"{row['title']} ({year})"
        home.mkdir(parents=True)
        (home / "film.mkv").write_bytes(bytes(100))
        (home / "movie.nfo").write_text(
            f"<movie><title>{escape(row['title'])}</title><year>{year}</year>"
            f"<plot>{escape(row['overview'])}</plot><studio>{escape(row['companies'])}</studio>"
            "</movie>",
            encoding="utf-8",
        )
        shutil.copy(HERE / row["poster"], home / "poster.jpg")


def _open(running: Kodi) -> None:
    """The film's page."""
    path = "videodb://movies/titles/"
    running.call("GUI.ActivateWindow", window="videos", parameters=[path, "return"])
    properties = ["System.CurrentWindow", "ListItem.Title"]

    def selected() -> bool:
        said = running.call("XBMC.GetInfoLabels", labels=properties)
        if said["ListItem.Title"] == FILM:
            return True
        running.call("Input.Down")
        time.sleep(1)
        return False

    wait_for(selected)
    running.call("Input.Info")
    time.sleep(6)  # pictures are loaded, and what moves has come to rest


def _take(running: Kodi, folder: Path) -> None:
    """Kodi's own picture of its screen."""
    folder.mkdir()
    running.call("Settings.SetSettingValue", setting="debug.screenshotpath", value=f"{folder}/")
    running.call("Input.ExecuteAction", action="screenshot")

    def whole() -> bool:
        [path] = folder.glob("*.png")
        with Image.open(path) as image:
            image.convert("RGB").resize(SIZE, Image.Resampling.LANCZOS).quantize(128).save(
                OUT, optimize=True
            )
        return True

    wait_for(whole)


if __name__ == "__main__":
    main()
