"""`cinegenre predict`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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
    Poster,
    Title,
    columns_of,
    one_film,
    tell,
)  # fmt: skip

app = typer.Typer()


@app.command(
    epilog="Examples: [bold]cinegenre predict --title Alien --overview 'A crew in deep space …'[/]"
    "  [bold]cinegenre predict films.csv --json[/]"
)
def predict(
    file: Annotated[
        Path | None,
        typer.Argument(help="Films: CSV, TSV, JSON, JSONL or Parquet.", metavar="FILE"),
    ] = None,
    title: Title = None,
    overview: Overview = None,
    poster: Poster = None,
    company: Companies = None,
    column: Column = None,
    model: Model = None,
    genre_map: GenreNames = None,
    fetch: Fetch = False,
    any_language: AnyLanguage = False,
    device: Device = "cpu",
    top: Annotated[
        int | None, typer.Option(min=1, help="Show only the N most likely genres.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Predict the genres of one film, or of every film in FILE."""
    from ..tagger import Tagger
    from . import show

    film = one_film(file, title, overview, poster, company, column)
    tagger = Tagger.load(model, device=device)
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
        from ..readers import table
        from ..readers.log import ReadLog

        log = ReadLog(tell=tell, reads=tagger.bundle.fields)
        told.many(table.read(file, columns=columns_of(column), log=log))
