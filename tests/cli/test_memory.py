"""Memory is given back where the C library can be told so."""

from __future__ import annotations

import platform

import pytest

from cinegenre.cli.memory import give_memory_back


def test_glibc_takes_it() -> None:
    assert give_memory_back() == (platform.libc_ver()[0] == "glibc")


@pytest.mark.parametrize(("system", "library"), [("Windows", ""), ("Darwin", ""), ("Linux", "")])
def test_others_are_left_alone(system: str, library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "libc_ver", lambda: (library, ""))
    assert not give_memory_back()
