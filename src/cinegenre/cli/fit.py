"""`cinegenre fit`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import UserError
from ..install import quoted
from .options import AsJson, Cache, Column, Fetch, Genres, MinFilms, Seed, columns_of, listed, tell

if TYPE_CHECKING:
    from ..fit import FitReport
    from ..metrics.figures import GenreFigures

app = typer.Typer()

Films = Annotated[
    Path,
    typer.Argument(
        help="Films with a column genres: CSV, TSV, JSON, JSONL, Parquet, Excel or ODS; with "
        "--add-to also a prepared data set.",
        metavar="FILMS",
    ),
]
Out = Annotated[
    Path | None, typer.Option(help="The folder to write the new model to.", metavar="BUNDLE")
]
AddTo = Annotated[
    Path | None,
    typer.Option(
        help="Add a small head to this model instead, for --taxonomy NAME of other commands.",
        metavar="BUNDLE",
    ),
]
Base = Annotated[
    str | None,
    typer.Option(
        help="The model whose encoders are used; `default` is the shipped one.",
        metavar="NAME|DIR",
    ),
]
Name = Annotated[
    str,
    typer.Option(
        help="The new model's name; the folder's name if not given. With --add-to, the head's name."
    ),
]
Labels = Annotated[
    str, typer.Option(help="Which label set of a prepared data set to learn, such as imdb.")
]
Test = Annotated[
    Path | None,
    typer.Option(
        help="Other films to score the finished model on: a table, or with --add-to a prepared "
        "data set.",
        metavar="FILE",
    ),
]


@app.command(
    epilog="Examples: [bold]cinegenre fit films.csv --out models/mine[/]"
    "  [bold]cinegenre fit films.csv --add-to models/mine --name moods[/]"
    "  [bold]cinegenre fit films.csv --out models/noir --genres 'Film-Noir,Heist,Whodunit' "
    "--test later.csv[/]"
)
def fit(
    films: Films,
    out: Out = None,
    add_to: AddTo = None,
    model: Base = None,
    name: Name = "",
    labels: Labels = "",
    genres: Genres = "",
    min_films: MinFilms = 8,
    test: Test = None,
    column: Column = None,
    fetch: Fetch = False,
    seed: Seed = 0,
    cache: Cache = True,
    as_json: AsJson = False,
) -> None:
    """Fit a model for your own genres on the default's encoders; no torch, minutes at most."""
    from ..fit import add_head
    from ..fit import fit as fit_bundle
    from ..progress import stage
    from .show import print_json

    shared: dict[str, Any] = {
        "genres": listed(genres), "min_films": min_films, "test": test,
        "columns": columns_of(column), "seed": seed, "keep": cache, "fetch": fetch,
        "stage": stage, "tell": tell,
    }  # fmt: skip
    if add_to is None:
        target = _new(out, labels)
        report = fit_bundle(films, target, model=model, name=name, **shared)
        options = ["--model", str(target)]
    else:
        _check_added(out=out, model=model, name=name)
        target = add_to
        report = add_head(films, target, name, labels=labels, **shared)
        options = ["--model", str(target), "--taxonomy", name]
    if as_json:
        print_json(report.as_dict())
    else:
        _show(report, target, options)


def _new(out: Path | None, labels: str) -> Path:
    """The folder for a new model."""
    if out is None:
        raise UserError(
            "neither --out nor --add-to is given",
            "name the new model's folder with --out, or the model that gets a head with --add-to",
        )
    if labels:
        raise UserError(f"--labels {labels} is given without --add-to", "leave --labels out")
    return out


def _check_added(*, out: Path | None, model: str | None, name: str) -> None:
    for option, given in (("--out", out), ("--model", model)):
        if given is not None:
            raise UserError(f"{option} and --add-to are given", "give one of them")
    if not name:
        raise UserError("--add-to is given without --name", "name the head, as in --name imdb")


def _show(report: FitReport, out: Path, options: Sequence[str]) -> None:
    """The figures as a table, and everything that was left out."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False)
    test = report.test
    how = "cross-validated"
    if report.validation is not None:
        how = f"on {report.validation:,} validation films"
    title = f"{escape(str(out))}: {report.films:,} films, {how}"
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
    print(f"in {report.seconds:.0f} s; next: {quoted('cinegenre', 'predict', 'FILMS', *options)}")


def _cells(row: GenreFigures) -> list[str]:
    ap = row.average_precision
    return [f"{row.positives:,}", "–" if ap is None else f"{ap:.3f}", f"{row.fitted.f1:.3f}"]
