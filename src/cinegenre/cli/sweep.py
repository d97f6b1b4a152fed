"""`cinegenre sweep` and `rate`: finding good values for a recipe's keys."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .options import AsJson, Data, require

if TYPE_CHECKING:
    from ..sweep.result import SweepReport

app = typer.Typer()
SHOWN = 20

Recipe = Annotated[str, typer.Argument(help="A recipe's name, or a TOML file.")]
Row = Annotated[str, typer.Option(help="A row of the recipe's table.")]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", help="Override a key; may be repeated.", metavar="KEY=VALUE"),
]
Tries = Annotated[
    list[str] | None,
    typer.Option(
        "--try",
        help="A key of the recipe and its values: KEY=80,107,134 or "
        "KEY=1e-5..1e-2:log; may be repeated.",
        metavar="KEY=VALUES",
    ),
]
Trials = Annotated[
    int | None,
    typer.Option(
        min=1, help="Search with N trainings, not every combination; 20 if a key is a range."
    ),
]
Prune = Annotated[
    bool | None,
    typer.Option(
        "--prune/--no-prune",
        help="Stop trainings that do worse than the median; by default only in a search.",
        show_default=False,
    ),
]
Storage = Annotated[
    str,
    typer.Option(
        help="Address of a database through which several machines share the sweep.", metavar="URL"
    ),
]
Study = Annotated[
    str, typer.Option(help="The sweep's name in that database; the recipe's name if not given.")
]


@app.command(
    epilog="Example: [bold]cinegenre sweep cnn_lstm_slides --data data --out sweeps/rate "
    "--try train.learning_rate=1e-4..1e-2:log --try model.dropout=0.2,0.5[/]"
)
def sweep(
    recipe: Recipe,
    data: Data,
    out: Annotated[Path, typer.Option(help="The folder to write the sweep to.", metavar="DIR")],
    axes: Tries = None,
    row: Row = "",
    override: Sets = None,
    trials: Trials = None,
    prune: Prune = None,
    storage: Storage = "",
    study: Study = "",
    seed: Annotated[int, typer.Option(min=0, help="Random seed of the search.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Train a recipe with every combination of some values, or search among them."""
    require("torch", "torch", "train")
    require("optuna", "optuna", "train")
    from ..data.dataset import PreparedSet
    from ..sweep.axes import parse_axes
    from ..sweep.sweep import sweep as run_sweep
    from .show import print_json

    chosen = parse_axes(axes or [])
    try:
        report = run_sweep(
            recipe,
            PreparedSet.open(data),
            out,
            chosen,
            row=row,
            sets=override or [],
            trials=trials,
            storage=storage,
            study=study,
            seed=seed,
            prune=prune,
        )
    except KeyboardInterrupt as stop:
        print(stop, file=sys.stderr)
        raise
    if as_json:
        print_json(report.as_dict())
    else:
        _show(report, out)


@app.command(epilog="Example: [bold]cinegenre rate cnn_lstm_slides --data data --out rate[/]")
def rate(
    recipe: Recipe,
    data: Data,
    out: Annotated[Path, typer.Option(help="The folder to write the curve to.", metavar="DIR")],
    row: Row = "",
    override: Sets = None,
    as_json: AsJson = False,
) -> None:
    """Find a learning rate by a range test: range_test.png, range_test.csv."""
    require("torch", "torch", "train")
    from ..data.dataset import PreparedSet
    from ..train.loop.range_test import rate_for
    from ..train.recipe import load_recipe
    from . import show

    chosen = load_recipe(recipe, row=row, overrides=override or [])
    with show.working("training 100 steps with a rising rate"):
        found = rate_for(chosen, PreparedSet.open(data), out)
    if as_json:
        show.print_json({"learning_rate": found})
    else:
        print(f"learning rate {found:.2g}: --set train.learning_rate={found:.2g}")
        print(f"curve: {out / 'range_test.png'}")


def _show(report: SweepReport, out: Path) -> None:
    """The best trials as a table, and how to train the best."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from ..sweep.axes import shown_value

    console = Console(highlight=False)
    rows = sorted(report.rows, key=lambda row: (row.value is None, -(row.value or 0)))
    keys = list(dict.fromkeys(key for row in rows for key in row.params))
    counts = ", ".join(f"{count} {state}" for state, count in report.trials.items())
    short = [key.rpartition(".")[2] for key in keys]
    names = [last if short.count(last) == 1 else key for last, key in zip(short, keys, strict=True)]
    table = Table("trial", *names, "macro AP", "state", "epochs", "seconds",
                  title=f"{report.study}: {counts}", title_style="bold")  # fmt: skip
    for row in rows[:SHOWN]:
        values = [escape(shown_value(row.params.get(key, ""))) for key in keys]
        table.add_row(
            str(row.trial),
            *values,
            "" if row.value is None else f"{row.value:.4f}",
            row.state,
            str(row.epochs or ""),
            f"{row.seconds:.0f}" if row.seconds is not None else "",
            style="bold green" if report.best and row.trial == report.best.trial else "",
        )
    console.print(table)
    if len(rows) > SHOWN:
        print(f"all {len(rows)}: {out / 'sweep.csv'}")
    for error in dict.fromkeys(row.error for row in rows if row.state == "failed"):
        console.print(f"  failed: {escape(error)}", soft_wrap=True)
    if report.best is not None:
        print(f"next: {report.command}")
