"""`cinegenre data …`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import UserError
from . import posters
from .options import AsJson, Column, Fetch, columns_of, pair, require, tell

app = typer.Typer(
    name="data", no_args_is_help=True, help="Fetch posters, prepare and describe data sets."
)


@app.command(
    "prepare",
    epilog="Example: [bold]cinegenre data prepare the_movies_dataset movies_metadata.csv "
    "--posters posters --out data[/]",
)
def prepare(
    reader: Annotated[str, typer.Argument(help="The source's format: the_movies_dataset, table …")],
    source: Annotated[Path, typer.Argument(help="The source's file or folder.")],
    out: Annotated[Path, typer.Option(help="The folder to write the data set to.", metavar="DIR")],
    posters: Annotated[
        Path | None, typer.Option(help="A folder of poster files named by film id.", metavar="DIR")
    ] = None,
    splits: Annotated[
        Path | None, typer.Option(help="A table with the split of each film.", metavar="TABLE")
    ] = None,
    labels: Annotated[
        list[str] | None,
        typer.Option(
            help="A further label set from a table, such as imdb=title.basics.tsv.gz; may be "
            "repeated.",
            metavar="NAME=TABLE",
        ),
    ] = None,
    column: Column = None,
    fetch: Fetch = False,
    proportions: Annotated[
        str, typer.Option(help="Shares of train:validation:test when --splits is not given.")
    ] = "80:10:10",
    seed: Annotated[int, typer.Option(help="Random seed of the split.")] = 0,
    overwrite: Annotated[
        bool, typer.Option(help="Replace the prepared data set that DIR already holds.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read, clean, split and store a source of films as a prepared data set."""
    require("arro3.io", "arro3-io", "data")
    from ..data.prepare import prepare as prepare_set
    from ..readers import SPLITS, takes_columns
    from ..readers.log import ReadLog
    from . import tables

    given: Any = splits
    columns = takes_columns(reader, columns_of(column)) if column else {}
    if splits is None and reader in SPLITS:
        own = {"columns": columns} if columns else {}
        given = SPLITS[reader](source, **own) or None
    manifest = prepare_set(
        reader,
        source,
        out,
        posters=posters,
        splits=given,
        labels=dict(
            pair(text, "--labels", "NAME=TABLE", "imdb=genres.csv") for text in labels or ()
        ),
        columns=columns,
        proportions=_proportions(proportions),
        seed=seed,
        overwrite=overwrite,
        fetch=fetch,
        log=ReadLog(tell=tell),
    )
    tables.manifest(manifest, out, as_json=as_json)


@app.command("describe", epilog="Example: [bold]cinegenre data describe data --out plots[/]")
def describe(
    data: Annotated[Path, typer.Argument(help="A prepared data set.", metavar="DIR")],
    out: Annotated[
        Path | None,
        typer.Option(help="Also write the plots, as PNG files, to this folder.", metavar="DIR"),
    ] = None,
    labels: Annotated[
        str, typer.Option(help="Describe this label set, such as imdb, instead of the first.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Show genres, which ones occur together, label sets, text lengths and what is missing."""
    require("arro3.io", "arro3-io", "data")
    from ..data import describe as describing
    from . import show

    found = describing.describe(data, labels=labels, out=out)
    if as_json:
        show.print_json(found.as_dict())
    else:
        describing.show(found)


app.add_typer(posters.app)


def _proportions(text: str) -> tuple[float, ...]:
    try:
        parts = [float(part) for part in text.split(":")]
    except ValueError:
        parts = []
    if len(parts) != 3 or min(parts) < 0 or sum(parts) <= 0:
        raise UserError(f"--proportions {text!r} are not three numbers", "write 80:10:10")
    return tuple(part / sum(parts) for part in parts)
