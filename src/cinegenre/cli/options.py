"""What the commands share: option types and small checks."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from ..errors import MissingExtra

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a script to read.")]
Data = Annotated[Path, typer.Option("--data", help="A prepared data set.", metavar="DIR")]

# A film's inputs, and the model that reads them.
Title = Annotated[str | None, typer.Option(help="The film's title.")]
Overview = Annotated[str | None, typer.Option(help="What happens in the film.")]
Poster = Annotated[
    Path | None, typer.Option(help="An image file with the film's poster.", metavar="FILE")
]
Companies = Annotated[
    list[str] | None, typer.Option("--company", help="A production company; may be repeated.")
]
Model = Annotated[
    str | None,
    typer.Option(
        help="A bundle's folder, or a Hub id; `default` is the shipped one.", metavar="NAME|DIR"
    ),
]
Device = Annotated[
    str, typer.Option(help="Where to compute: cpu, or cuda (needs onnxruntime-gpu).")
]
GenreNames = Annotated[
    str | None,
    typer.Option(
        "--map",
        help="Name genres as imdb or tmdb do, or as this YAML file says.",
        metavar="NAME|FILE",
    ),
]
AnyLanguage = Annotated[
    bool, typer.Option(help="Read texts in every language, even beside a poster.")
]


def require(module: str, package: str, extra: str) -> None:
    """Raise `MissingExtra` unless `module` can be imported."""
    try:
        found = find_spec(module) is not None
    except ModuleNotFoundError:  # its parent package is missing
        found = False
    if not found:
        raise MissingExtra(package, extra)
