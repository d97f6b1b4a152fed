"""Writes the results of a sweep: sweep.csv, sweep.json, and a plot of the finished trials."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from ..files import write_json, write_text
from .axes import Axis, shown_value
from .plot import plot_sweep
from .result import SweepReport, TrialResult


def write_report(report: SweepReport, axes: Sequence[Axis], out: Path) -> None:
    """Write the table, the summary and the plot."""
    write_text(out / "sweep.csv", _csv(report.rows, [axis.key for axis in axes]))
    write_json(out / "sweep.json", report.as_dict())
    if report.best is not None:
        plot_sweep(report.rows, axes, out / "heatmap.png")


def _csv(rows: Sequence[TrialResult], keys: Sequence[str]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("trial", *keys, "value", "state", "epochs", "seconds", "error"))
    for row in rows:
        values = [shown_value(row.params.get(key, "")) for key in keys]
        writer.writerow((row.trial, *values, row.value, row.state, row.epochs, row.seconds,
                         row.error))  # fmt: skip
    return text.getvalue()
