"""Runs the trials of a sweep, one after the other."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import lightning as L
import optuna
import torch
from optuna.trial import FrozenTrial, TrialState

from ..data.dataset import PreparedSet
from ..errors import UserError
from ..files import check_room
from ..install import quoted
from ..train.loop.prepared import precision_for
from ..train.loop.train import train
from ..train.recipe import Recipe, load_recipe
from .axes import Axis, grid, overrides, plain, shown_value
from .report import write_report
from .result import SweepReport, TrialResult
from .study import Failed, Queue

TRIALS = 20
"""The number of trainings of a search, if it is not given."""
STATES = {
    TrialState.COMPLETE: "finished",
    TrialState.PRUNED: "pruned",
    TrialState.FAIL: "failed",
    TrialState.RUNNING: "running",
}


@dataclass(frozen=True)
class Swept:
    """What a sweep trains: a recipe with its row and `--set`, whose values of some keys vary."""

    recipe: str
    row: str
    sets: Sequence[str]
    axes: Sequence[Axis]
    data: PreparedSet

    def varied(self, more: Sequence[str] = ()) -> Recipe:
        """The recipe with `more` keys set. Raises `UserError` for values that it refuses."""
        return load_recipe(self.recipe, row=self.row, overrides=[*self.sets, *more])

    def check(self) -> None:
        """Raise `UserError` for values that the recipe or this machine does not accept."""
        first = overrides({axis.key: axis.some[0] for axis in self.axes})
        for axis in self.axes:
            for value in axis.some:
                precision_for(self.varied([*first, *overrides({axis.key: value})]))

    def digest(self, searching: bool) -> str:
        """A hash that identifies the sweep in its study."""
        about = [self.varied().as_dict(), self.data.fingerprint, searching, *map(str, self.axes)]
        return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()

    def command(self, more: Sequence[str]) -> str:
        """The command that trains the recipe with `more` keys set."""
        words = ["cinegenre", "train", self.recipe, "--data", str(self.data.folder), "--out", "RUN"]
        words += ["--row", self.row] if self.row else []
        sets = (word for key in (*self.sets, *more) for word in ("--set", key))
        return quoted(*words, *sets)


def sweep(
    recipe: str,
    data: PreparedSet,
    out: Path,
    axes: Sequence[Axis],
    *,
    row: str = "",
    sets: Sequence[str] = (),
    trials: int | None = None,
    storage: str = "",
    study: str = "",
    seed: int = 0,
    prune: bool | None = None,
) -> SweepReport:
    """Train `recipe` with values of `axes` until the grid or search is finished; return a report.

    Only choices and no `trials` make a grid; otherwise TPE (Bergstra et al. 2011) searches for the
    best validation macro average precision with `trials` trainings. With `prune` (the default in a
    search), a training is stopped if it is worse than the median of the others in the same epoch.
    Called again, it continues; several processes share the work if `storage`, an SQLAlchemy URL,
    and `study` are the same.

    Writes runs in trials/, sweep.csv, sweep.json (the report), heatmap.png. A training that raises
    `UserError` is a failed trial. Raises `UserError` for values that the recipe or this machine
    does not accept, for a study of another sweep, and if all trials failed.
    """
    check_room(out)
    swept = Swept(recipe, row, sets, axes, data)
    swept.check()
    searching = trials is not None or not all(axis.choices for axis in axes)
    cells: Sequence[Mapping[str, str] | None]
    cells = [None] * (trials or TRIALS) if searching else grid(axes)
    out.mkdir(parents=True, exist_ok=True)
    queue = Queue(
        storage or f"sqlite:///{(out / 'sweep.db').resolve().as_posix()}",
        study or swept.varied().name,
        swept.digest(searching),
        cells,
        seed=seed,
        prune=searching if prune is None else prune,
    )
    try:
        queue.run(lambda trial: _train(trial, swept, out, len(cells)))
    except KeyboardInterrupt:
        write_report(_report(queue, swept), axes, out)
        raise KeyboardInterrupt("run the same command again to go on") from None
    report = _report(queue, swept)
    write_report(report, axes, out)
    if report.best is None and not report.trials.get("running"):
        errors = [line.error for line in report.rows if line.error]
        raise UserError(f"no trial of {len(cells)} finished ({errors[0]})", "see sweep.csv")
    return report


class Pruning(L.Callback):
    """Reports each epoch's validation figure to Optuna, and ends a training that is pruned.

    It ends like early stopping, so that the run's folder is complete.
    """

    def __init__(self, trial: optuna.Trial) -> None:
        self.trial, self.pruned = trial, False

    def on_validation_end(self, trainer: L.Trainer, task: L.LightningModule) -> None:
        figure = float(trainer.callback_metrics["val_macro_ap"])
        self.trial.report(figure, trainer.current_epoch)
        last = trainer.current_epoch + 1 == trainer.max_epochs
        if not last and self.trial.should_prune():
            self.pruned = trainer.should_stop = True


def _train(trial: optuna.Trial, swept: Swept, out: Path, trials: int) -> float:
    """Train one of `trials`; return its best validation macro average precision."""
    values = {axis.key: axis.ask(trial) for axis in swept.axes}
    settings = "  ".join(f"{key} {shown_value(plain(value))}" for key, value in values.items())
    print(f"trial {trial.number} of {trials}  {settings}", file=sys.stderr, flush=True)
    pruning = Pruning(trial)
    try:
        run = out / "trials" / f"{trial.number:04d}"
        summary = train(swept.varied(overrides(values)), swept.data, run, watch=[pruning])
    except (UserError, torch.OutOfMemoryError) as error:
        if isinstance(error.__cause__, OSError):  # a full disk is not an error of the trial
            raise
        message = str(error).partition("\n")[0]
        print(f"trial {trial.number} failed: {message}", file=sys.stderr, flush=True)
        raise Failed(message) from error
    trial.set_user_attr("epochs", summary.epochs)
    trial.set_user_attr("seconds", summary.seconds_training)
    if pruning.pruned:
        raise optuna.TrialPruned
    return summary.val_macro_ap


def _report(queue: Queue, swept: Swept) -> SweepReport:
    trials = queue.trials()
    rows = [_row(trial) for trial in trials]
    finished = [trial for trial in trials if trial.state == TrialState.COMPLETE]
    if not finished:
        return SweepReport(queue.study.study_name, rows, None)
    best = max(finished, key=lambda trial: (trial.value, -trial.number))
    sets = overrides(best.params)
    return SweepReport(queue.study.study_name, rows, _row(best), sets, swept.command(sets))


def _row(trial: FrozenTrial) -> TrialResult:
    error: str = trial.user_attrs.get("error", "")
    interrupted = trial.state == TrialState.FAIL and not error  # its cell is run again
    return TrialResult(
        trial=trial.number,
        params={key: plain(value) for key, value in trial.params.items()},
        value=trial.value if trial.state != TrialState.FAIL else None,
        state="interrupted" if interrupted else STATES[trial.state],
        epochs=trial.user_attrs.get("epochs"),
        seconds=trial.user_attrs.get("seconds"),
        error=error,
    )
