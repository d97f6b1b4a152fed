"""The campaign of kills counts what it killed, and sees a command that loses something."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.kills import campaign
from benchmarks.kills_cases import Case

SLOW = """
import pathlib, sys, time
out = pathlib.Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
for number in range(10):
    path = out / str(number)
    if path.exists() and sys.argv[2] == "loses":
        path.write_text("twice")
    elif not path.exists():
        staged = out / ".staged"
        staged.write_text("x" * number)
        staged.replace(path)
    time.sleep(0.02)
"""


class Files(Case):
    """Writes ten files, each whole or absent."""

    name = "files"
    how = "keeps"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, folder)
        self.begun = self.out

    def command(self, *, again: bool = False) -> list[str]:
        return [sys.executable, "-c", SLOW, str(self.out), self.how]

    def state(self) -> dict[str, Any]:
        return {path.name: path.read_text() for path in self.out.glob("[0-9]*")}


class Loses(Files):
    """Writes again what it has written."""

    how = "loses"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_command_that_goes_on_is_told_from_one_that_does_not(tmp_path: Path) -> None:
    found = campaign(Files(tmp_path / "a"), 3, random.Random(0))
    assert (found.killed, found.wrong) == (3, [])
    found = campaign(Loses(tmp_path / "b"), 3, random.Random(0))
    assert found.killed == 3 and found.wrong
    assert "differ, such as" in found.wrong[0]
