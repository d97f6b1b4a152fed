"""What the commands share: option types and small checks."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import MissingExtra, UserError

if TYPE_CHECKING:
    from ..movie import Movie

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a script to read.")]
Data = Annotated[Path, typer.Option("--data", help="A prepared data set.", metavar="DIR")]

# A film's inputs, and the model that reads them.
Title = Annotated[str | None, typer.Option(help="The film's title.")]
Overview = Annotated[str | None, typer.Option(help="What happens in the film.")]
# A text, because a path would make https:/ of https://.
Poster = Annotated[
    str | None, typer.Option(help="An image file with the film's poster.", metavar="FILE")
]
Companies = Annotated[
    list[str] | None, typer.Option("--company", help="A production company; may be repeated.")
]
People = Annotated[
    list[str] | None,
    typer.Option("--person", help="An actor, or the director; may be repeated."),
]
Model = Annotated[
    str | None,
    typer.Option(
        help="A bundle's folder, or a Hub id; `default` is the shipped one.", metavar="NAME|DIR"
    ),
]
Taxonomy = Annotated[
    str,
    typer.Option(
        help="Predict these genres in place of the model's own: imdb, or another head of it.",
        metavar="NAME",
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
Column = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        help="Read a field from this column, such as title=Series_Title; may be repeated.",
        metavar="FIELD=COLUMN",
    ),
]
Fetch = Annotated[
    bool, typer.Option("--fetch", help="Download posters that are given as web addresses.")
]
AnyLanguage = Annotated[
    bool, typer.Option(help="Read texts in every language, even beside a poster.")
]

# Which films and genres `fit` and `audit` use, and how they make folds.
Genres = Annotated[
    str,
    typer.Option(help="Take these genres only; separate them with commas.", metavar="A,B,C"),
]
MinFilms = Annotated[
    int, typer.Option(min=2, help="Leave out genres that fewer films than this have.")
]
Seed = Annotated[int, typer.Option(min=0, help="Random seed for dealing the films into folds.")]
Cache = Annotated[
    bool,
    typer.Option(
        help="Keep the encoders' outputs in the user's cache folder, for a faster second run."
    ),
]


def listed(text: str) -> tuple[str, ...]:
    """The parts of an option's value, which are separated by commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def pair(text: str, option: str, form: str, example: str) -> tuple[str, str]:
    """The two sides of NAME=VALUE, a value of `option`. Raises `UserError` for anything else."""
    name, _, value = (part.strip() for part in text.partition("="))
    if not name or not value:
        raise UserError(f"{option} {text!r} is not {form}", f"write {option} {example}")
    return name, value


def columns_of(pairs: Sequence[str] | None) -> dict[str, str]:
    """Field → column, from the values of `--column`."""
    return dict(
        pair(text, "--column", "FIELD=COLUMN", "title=Series_Title") for text in pairs or ()
    )


def tell(line: str) -> None:
    """Print a line of a reader's report on a table to stderr."""
    print(line, file=sys.stderr)


def one_film(
    file: Path | None,
    *,
    title: str | None = None,
    overview: str | None = None,
    poster: str | None = None,
    companies: Sequence[str] | None = None,
    people: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
    fetch: bool | None = None,
) -> Movie:
    """The film that these options describe. Raises `UserError` if FILE is given as well, or is a
    picture.

    `columns` is allowed only with FILE, and an address as `poster` only with `fetch` (None for a
    command that has no --fetch).
    """
    from ..movie import Movie, is_address
    from ..pictures import ENDINGS

    if poster == "":
        raise UserError("--poster is empty", "name an image file, or leave it out")
    if is_address(poster) and not fetch:
        cure = "download it, and name the file"
        raise UserError(
            f"--poster {poster} is an address", cure + " (--fetch does)" * (fetch is False)
        )
    path = poster if poster is None or is_address(poster) else Path(poster)
    film = Movie(
        title=title, overview=overview, poster=path,
        companies=tuple(companies or ()), people=tuple(people or ()),
    )  # fmt: skip
    if file is not None and file.suffix.lower() in ENDINGS and file.is_file():
        raise UserError(f"{file} is a picture", f"give it with --poster {file}")
    if file is not None and film != Movie():
        raise UserError("both FILE and a film's inputs are given", "give one of the two")
    if file is None and columns:
        raise UserError("--column is given without FILE", "name the table")
    return film


def require(module: str, package: str, extra: str) -> None:
    """Raise `MissingExtra` unless `module` can be imported."""
    try:
        found = find_spec(module) is not None
    except ModuleNotFoundError:  # its parent package is missing
        found = False
    if not found:
        raise MissingExtra(package, extra)
