"""Prints results of preparing, training and evaluating: tables for a person, JSON for a script."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..install import quoted
from .show import print_json

if TYPE_CHECKING:
    from ..data.manifest import Manifest
    from ..evaluate import Result
    from ..export.result import ExportReport
    from ..reproduce.outcome import Outcome
    from ..train.loop.run_folder import Summary

QUOTED = 5
"""How many examples of bad rows and posters are shown; dataset.json has more."""


def manifest(found: Manifest, out: Path, *, as_json: bool) -> None:
    """What `data prepare` wrote, and what it dropped and why."""
    if as_json:
        print_json(found.as_dict())
        return
    console = Console(highlight=False)
    title = f"{found.source} → {out}"
    table = Table("split", "films", "with poster", title=title, title_style="bold")
    for split, films in found.films.items():
        table.add_row(split, f"{films:,}", f"{found.with_poster[split]:,}")
    console.print(table)
    cleaning, split_by = found.cleaning, found.split
    noted = {
        "dropped": cleaning.dropped if cleaning else {},
        "mended": cleaning.mended if cleaning else {},
        "split": split_by.counts if split_by else {},
    }
    for kind, counts in noted.items():
        for reason, count in counts.items():
            console.print(f"  {kind:<7}  {count:>7,}  {escape(reason)}")
    for example in (cleaning.examples if cleaning else ())[:QUOTED]:
        console.print(f"  [dim]{escape(example)}[/]", soft_wrap=True)


def run(summary: Summary, out: Path, *, as_json: bool) -> None:
    """The result of a training run."""
    if as_json:
        print_json(summary.as_dict())
        return
    films = " + ".join(f"{count:,} {split}" for split, count in summary.films.items())
    print(f"{summary.title or summary.recipe}: {films} films, {summary.epochs} epochs "
          f"in {summary.seconds_training:.0f} s, best epoch {summary.best_epoch + 1}: "
          f"validation macro average precision {summary.val_macro_ap:.4f}")  # fmt: skip
    print("next:", quoted("cinegenre", "export", str(out), "--out", "BUNDLE"))


def bundle(report: ExportReport, out: Path, *, as_json: bool) -> None:
    """What `export` wrote, with its validation figures for every set of inputs."""
    if as_json:
        print_json(report.as_dict())
        return
    table = Table("inputs", "films", "micro F1", "macro F1", "macro AP",
                  title=f"{out} on validation films", title_style="bold")  # fmt: skip
    for mode in report.modes:
        found = mode.figures
        numbers = [f"{value:.3f}" for value in (found.micro_f1, found.macro_f1, found.macro_ap)]
        table.add_row(mode.label, f"{found.films:,}", *numbers)
    Console(highlight=False).print(table)
    if report.strays is not None:
        print(f"ONNX and torch agree to {report.strays:.1g} on real films")
    print("F1 is cross-validated")
    for head in report.heads:
        print(f"left out the head {head}, which goes with the old encoders; add it again: "
              f"cinegenre fit FILMS --add-to {out} --name {head}")  # fmt: skip


def evaluation(result: Result, out: Path, *, as_json: bool) -> None:
    """The headline figures of an evaluation."""
    if as_json:
        print_json(result.as_dict())
        return
    summary = result.summary
    names = {"micro_f1": "micro F1", "macro_f1": "macro F1", "macro_ap": "macro average precision",
             "macro_roc_auc": "macro ROC-AUC", "accuracy": "element-wise accuracy"}  # fmt: skip
    title = f"{result.model.name} on {summary.films:,} {result.data.split} films"
    table = Table("figure", "value", "95 % interval", title=title, title_style="bold")
    for name, label in names.items():
        low, high = summary.intervals[name]
        table.add_row(label, f"{summary.headline[name]:.4f}", f"{low:.4f} to {high:.4f}")
    nothing = summary.trivial["predict_nothing"].accuracy["element_wise"]
    table.add_row("[dim]accuracy of predicting nothing[/]", f"[dim]{nothing:.4f}[/]", "")
    Console(highlight=False).print(table)
    print(f"report: {out / 'report.html'}")


def reproduced(outcome: Outcome, out: Path, *, as_json: bool) -> None:
    """The finished rows of a paper's table, with the paper's figures beside ours."""
    from ..evaluate.published import measure

    if as_json:
        print_json(outcome.as_dict())
        return
    title = f"{outcome.title}: {len(outcome.films):,} test films"
    table = Table("row", "figure", "paper", "ours", title=title, title_style="bold")
    for row in outcome.rows.values():
        said, headline, first = row.result.published, row.result.summary.headline, row.title
        lines = [(measure(figure).label, theirs, said.ours[figure])
                 for figure, theirs in said.figures.items()] if said else []  # fmt: skip
        for label, *values in (*lines, ("macro AP", None, headline["macro_ap"])):
            shown = ["–" if value is None else f"{value:.3f}" for value in values]
            table.add_row(escape(first), label, *shown, end_section=label == "macro AP")
            first = ""
    Console(highlight=False).print(table)
    if outcome.pending:
        print(f"not run yet: {', '.join(outcome.pending)}")
    print(f"report: {out / 'report.html'}")
