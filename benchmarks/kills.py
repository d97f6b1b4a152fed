"""`tag`, `score` and `train` killed at random moments, and run again to their end."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .common import PROJECT, Failed, NotGiven, Options, Report, extra, scratch
from .kills_cases import CASES, Case

BEFORE = 10
"""One kill in so many comes before the command has begun to write."""
PATIENCE = 900.0
"""Seconds; no run here takes so long."""


def run(options: Options) -> Report:
    """As many kills of each command; every one must end in what an unbroken run gives."""
    if options.source is None:
        raise NotGiven("give --source DIR, The Movies Dataset")
    extra("torch", "train")
    if not options.films:
        raise NotGiven("give --films N, the kills of each command: 100 take an hour or two")
    kills = options.films[0]
    rows: list[tuple[str, ...]] = []
    figures: dict[str, dict[str, Any]] = {}
    for make in CASES:
        with scratch() as folder:
            case = make(options.source, folder)
            found = campaign(case, kills, random.Random(case.name))
        rows.append((case.name, f"{found.killed}", f"{found.before}", f"{found.under_way}",
                     f"{len(found.wrong)}"))  # fmt: skip
        figures[case.name] = {"killed": found.killed, "before": found.before,
                              "under_way": found.under_way, "wrong": found.wrong}  # fmt: skip
    return Report(
        ("", "killed", "before anything was written", "with something half done", "wrong"),
        rows,
        figures,
        [
            "Each time a fresh start, SIGKILL at a moment drawn evenly from the time in which the "
            "unbroken run writes (one in ten before), and the same command again to its end. "
            "Then:",
            *(" ".join((make.__doc__ or "").split()) for make in CASES),
            *(f"{name}, {wrong}" for name, of in figures.items() for wrong in of["wrong"]),
        ],
    )


@dataclass
class Found:
    """What came of a campaign; `wrong` holds what was not as after an unbroken run."""

    killed: int = 0
    before: int = 0
    under_way: int = 0
    wrong: list[str] = field(default_factory=list)


def campaign(case: Case, kills: int, dice: random.Random) -> Found:
    """Kill `case` so many times; runs that end before their moment comes do not count."""
    began, ended = _unbroken(case)
    case.remember()
    found = Found()
    for _ in range(3 * kills):
        if found.killed == kills:
            return found
        case.reset()
        early = found.killed % BEFORE == BEFORE - 1
        wait = dice.random() * (began if early else ended - began)
        if not _killed(case, wait, early=early):
            continue
        found.killed += 1
        found.before += not case.begun.exists()
        found.under_way += case.half_done()
        try:
            case.check_after_the_kill()
            _finish(case)
            case.check()
        except AssertionError as error:
            found.wrong.append(f"kill {found.killed}: {error}")
        print(f"… {case.name}: {found.killed} of {kills} kills, {found.before} before anything was "
              f"written, {found.under_way} with something half done, {len(found.wrong)} wrong",
              file=sys.stderr, flush=True)  # fmt: skip
    raise Failed(f"{case.name}: only {found.killed} of {3 * kills} runs lived to be killed")


def _unbroken(case: Case) -> tuple[float, float]:
    """Seconds until the command began to write, and until it ended."""
    case.reset()
    start = time.monotonic()
    with subprocess.Popen(case.command(), cwd=PROJECT, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, encoding="utf-8") as process:  # fmt: skip
        began = _wait(process, case.begun.exists) - start
        _, said = process.communicate(timeout=PATIENCE)
    if process.returncode:
        raise Failed(f"{case.name} ended with {process.returncode}: {said.strip()[-300:]}")
    return began, time.monotonic() - start


def _killed(case: Case, wait: float, *, early: bool) -> bool:
    """Whether the kill came before the command's own end."""
    with subprocess.Popen(case.command(), cwd=PROJECT, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as process:  # fmt: skip
        start = time.monotonic() if early else _wait(process, case.begun.exists)
        _wait(process, lambda: time.monotonic() - start >= wait)
        process.kill()
        return process.wait() < 0


def _wait(process: subprocess.Popen[str] | subprocess.Popen[bytes],
          ready: Callable[[], bool]) -> float:  # fmt: skip
    """The moment at which something is so, or the process has ended."""
    start = time.monotonic()
    while not ready() and process.poll() is None:
        if time.monotonic() - start > PATIENCE:
            process.kill()
            raise Failed("a run did not begin")
        time.sleep(0.001)
    return time.monotonic()


def _finish(case: Case) -> None:
    done = subprocess.run(case.command(again=True), cwd=PROJECT, capture_output=True,
                          encoding="utf-8", timeout=PATIENCE, check=False)  # fmt: skip
    assert not done.returncode, f"the second run ended with {done.returncode}: {done.stderr[-300:]}"
    case.finished(done.stdout)


if __name__ == "__main__":
    sys.exit("run: python -m benchmarks kills")
