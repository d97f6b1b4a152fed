"""Prints `cinegenre --help`, with exactly the same characters as typer.

typer's own printer imports Markdown, tracebacks and syntax highlighting, which a list of commands
does not need and which take half the time of the whole process.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from typer.core import TyperGroup

_OPTION = r"(?<!\w)--[\w-]+"
_NAME = "bold cyan"


def print_help(group: TyperGroup, ctx: Any) -> None:
    """The usage, the options and the commands of `group`."""
    console = Console(highlight=False)
    usage = Text(group.get_usage(ctx))
    usage.highlight_regex("^Usage: ", "yellow")
    usage.highlight_regex(r"(?<!\S)-\w", "bold green")  # of "python -m cinegenre"
    console.print(Padding(usage, 1), style="bold")
    console.print(Padding(_text(group.help or ""), (0, 1, 1, 1)))
    options = ((param.opts[0], getattr(param, "help", "")) for param in group.get_params(ctx))
    console.print(_panel("Options", options, 4))  # for short names, negations and types
    commands = ((name, command.help or "") for name, command in group.commands.items())
    console.print(_panel("Commands", commands))
    console.print(Padding(_text(group.epilog or ""), 1))


def _panel(title: str, rows: Iterable[tuple[str, str]], empty: int = 0) -> Panel:
    """A panel of names and their meanings, with `empty` columns between them."""
    table = Table(show_header=False, expand=True, box=None, pad_edge=False, padding=(0, 1))
    for _ in range(1 + empty):
        table.add_column(style=_NAME, no_wrap=True)
    table.add_column(ratio=1)
    for name, text in rows:
        table.add_row(name, *[""] * empty, _text(text))
    return Panel(table, title=title, title_align="left", border_style="dim")


def _text(markup: str) -> Text:
    text = Text.from_markup(markup)
    text.highlight_regex(_OPTION, _NAME)
    return text
