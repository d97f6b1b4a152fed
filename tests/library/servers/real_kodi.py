"""A real Kodi without a screen, on a library of its own; `apt-get install kodi xvfb`."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

LOGIN = "kodi:sesam öffne dich"
_SETTINGS = {
    "services.webserver": "true",
    "services.webserverauthentication": "true",
    "services.webserverusername": LOGIN.partition(":")[0],
    "services.webserverpassword": LOGIN.partition(":")[2],
    "services.webserverssl": "false",
    "services.esenabled": "false",
    "services.zeroconf": "false",
    "general.addonupdates": "2",
}
SECONDS = 90
"""How long anything here may take."""


def binary() -> Path | None:
    """Kodi's program itself: its start script would start it again when it is killed."""
    script = shutil.which("kodi")
    if script is None or shutil.which("Xvfb") is None:
        return None
    found = [*Path("/usr/lib").glob("*/kodi/kodi.bin"), *Path("/usr/lib").glob("kodi/kodi.bin")]
    return found[0] if found else None


@dataclass(frozen=True)
class Kodi:
    port: int
    display: str
    login: str = LOGIN

    @property
    def address(self) -> str:
        return f"kodi+http://127.0.0.1:{self.port}"

    def call(self, method: str, **params: Any) -> Any:
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        secret = b64encode(self.login.encode()).decode()
        headers = {"Content-Type": "application/json", "Authorization": f"Basic {secret}"}
        url = f"http://127.0.0.1:{self.port}/jsonrpc"
        with urlopen(Request(url, json.dumps(body).encode(), headers), timeout=30) as answer:
            return json.load(answer)["result"]

    def genres(self) -> dict[str, list[str]]:
        """What Kodi shows of films and shows, by title."""
        found: dict[str, list[str]] = {}
        for name in ("Movies", "TVShows"):
            answer = self.call(f"VideoLibrary.Get{name}", properties=["genre", "title"])
            found |= {row["title"]: row["genre"] for row in answer.get(name.lower(), [])}
        return found


@contextmanager
def kodi(home: Path, **sources: Path) -> Iterator[Kodi]:
    """Kodi with `movies` and `tvshows` from these folders, scanned from .nfo files."""
    program = binary()
    assert program is not None
    port = _free_port()
    user = home / ".kodi" / "userdata"
    user.mkdir(parents=True)
    settings = _SETTINGS | {"services.webserverport": str(port)}
    lines = [f'<setting id="{name}">{value}</setting>' for name, value in settings.items()]
    (user / "guisettings.xml").write_text(f'<settings version="2">{"".join(lines)}</settings>')
    shares = [
        f"<source><name>{name}</name><path pathversion='1'>{path}/</path></source>"
        for name, path in sources.items()
    ]
    (user / "sources.xml").write_text(f"<sources><video>{''.join(shares)}</video></sources>")
    with _screen() as display:
        env = {**os.environ, "HOME": str(home), "DISPLAY": display, "LIBGL_ALWAYS_SOFTWARE": "1"}
        words = [str(program), "--standalone", "--audio-backend=alsa"]
        process = subprocess.Popen(
            words, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            running = Kodi(port, display)
            wait_for(lambda: running.call("JSONRPC.Ping") == "pong")
            _content(user / "Database" / "MyVideos121.db", sources)
            running.call("VideoLibrary.Scan", showdialogs=False)
            wanted = sum(1 for path in sources.values() for _ in path.iterdir())
            wait_for(lambda: len(running.genres()) == wanted)
            yield running
            running.call("Application.Quit")
            process.wait(30)
        finally:
            process.kill()
            process.wait()


def wait_for(there: Callable[[], bool], seconds: float = SECONDS) -> None:
    """Until it is so; a server that does not answer yet is waited for."""
    end = time.monotonic() + seconds
    while True:
        try:
            if there():
                return
        except (OSError, ValueError, sqlite3.OperationalError) as error:
            last: object = error
        else:
            last = "not so"
        assert time.monotonic() < end, last
        time.sleep(0.2)


def _content(database: Path, sources: dict[str, Path]) -> None:
    """What a person says in Kodi's dialogue "Set content": films, information from .nfo files."""

    def say() -> bool:
        with closing(sqlite3.connect(f"file:{database}?mode=rw", uri=True)) as base, base:
            for content, path in sources.items():
                base.execute(
                    "insert into path(strPath, strContent, strScraper, strHash, scanRecursive, "
                    "useFolderNames, strSettings, noUpdate, exclude) "
                    "values(?, ?, 'metadata.local', '', ?, ?, '', 0, 0)",
                    # A folder of shows with "folder names" would be one show.
                    (f"{path}/", content, *((2147483647, 1) if content == "movies" else (0, 0))),
                )
        return True

    wait_for(say)


@contextmanager
def _screen() -> Iterator[str]:
    read, write = os.pipe()
    words = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x720x24", "-nolisten", "tcp"]
    screen = subprocess.Popen(words, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as number:
            yield f":{number.readline().strip()}"
    finally:
        screen.terminate()
        screen.wait()


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
