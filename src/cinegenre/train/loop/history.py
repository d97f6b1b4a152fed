"""The history of a run: history.csv, history.png, and a printed line per epoch."""

from __future__ import annotations

import csv
import io
import sys
import time
from pathlib import Path
from typing import Any

import lightning as L

from ...errors import MissingExtra
from ...files import whole, write_text
from .task import GenreTask

COLUMNS = ("epoch", "loss", "accuracy", "f1", "val_loss", "val_accuracy", "val_f1", "val_macro_ap",
           "first_genre", "val_first_genre", "films_per_second", "seconds")  # fmt: skip
"""The columns of history.csv; those of the first genre only for models that choose one genre."""


class History(L.Callback):
    """Collects a row per epoch, writes and plots them; the checkpoint keeps them for a resumed
    run.
    """

    def __init__(self, out: Path, title: str) -> None:
        self.out, self.title = out, title
        self.rows: list[dict[str, float]] = []
        self._films = 0
        self._seconds = 0.0
        self._batch_started = 0.0

    def on_train_start(self, trainer: L.Trainer, task: L.LightningModule) -> None:
        # A run that is resumed within an epoch gets no call for the start of that epoch.
        self._batch_started = time.perf_counter()

    def on_train_epoch_start(self, trainer: L.Trainer, task: L.LightningModule) -> None:
        self._batch_started = time.perf_counter()

    def on_train_batch_end(
        self, trainer: L.Trainer, task: L.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        now = time.perf_counter()
        self._films += len(batch["truth"])
        self._seconds += now - self._batch_started
        self._batch_started = now
        task.log("films/s", self._films / self._seconds, prog_bar=True, batch_size=1)

    def on_train_epoch_end(self, trainer: L.Trainer, task: L.LightningModule) -> None:
        assert isinstance(task, GenreTask)
        row: dict[str, float] = {"epoch": trainer.current_epoch} | task.epoch.figures()
        seen = trainer.callback_metrics
        row |= {k: float(seen[k]) for k in COLUMNS if k.startswith("val_") and k in seen}
        # In a resumed epoch these include the films and seconds of the part before the stop.
        row |= {"films_per_second": self._films / self._seconds, "seconds": self._seconds}
        self.rows.append(row)
        self._films, self._seconds, task.epoch = 0, 0.0, task.counts()
        write_text(self.out / "history.csv", self._csv())
        if not sys.stderr.isatty():
            figures = "  ".join(f"{name} {row[name]:.4f}" for name in COLUMNS[1:8])
            print(f"epoch {row['epoch']:.0f}  {figures}  {row['films_per_second']:.0f} films/s",
                  file=sys.stderr, flush=True)  # fmt: skip

    def on_train_end(self, trainer: L.Trainer, task: L.LightningModule) -> None:
        if self.rows:
            plot_history(self.rows, self.title, self.out / "history.png")

    def state_dict(self) -> dict[str, Any]:
        return {"rows": self.rows, "films": self._films, "seconds": self._seconds}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.rows, self._films = list(state_dict["rows"]), state_dict["films"]
        self._seconds = state_dict["seconds"]

    def _csv(self) -> str:
        text = io.StringIO()
        columns = [name for name in COLUMNS if name in self.rows[0]]
        writer = csv.DictWriter(text, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows({k: f"{row[k]:.6g}" for k in columns} for row in self.rows)
        return text.getvalue()


def plot_history(rows: list[dict[str, float]], title: str, path: Path) -> None:
    """Training and validation loss, accuracy and F1 per epoch, side by side, as PNG."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtra("matplotlib", "train") from None
    figure = Figure(figsize=(12, 3.6), layout="constrained")
    figure.suptitle(title)
    epochs = [row["epoch"] + 1 for row in rows]
    best = max(rows, key=lambda row: row["val_macro_ap"])["epoch"] + 1
    names = {"loss": "loss", "accuracy": "element-wise accuracy at 0.5", "f1": "micro F1 at 0.5"}
    for axes, (name, label) in zip(figure.subplots(1, 3), names.items(), strict=True):
        for key, side, colour in (
            (name, "training", "#0072b2"),
            (f"val_{name}", "validation", "#d55e00"),
        ):
            axes.plot(
                epochs,
                [row[key] for row in rows],
                color=colour,
                marker="o",
                markersize=3,
                label=side,
            )
        axes.axvline(best, color="grey", linestyle=":", linewidth=1, label="best macro AP")
        axes.set(xlabel="epoch", title=label)
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    with whole(path) as staged:
        figure.savefig(staged, dpi=120)
