"""`cinegenre reproduce`: a paper's table, with our figures beside the paper's."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from .options import AsJson, Data, require

app = typer.Typer()


@app.command(
    epilog="Example: [bold]cinegenre reproduce dave --data data --out papers/dave "
    "--only size40_rate4[/]"
)
def reproduce(
    paper: Annotated[
        str,
        typer.Argument(
            help="mavromatakis, baveja_srinivasan, cnn_lstm_slides, irbaz, dave, mm_imdb; or a "
            "TOML file of yours with rows."
        ),
    ],
    data: Data,
    out: Annotated[
        Path, typer.Option(help="The folder to write the rows and the report to.", metavar="DIR")
    ],
    only: Annotated[
        list[str] | None, typer.Option(help="Run only this row; may be repeated.", metavar="ROW")
    ] = None,
    override: Annotated[
        list[str] | None,
        typer.Option("--set", help="Override a key in every row; may be repeated.",
                     metavar="KEY=VALUE"),
    ] = None,
    pictures: Annotated[
        Path | None,
        typer.Option(help="Pictures that are not posters, to show in the report.", metavar="DIR"),
    ] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Train and evaluate every row of a paper's tables and report its figures beside ours.

    Finished rows are kept. Run it again to continue where it stopped.
    """
    require("torch", "torch", "train")
    require("matplotlib", "matplotlib", "train")
    from ..reproduce.reproduce import reproduce as run_rows
    from . import tables

    try:
        outcome = run_rows(
            paper, data, out, only=only or (), overrides=override or (), pictures=pictures
        )
    except KeyboardInterrupt:
        print("run the same command again to go on", file=sys.stderr)
        raise
    tables.reproduced(outcome, out, as_json=as_json)
