"""A journal that was cut anywhere can be read and gone on with."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from cinegenre import jsonl

ENTRIES: list[dict[str, Any]] = [
    {"film": "a\u2028b", "n": 1.5},
    {"film": "half a character \ud83d", "list": [None, True]},
    {"film": "ü"},
]


def test_what_is_appended_is_read_in_order(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    assert list(jsonl.entries(path)) == []
    for number, entry in enumerate(ENTRIES):
        jsonl.append(path, entry, sync=bool(number % 2))
    assert list(jsonl.entries(path)) == ENTRIES
    assert path.read_bytes().count(b"\n") == len(ENTRIES)


def test_cut_at_any_byte_only_the_last_line_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    for entry in ENTRIES[:2]:
        jsonl.append(path, entry)
    data = path.read_bytes()
    first = data.index(b"\n")
    for size in range(len(data)):
        path.write_bytes(data[:size])
        # A line is whole with its last brace; the line break behind it adds nothing.
        kept = ENTRIES[: (size >= first) + (size >= len(data) - 1)]
        assert list(jsonl.entries(path)) == kept
        jsonl.append(path, ENTRIES[2], sync=False)
        assert list(jsonl.entries(path)) == [*kept, ENTRIES[2]]


@pytest.mark.parametrize("line", [b"", b"\xff\xfe", b"[1]", b"7", b"{" * 100_000, b"[" * 100_000])
def test_what_is_no_object_is_passed_over(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "j.jsonl"
    path.write_bytes(b'{"film": "a"}\n' + line + b'\n{"film": "b"}\n')
    assert [entry["film"] for entry in jsonl.entries(path)] == ["a", "b"]


def test_it_is_on_the_disk_unless_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    jsonl.append(tmp_path / "a.jsonl", {}, sync=False)
    with pytest.raises(OSError, match="No space left"):
        jsonl.append(tmp_path / "a.jsonl", {})
