"""`cinegenre predict`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import UserError
from .options import (
    AnyLanguage,
    AsJson,
    Column,
    Companies,
    Device,
    Fetch,
    GenreNames,
    Model,
    Overview,
    People,
    Poster,
    Taxonomy,
    Title,
    columns_of,
    one_film,
    tell,
)  # fmt: skip

if TYPE_CHECKING:
    from ..movie import BadRow, Movie

app = typer.Typer()


@app.command(
    epilog="Examples: [bold]cinegenre predict --title Alien --overview 'A crew in deep space …'[/]"
    "  [bold]cinegenre predict films.csv --json[/]"
    "  [bold]cinegenre predict posters/[/]"
    "  [bold]cinegenre predict films.csv --taxonomy imdb[/]"
    "  [bold]zcat films.csv.gz | cinegenre predict - --json[/]"
)
def predict(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="Films: CSV, TSV, JSON, JSONL, Parquet, Excel or ODS; - reads CSV or JSONL from a "
            "pipe. Or a folder: the posters in it, with titles from their names.",
            metavar="FILE",
        ),
    ] = None,
    title: Title = None,
    overview: Overview = None,
    poster: Poster = None,
    company: Companies = None,
    person: People = None,
    column: Column = None,
    model: Model = None,
    taxonomy: Taxonomy = "",
    genre_map: GenreNames = None,
    fetch: Fetch = False,
    any_language: AnyLanguage = False,
    device: Device = "cpu",
    top: Annotated[
        int | None, typer.Option(min=1, help="Show only the N most likely genres.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Predict the genres of a film, or of all in a table, pipe or folder."""
    from ..tagger import Tagger
    from . import show

    film = one_film(
        file, title=title, overview=overview, poster=poster, companies=company, people=person,
        columns=column, fetch=fetch,
    )  # fmt: skip
    tagger = Tagger.load(model, taxonomy=taxonomy, device=device)
    names = None
    if genre_map:
        from ..genre_map import GenreMap

        names = GenreMap.load(genre_map, tagger.genres)
    fetched = None
    if fetch:
        from ..data.web_posters import Fetcher

        fetched = Fetcher(wanted=True)
    told = show.Telling(
        tagger, names, top, any_language=any_language, as_json=as_json, fetch=fetched
    )
    if file is None:
        told.one(film)
    else:
        told.many(_films(file, tagger.bundle.fields, columns_of(column)))


def _films(
    file: Path, reads: Sequence[str], columns: Mapping[str, str]
) -> Iterator[Movie | BadRow]:
    """The films in a table, in what comes through a pipe, or in a folder."""
    if file.is_dir():
        from ..library.pictures import Pictures

        if columns:
            raise UserError(f"--column is given with the folder {file}", "leave it out")
        found = Pictures.of(file)
        tell(found.told())
        return found.films()
    if not file.suffix and file != Path("-") and not file.exists():
        raise UserError(f"no file or folder {file}", "check the path")
    from ..readers import table
    from ..readers.log import ReadLog

    log = ReadLog(tell=tell, reads=reads)
    if file == Path("-"):
        return table.piped(_piped(), columns=columns, log=log)
    return table.read(file, columns=columns, log=log)


def _piped() -> BufferedReader:
    """Standard input's bytes. Raises `UserError` where somebody would have to type them."""
    if sys.stdin is None or sys.stdin.isatty():
        raise UserError(
            "- reads films from a pipe, and there is none", "run: cinegenre predict - < films.csv"
        )
    return sys.stdin.buffer  # type: ignore[return-value]  # it is one, typed as what it does
