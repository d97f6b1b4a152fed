"""`cinegenre data posters`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..install import quoted
from .options import AsJson, Column, columns_of, require, tell

if TYPE_CHECKING:
    from ..data.fetch import Report

app = typer.Typer()

Source = Annotated[
    Path,
    typer.Argument(
        help="Films with tmdb_id, imdb_id, id or poster_path: CSV, JSON, Parquet, Excel …",
        metavar="SOURCE",
    ),
]
Out = Annotated[Path, typer.Option(help="The folder to write the posters to.", metavar="DIR")]
Size = Annotated[
    str, typer.Option(help="Poster width: w92, w154, w185, w342, w500, w780 or original.")
]
KeyFile = Annotated[
    Path | None,
    typer.Option(
        help="A file with the API key; if not given, TMDB_TOKEN or TMDB_API_KEY "
        "is read from the environment.",
        metavar="FILE",
    ),
]
Rate = Annotated[
    float,
    typer.Option(min=0.1, max=40, help="The most requests a second; TMDB allows about 40."),
]
Threads = Annotated[
    int, typer.Option(min=1, max=20, help="How many requests run at the same time.")
]
Tries = Annotated[int, typer.Option(min=1, help="How often each request is tried.")]
Timeout = Annotated[
    float, typer.Option(min=0.1, help="Seconds to wait for the next piece of an answer.")
]
Recheck = Annotated[
    bool,
    typer.Option(
        help="Ask again for films that had no poster, and for posters over six months old."
    ),
]
BaseUrl = Annotated[
    str | None, typer.Option(help="Address of a mirror of TMDB's API.", metavar="URL")
]


@app.command(
    "posters",
    epilog="Examples: [bold]cinegenre data posters films.csv --out posters[/]"
    "  [bold]cinegenre data posters movies_metadata.csv --out posters --size w185 "
    "--key-file tmdb.key[/]",
)
def posters(
    source: Source,
    out: Out,
    column: Column = None,
    size: Size = "w342",
    key_file: KeyFile = None,
    rate: Rate = 20.0,
    threads: Threads = 8,
    tries: Tries = 6,
    timeout: Timeout = 15.0,
    recheck: Recheck = False,
    base_url: BaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Fetch posters from TMDB for the films of a table; run it again to continue a stopped run."""
    require("httpx", "httpx", "data")
    require("tenacity", "tenacity", "data")
    from ..data.fetch import fetch
    from ..data.fetch.key import find_key
    from ..data.fetch.tmdb import API
    from ..progress import stage
    from ..readers.log import ReadLog
    from .show import print_json

    result = fetch(
        source,
        out,
        key=find_key(key_file),
        size=size,
        base_url=base_url or API,
        rate=rate,
        threads=threads,
        tries=tries,
        timeout=timeout,
        recheck=recheck,
        columns=columns_of(column),
        log=ReadLog(tell=tell),
        stage=stage,
    )
    if as_json:
        print_json(result.as_dict())
    else:
        _show(result, out)
    if result.failed and not result.fetched + result.already_there:
        raise typer.Exit(2)


def _show(result: Report, out: Path) -> None:
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False, soft_wrap=True)
    read = ", ".join(f"{what} from {column}" for what, column in result.columns.items())
    console.print(f"[bold]{escape(result.source)} → {escape(str(out))}[/]  [dim]{escape(read)}[/]")
    fetched = f"fetched, {result.size}, {result.megabytes} MB in {result.seconds:.0f} s"
    for count, what in (
        (result.fetched, fetched),
        (result.already_there, "there already"),
        (result.own_poster, "with a poster in the source"),
        *((count, f"missing: {why}") for why, count in result.missing.items()),
        *((count, f"failed: {why}; run again") for why, count in result.failed.items()),
        (result.bad_rows, "rows are not films: see missing.csv"),
        (result.older_than_180_days, "older than TMDB's terms let them be kept: use --recheck"),
    ):
        if count or what == fetched:
            console.print(f"  {count:>9,}  {escape(what)}")
    console.print(f"[dim]{result.notice}[/]")
    console.print("next:", escape(quoted("cinegenre", "predict", str(out / "films.csv"))))
