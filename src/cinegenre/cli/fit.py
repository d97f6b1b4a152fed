"""`cinegenre fit`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .options import AsJson, Cache, Column, Fetch, Genres, MinFilms, Seed, columns_of, listed, tell

if TYPE_CHECKING:
    from ..fit import FitReport
    from ..metrics.figures import GenreFigures

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
    genres: Genres = "",
    min_films: MinFilms = 8,
    test: Annotated[
        Path | None,
        typer.Option(help="A table of other films to score the finished model on.", metavar="FILE"),
    ] = None,
    column: Column = None,
    fetch: Fetch = False,
    seed: Seed = 0,
    cache: Cache = True,
    as_json: AsJson = False,
) -> None:
    """Fit a model for your own genres on the default's encoders; no torch, minutes at most."""
    from ..fit import fit as fit_bundle
    from ..progress import stage
    from .show import print_json

    report = fit_bundle(
        films,
        out,
        model=model,
        name=name,
        genres=listed(genres),
        min_films=min_films,
        test=test,
        columns=columns_of(column),
        seed=seed,
        keep=cache,
        fetch=fetch,
        stage=stage,
        tell=tell,
    )
    if as_json:
        print_json(report.as_dict())
    else:
        _show(report, out)


def _show(report: FitReport, out: Path) -> None:
    """The figures as a table, and everything that was left out."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False)
    test = report.test
    title = f"{escape(str(out))}: {report.films:,} films, cross-validated"
    beside = ("test films", "test AP", "test F1") if test else ()
    table = Table("genre", "films", "AP", "F1", *beside, title=title, title_style="bold")
    for i, row in enumerate(report.summary.by_genre):
        other = _cells(test.by_genre[i]) if test else []
        table.add_row(escape(row.genre), *_cells(row), *other)
    table.add_section()
    for key, label in (
        ("macro_ap", "macro AP"),
        ("macro_f1", "macro F1"),
        ("micro_f1", "micro F1"),
    ):
        cells = []
        for summary in filter(None, (report.summary, test)):
            figure = f"{summary.headline[key]:.3f}"
            cells += ["", figure, ""] if key == "macro_ap" else ["", "", figure]
        table.add_row(label, *cells, style="bold")
    console.print(table)
    for genre, count in report.dropped.items():
        console.print(
            f"  dropped  {count:>7,}  genre {escape(genre)}: too few films have or lack it"
        )
    for reason, count in report.left_out.items():
        console.print(f"  left out {count:>7,}  {escape(reason)}")
    for lost, what in (
        (report.unreadable_posters, "could not be read"),
        (report.unfetched_posters, "were not fetched"),
    ):
        if lost:
            first = escape(lost[0])
            console.print(f"  posters  {len(lost):>7,}  {what}: {first}", soft_wrap=True)
    for line in report.quoted:
        console.print(f"  [dim]{escape(line)}[/]", soft_wrap=True)
    print(f"in {report.seconds:.0f} s; next: cinegenre predict FILMS --model {out}")


def _cells(row: GenreFigures) -> list[str]:
    ap = row.average_precision
    return [f"{row.positives:,}", "–" if ap is None else f"{ap:.3f}", f"{row.fitted.f1:.3f}"]
