"""Progress: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from cinegenre import progress


def test_plain_lines_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY", 0.0)
    out = io.StringIO()
    with progress.stage("writing", 3000, Console(file=out, width=20)) as advance:
        advance(1500)
        advance(1500)
    lines = out.getvalue().splitlines()
    assert lines[:2] == ["writing: 1,500 of 3,000", "writing: 3,000 of 3,000"]
    assert lines[-1].startswith("writing: 3,000 in ")


@pytest.mark.parametrize("total", [None, 40])
def test_a_bar_on_a_terminal(total: int | None) -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=80)
    with progress.stage("reading", total, console) as advance:
        assert list(progress.counted(range(40), advance)) == list(range(40))
    assert "reading" in out.getvalue()
    assert "40/40" in out.getvalue()
