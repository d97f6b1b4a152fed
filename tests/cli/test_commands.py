"""Commands are known by name and help before their modules are imported."""

from __future__ import annotations

import inspect
from importlib import import_module
from pkgutil import iter_modules

import pytest
import typer
from rich.console import Console
from rich.text import Text
from typer.core import TyperGroup
from typer.main import get_command, get_group

from cinegenre import cli
from cinegenre.cli.commands import COMMANDS, whole

from .test_cli import call, failed

MODULES = sorted(
    module.name
    for module in iter_modules(cli.__path__)
    if isinstance(getattr(import_module(f"cinegenre.cli.{module.name}"), "app", None), typer.Typer)
)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_is_the_commands_own(name: str) -> None:
    assert COMMANDS[name][1] == inspect.cleandoc(whole(name).help or "").split("\n\n")[0]


@pytest.mark.parametrize("module", MODULES)
def test_every_command_can_be_called(module: str) -> None:
    group = get_group(import_module(f"cinegenre.cli.{module}").app)
    names = [group.name] if group.name else list(group.commands)
    assert names
    for name in names:
        assert name in whole("data").commands or COMMANDS[name][0] == module


def test_a_near_name_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Did you mean 'predict'?" in failed(capsys, "predic", "--title", "x")
    assert "Did you mean 'prepare'?" in failed(capsys, "data", "prepar")
    assert "'zzz'" in failed(capsys, "zzz")


@pytest.mark.parametrize("words", [(), ("data",)], ids=str)
def test_no_command_shows_the_help_and_no_empty_error(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    code, out, err = call(capsys, *words)
    assert (code, err) == (2, "")
    assert out.strip() == call(capsys, *words, "--help")[1].strip()


@pytest.mark.parametrize("width", [50, 80, 133])
def test_our_help_is_typers_in_letters_and_colours(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    for name, value in (("FORCE_COLOR", "1"), ("TERM", "xterm-256color"), ("COLUMNS", str(width))):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    _, ours, _ = call(capsys, "--help")
    monkeypatch.setattr(type(get_command(cli.app)), "format_help", TyperGroup.format_help)
    _, typers, _ = call(capsys, "--help")
    assert Text.from_ansi(ours).plain == Text.from_ansi(typers).plain
    assert coloured(ours) == coloured(typers)
    assert "\x1b[1;36m" in ours


def coloured(printed: str) -> list[tuple[str, str]]:
    """Every letter with its style."""
    text, console = Text.from_ansi(printed), Console()
    return [
        (letter, str(text.get_style_at_offset(console, place)))
        for place, letter in enumerate(text.plain)
        if letter.strip()
    ]
