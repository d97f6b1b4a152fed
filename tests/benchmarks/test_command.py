"""`python -m benchmarks` says what is missing, and measures a process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.common import PROJECT, Failed, markdown, timed


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *map(str, arguments)],
        cwd=PROJECT, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip


def test_what_is_not_given_is_named(tmp_path: Path) -> None:
    done = run("prepare", "--source", tmp_path)

    assert done.returncode == 1
    assert "movies_metadata.csv is missing: give --source DIR" in done.stdout
    assert "Traceback" not in done.stderr


def test_an_unknown_benchmark_is_refused() -> None:
    done = run("speed")

    assert done.returncode == 2
    assert "no benchmark 'speed': known are prepare, " in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell the peak")
def test_a_process_is_measured_and_not_its_parent() -> None:
    held = b"." * 300_000_000  # what this process holds is not the child's
    small = timed([sys.executable, "-c", "print('done')"])
    large = timed([sys.executable, "-c", "held = b'.' * 100_000_000"])

    assert small.output == "done"
    assert small.megabytes is not None and small.megabytes < 60 < len(held) / 1e6
    assert large.megabytes is not None and large.megabytes > 100


def test_a_process_that_fails_says_why() -> None:
    with pytest.raises(Failed, match="ended with 3: out of films"):
        timed([sys.executable, "-c", "import sys; print('out of films', file=sys.stderr); exit(3)"])


def test_a_table_is_aligned() -> None:
    assert markdown(("", "s"), [("ours", "1.5")]) == (
        "|      |   s |\n| ---- | --: |\n| ours | 1.5 |"
    )
