"""Films a second over loopback, at 1, 8 and 32 connections, beside `Tagger.predict`."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from .common import Failed, NotGiven, Options, Report, extra, python_module, scratch, timed
from .predict import write_films
from .startup import SHIPPED

SECONDS = 12.0
CONNECTIONS = (1, 8, 32)
OVERLOAD, QUEUE = 256, 64
TARGET = 0.7


def run(options: Options) -> Report:
    """The service in a process, the generator in this one; they share the machine's cores."""
    if options.data is None:
        raise NotGiven("give --data DIR, a prepared data set")
    for module in ("fastapi", "uvicorn"):
        extra(module, "serve")
    model = options.model or SHIPPED
    rows: list[tuple[str, ...]] = []
    figures: dict[str, object] = {}
    with scratch() as folder:
        write_films(options.data, folder)
        peers = {}
        for kind, flag in (("text", ("--text",)), ("text and poster", ())):
            cost = timed(python_module("predict_run", folder, "--model", model, *flag))
            peers[kind] = float(json.loads(cost.output)["films_per_second"])
            rows.append((f"`Tagger.predict`, {kind}", "", f"{peers[kind]:.1f}", "", "", ""))
        for name, flags in (("shared runs", ()), ("a film at a time", ("--batch", "1"))):
            for kind in peers:
                bodies = requests(folder, posters=kind != "text")
                with service(model, *flags) as port:
                    for connections in CONNECTIONS:
                        load = asyncio.run(generate(port, bodies, connections, SECONDS))
                        rate = load.rate(200)
                        figures[f"{name}, {kind}, {connections}"] = rate
                        rows.append((
                            f"{name}, {kind}", str(connections), f"{rate:.1f}",
                            f"{rate / peers[kind]:.2f}", load.quantile(200, 0.5),
                            load.quantile(200, 0.99),
                        ))  # fmt: skip
        bodies = requests(folder, posters=True)
        with service(model, "--queue", str(QUEUE), "--max-films", str(QUEUE)) as port:
            load = asyncio.run(generate(port, bodies, OVERLOAD, SECONDS, pause=0.5))
        refused = sum(status == 429 for status, _ in load.answers) / len(load.answers)
        rows.append((f"overload, a queue of {QUEUE}", str(OVERLOAD), f"{load.rate(200):.1f}",
                     f"{load.rate(200) / peers['text and poster']:.2f}",
                     load.quantile(200, 0.5), load.quantile(200, 0.99)))  # fmt: skip
    return Report(
        ("", "connections", "films a second", "of `Tagger.predict`", "median ms", "99 % under, ms"),
        rows,
        figures,
        [
            f"Target at {CONNECTIONS[-1]} connections: {TARGET} of `Tagger.predict`. Each answer "
            f"is waited for before the connection asks again, {SECONDS:.0f} s each, over loopback.",
            f"Overload: {refused:.0%} of the requests got 429 in {load.quantile(429, 0.5)} ms "
            f"(median; 99 % in {load.quantile(429, 0.99)}) and asked again after 0.5 s; errors of "
            f"other kinds: {sum(status not in (200, 429) for status, _ in load.answers)}.",
        ],
    )


class Load:
    """Statuses and seconds of the answers, and how long it went on."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, float]] = []
        self.seconds = 0.0

    def rate(self, status: int) -> float:
        """Answers a second of one status."""
        return sum(one == status for one, _ in self.answers) / self.seconds

    def quantile(self, status: int, part: float) -> str:
        """Milliseconds under which that part of them stay."""
        took = sorted(seconds for one, seconds in self.answers if one == status)
        return f"{1000 * took[min(int(part * len(took)), len(took) - 1)]:.0f}" if took else "-"


async def generate(
    port: int, bodies: Sequence[bytes], connections: int, seconds: float, pause: float = 0.0
) -> Load:
    """Ask over so many connections for so long; after a refusal wait `pause` seconds."""
    load = Load()
    films = iter(range(1 << 40))
    end = time.perf_counter() + seconds

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (began := time.perf_counter()) < end:
            writer.write(bodies[next(films) % len(bodies)])
            head = await reader.readuntil(b"\r\n\r\n")
            found = re.search(rb"content-length: (\d+)", head)
            assert found is not None
            await reader.readexactly(int(found[1]))
            status = int(head[9:12])
            load.answers.append((status, time.perf_counter() - began))
            if status == 429:
                await asyncio.sleep(pause)
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(connections)))
    load.seconds = time.perf_counter() - began
    return load


def requests(folder: Path, *, posters: bool) -> list[bytes]:
    """A whole HTTP request a film."""
    made = []
    for line in (folder / "films.jsonl").read_text("utf-8").splitlines():
        film = json.loads(line)
        body = {key: film[key] for key in ("title", "overview", "companies") if film[key]}
        if posters:
            body["poster"] = base64.b64encode(Path(film["poster"]).read_bytes()).decode()
        data = json.dumps(body).encode()
        head = (
            "POST /v1/predict HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n"
            f"content-length: {len(data)}\r\n\r\n"
        )
        made.append(head.encode() + data)
    return made


@contextmanager
def service(model: Path, *flags: str) -> Iterator[int]:
    """`cinegenre serve` on a free port."""
    command = [sys.executable, "-c", "from cinegenre.cli import main; main()", "serve",
               "--port", "0", "--model", str(model), *flags]  # fmt: skip
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        found = re.search(r"http://127\.0\.0\.1:(\d+)", process.stderr.readline())
        if found is None:
            raise Failed("the service did not start")
        port = int(found[1])
        try:
            _wait(port)
            yield port
        finally:
            process.send_signal(getattr(signal, "CTRL_C_EVENT", signal.SIGTERM))  # Windows has it
            process.wait(60)


def _wait(port: int) -> None:
    from urllib.error import URLError
    from urllib.request import urlopen

    for _ in range(600):
        try:
            urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).close()
            return
        except (URLError, OSError):
            time.sleep(0.1)
    raise Failed("the service is not ready after a minute")
