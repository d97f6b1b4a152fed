"""`cinegenre score`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from .options import (
    AnyLanguage,
    AsJson,
    Column,
    Device,
    Fetch,
    GenreNames,
    Model,
    Taxonomy,
    columns_of,
    tell,
)  # fmt: skip

app = typer.Typer()

Source = Annotated[
    Path,
    typer.Argument(
        help="CSV, TSV, JSONL, Parquet, Excel, a WebDataset tar, or a folder of such files; a "
        "prepared data set.",
        metavar="SOURCE",
    ),
]
Out = Annotated[
    Path,
    typer.Option(
        help="The folder to write to; give it again to continue a run that was stopped.",
        metavar="DIR",
    ),
]
Format = Annotated[
    str,
    typer.Option(help="Format of the scores: parquet, csv or jsonl; the last two need no extra."),
]
Posters = Annotated[
    Path | None,
    typer.Option(
        help="The folder with the posters; each is found by the path in the table or "
        "else by the film's id.",
        metavar="DIR",
    ),
]
Review = Annotated[
    int,
    typer.Option(min=0, max=10_000, help="Also list the N films that a person should check."),
]
ShardRows = Annotated[
    int | None,
    typer.Option(min=1, max=50_000, help="Films in one shard; 500 to 5,000 if not given."),
]
Engine = Annotated[
    str, typer.Option(help="What runs the scoring: local, or ray for many machines.")
]
Threads = Annotated[
    int, typer.Option(min=0, help="Threads of the local engine; 0 uses every core.")
]
Address = Annotated[
    str | None,
    typer.Option(help="Address of a running Ray cluster; if not given, Ray runs on this machine."),
]
Actors = Annotated[
    int,
    typer.Option(
        min=0,
        help="Ray processes that each load the model; 0 starts one per core, or per GPU.",
    ),
]
GpusPerActor = Annotated[
    float,
    typer.Option(min=0, help="GPUs for each Ray process; above 0 it computes on the GPU."),
]


@app.command(
    epilog="Examples: [bold]cinegenre score films.parquet --out scores[/]  [bold]cinegenre score "
    "films.csv --posters posters --out scores --format csv --review 100[/]  [bold]cinegenre score "
    "shards --out scores --engine ray --address auto[/]"
)
def score(
    source: Source,
    out: Out,
    format: Format = "parquet",
    model: Model = None,
    taxonomy: Taxonomy = "",
    genre_map: GenreNames = None,
    posters: Posters = None,
    column: Column = None,
    fetch: Fetch = False,
    review: Review = 0,
    any_language: AnyLanguage = False,
    shard_rows: ShardRows = None,
    engine: Engine = "local",
    threads: Threads = 0,
    device: Device = "cpu",
    address: Address = None,
    actors: Actors = 0,
    gpus_per_actor: GpusPerActor = 0,
    as_json: AsJson = False,
) -> None:
    """Score every film of SOURCE into shards. After a stop, run it again to continue."""
    from ..score import Machines, Options
    from ..score import score as run
    from .show import print_json

    options = Options(
        format=format, map=genre_map, posters=posters, columns=columns_of(column), fetch=fetch,
        any_language=any_language, review=review, taxonomy=taxonomy,
    )  # fmt: skip
    machines = Machines(
        engine=engine, device="cuda" if gpus_per_actor else device, threads=threads,
        address=address, actors=actors, gpus_per_actor=gpus_per_actor,
    )  # fmt: skip
    try:
        summary = run(
            source,
            out,
            model=model,
            options=options,
            machines=machines,
            shard_rows=shard_rows,
            tell=tell,
        )
    except KeyboardInterrupt:
        print("whole shards are kept: run the same command again to go on", file=sys.stderr)
        raise
    if as_json:
        print_json(summary)
    else:
        _show(summary, review)


def _show(summary: Mapping[str, Any], review: int) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False)
    run = summary["this_run"]
    speed = f", {run['films_per_second']:,} a second" if run["films_per_second"] else ""
    table = Table(
        "what",
        "films",
        title=f"{escape(summary['out'])}: {summary['shards']:,} shards by {summary['model']}",
        title_style="bold",
        caption=f"{run['films']:,} films in this run in {run['seconds']:,.1f} s{speed}",
        caption_justify="left",
    )
    table.columns[1].justify = "right"
    table.add_row("[bold]scored[/]", f"{summary['scored']:,}")
    for name, count in summary["inputs"].items():
        table.add_row(f"  from {name}", f"{count:,}")
    for note, count in summary["notes_by_kind"].items():
        table.add_row(f"  [yellow]passing over {note}[/]", f"{count:,}")
    table.add_row("[bold]not scored[/]", f"{summary['errors']:,}")
    for kind, count in summary["errors_by_kind"].items():
        table.add_row(f"  [red]{kind}[/]", f"{count:,}")
    console.print(table)
    if review:
        console.print(f"to review: {escape(summary['out'])}/review.html", soft_wrap=True)
