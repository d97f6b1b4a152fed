"""`cinegenre fit`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from .options import AsJson

app = typer.Typer()


@app.command(
    epilog="Examples: [bold]cinegenre fit films.csv --out models/mine[/]"
    "  [bold]cinegenre fit films.csv --out models/noir --genres 'Film-Noir,Heist,Whodunit' "
    "--test later.csv[/]"
)
def fit(
    films: Annotated[
        Path,
        typer.Argument(
            help="Films with a column genres: CSV, TSV, JSON, JSONL or Parquet.", metavar="FILMS"
        ),
    ],
    out: Annotated[
        Path, typer.Option(help="The folder to write the new model to.", metavar="BUNDLE")
    ],
    model: Annotated[
        str | None,
        typer.Option(
            help="The model whose encoders are used; `default` is the shipped one.",
            metavar="NAME|DIR",
        ),
    ] = None,
    name: Annotated[
        str, typer.Option(help="The new model's name; the folder's name if not given.")
    ] = "",
    genres: Annotated[
        str, typer.Option(help="Fit these genres only; separate them with commas.", metavar="A,B,C")
    ] = "",
    min_films: Annotated[
        int, typer.Option(min=2, help="Leave out genres that fewer films than this have.")
    ] = 8,
    test: Annotated[
        Path | None,
        typer.Option(help="A table of other films to score the finished model on.", metavar="FILE"),
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, help="Random seed for dealing the films into folds.")
    ] = 0,
    cache: Annotated[
        bool,
        typer.Option(
            help="Keep the encoders' outputs in the user's cache folder, for a faster second run."
        ),
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Fit a model for your own genres on the default's encoders; no torch, minutes at most."""
    from ..fit import fit as fit_bundle
    from ..progress import stage
    from .show import print_json

    facts = fit_bundle(
        films,
        out,
        model=model,
        name=name,
        genres=[part.strip() for part in genres.split(",") if part.strip()],
        min_films=min_films,
        test=test,
        seed=seed,
        keep=cache,
        stage=stage,
    )
    if as_json:
        print_json(facts)
    else:
        _show(facts, out)


def _show(facts: Mapping[str, Any], out: Path) -> None:
    """The figures as a table, and everything that was left out."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False)
    test = facts["test"]
    title = f"{escape(str(out))}: {facts['films']:,} films, cross-validated"
    beside = ("test films", "test AP", "test F1") if test else ()
    table = Table("genre", "films", "AP", "F1", *beside, title=title, title_style="bold")
    for i, row in enumerate(facts["summary"]["by_genre"]):
        cells = _cells(row)
        if test:
            other = test["by_genre"][i]
            cells += _cells(other)
        table.add_row(escape(row["genre"]), *cells)
    table.add_section()
    for key, label in (
        ("macro_ap", "macro AP"),
        ("macro_f1", "macro F1"),
        ("micro_f1", "micro F1"),
    ):
        column = 1 if key == "macro_ap" else 2
        cells = ["", "", ""]
        cells[column] = f"{facts['summary']['headline'][key]:.3f}"
        if test:
            more = ["", "", ""]
            more[column] = f"{test['headline'][key]:.3f}"
            cells += more
        table.add_row(label, *cells, style="bold")
    console.print(table)
    for genre, count in facts["dropped"].items():
        console.print(
            f"  dropped  {count:>7,}  genre {escape(genre)}: too few films have or lack it"
        )
    for reason, count in facts["left_out"].items():
        console.print(f"  left out {count:>7,}  {escape(reason)}")
    broken = facts["unreadable_posters"]
    if broken:
        console.print(f"  posters  {len(broken):>7,}  could not be read: {escape(broken[0])}")
    for line in facts["quoted"]:
        console.print(f"  [dim]{escape(line)}[/]", soft_wrap=True)
    print(f"in {facts['seconds']:.0f} s; next: cinegenre predict FILMS --model {out}")


def _cells(row: Mapping[str, Any]) -> list[str]:
    ap = row["average_precision"]
    return [f"{row['positives']:,}", "–" if ap is None else f"{ap:.3f}",
            f"{row['fitted']['f1']:.3f}"]  # fmt: skip
