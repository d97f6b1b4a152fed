"""The command line: each command a few lines over the stage that does the work.

A file a group of commands, imported when one of them is called (`commands.py`); `show.py` and
`tables.py` print what they return.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
from typing import Annotated

import typer

from ..errors import UserError
from .commands import Commands

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="A film's genres from its poster, overview, title, production companies and cast.",
    epilog="Example: [bold]cinegenre predict --title Alien --poster alien.jpg[/]",
)
_INTERRUPTED = 130
_DISK = {
    getattr(errno, name, errno.ENOSPC) for name in ("ENOSPC", "EDQUOT", "EACCES", "EROFS", "EIO")
}
"""Errors of the disk that come without a file's name, as of a full one on stdout."""


def main() -> None:
    """Run the command line. Bad input is one line on stderr and exit code 2; Ctrl-C is 130."""
    for stream in (sys.stdout, sys.stderr):
        # A Windows console's code page knows neither the bars nor most titles.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        code = app(standalone_mode=False)
        if code == _INTERRUPTED:  # what typer makes of Ctrl-C
            _fail("interrupted")
    except UserError as error:
        code = _fail(str(error))
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            code = _reader_has_gone()
        elif error.strerror and (error.filename or error.errno in _DISK):
            code = _fail(f"{error.strerror}: {error.filename or 'the disk'}: mend that, run again")
        else:
            raise
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        said = " ".join(error.format_message().split())  # typer's own usage errors
        code = _fail(said) if said else 2  # it says nothing where it has printed the help
    # Python looks through all there is for rubbish once more before it ends: a tenth of the time
    # that one prediction takes.
    gc.freeze()
    sys.exit(code if isinstance(code, int) else 0)


def _reader_has_gone() -> int:
    """`cinegenre … | head` took what it wanted: nothing is wrong, and Python must not complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _fail(message: str) -> int:
    from rich.console import Console

    Console(stderr=True).print(f"[bold red]error:[/] {_escaped(message)}", soft_wrap=True)
    return 2


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def _version(wanted: bool) -> None:
    if wanted:
        from ..version import __version__

        print(f"cinegenre {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    pass
