"""What the commands share: option types and small checks."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from ..errors import MissingExtra

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a script to read.")]
Data = Annotated[Path, typer.Option("--data", help="A prepared data set.", metavar="DIR")]


def require(module: str, package: str, extra: str) -> None:
    """Raise `MissingExtra` unless `module` can be imported."""
    try:
        found = find_spec(module) is not None
    except ModuleNotFoundError:  # its parent package is missing
        found = False
    if not found:
        raise MissingExtra(package, extra)
