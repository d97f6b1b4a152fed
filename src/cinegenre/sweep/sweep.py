"""The trials of a sweep, one after the other, and what is kept of them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shlex
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import lightning as L
import optuna
import torch
from optuna.trial import FrozenTrial, TrialState

from ..data.dataset import PreparedSet
from ..errors import UserError
from ..files import write_json, write_text
from ..train.loop.prepared import precision_for
from ..train.loop.train import fit
from ..train.recipe import load_recipe
from .axes import Axis, grid, overrides, plain, shown_value
from .plot import plot_sweep
from .study import Failed, Queue

TRIALS = 20
"""Of a search that does not say how many."""
STATES = {
    TrialState.COMPLETE: "finished",
    TrialState.PRUNED: "pruned",
    TrialState.FAIL: "failed",
    TrialState.RUNNING: "running",
}


def sweep(
    recipe: str,
    data: Path,
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
) -> dict[str, Any]:
    """Train `recipe` with values of `axes` until the grid or the search is done; sum it up.

    Choices alone and no `trials` are a grid; else TPE (Bergstra et al. 2011) searches with
    `trials` trainings, the best validation macro average precision being what it looks for. With
    `prune`, by default in a search, a training is stopped when it does worse than the median of
    the others in the same epoch. Called again it goes on; several processes share the work when
    `storage`, an SQLAlchemy URL, and `study` are the same.

    Writes runs in trials/, sweep.csv, sweep.json (what it returns), heatmap.png. A training that
    raises `UserError` is a failed trial. Raises `UserError` for values that the recipe or this
    machine does not take, a study of another sweep, and when all trials failed.
    """
    prepared = PreparedSet.open(data)
    base = overrides({axis.key: axis.some[0] for axis in axes})
    for axis in axes:
        for value in axis.some:
            tried = [*sets, *base, *overrides({axis.key: value})]
            precision_for(load_recipe(recipe, row=row, overrides=tried))
    searching = trials is not None or not all(axis.choices for axis in axes)
    cells: list[Any] = [None] * (trials or TRIALS) if searching else grid(axes)
    chosen = load_recipe(recipe, row=row, overrides=sets)
    about = [chosen.as_dict(), prepared.fingerprint, searching, *map(str, axes)]
    digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()
    out.mkdir(parents=True, exist_ok=True)
    queue = Queue(
        storage or f"sqlite:///{(out / 'sweep.db').resolve().as_posix()}",
        study or chosen.name,
        digest,
        cells,
        seed=seed,
        prune=searching if prune is None else prune,
    )
    command = ["cinegenre", "train", recipe, "--data", str(data), "--out", "RUN"]
    for option in ([f"--row={row}"] if row else []) + [f"--set={part}" for part in sets]:
        command += option.split("=", 1)

    def objective(trial: optuna.Trial) -> float:
        values = {axis.key: axis.ask(trial) for axis in axes}
        said = "  ".join(f"{key} {shown_value(plain(value))}" for key, value in values.items())
        print(f"trial {trial.number} of {len(cells)}  {said}", file=sys.stderr, flush=True)
        pruning = Pruning(trial)
        try:
            varied = load_recipe(recipe, row=row, overrides=[*sets, *overrides(values)])
            folder = out / "trials" / f"{trial.number:04d}"
            info = fit(varied, data, folder, watch=[pruning])
        except (UserError, torch.OutOfMemoryError) as error:
            if isinstance(error.__cause__, OSError):  # a full disk is not the trial's fault
                raise
            message = str(error).partition("\n")[0]
            print(f"trial {trial.number} failed: {message}", file=sys.stderr, flush=True)
            raise Failed(message) from error
        trial.set_user_attr("epochs", info["epochs"])
        trial.set_user_attr("seconds", info["seconds_training"])
        if pruning.pruned:
            raise optuna.TrialPruned
        return float(info["val_macro_ap"])

    try:
        queue.run(objective)
    except KeyboardInterrupt:
        _write(queue, axes, out, command)
        raise KeyboardInterrupt("run the same command again to go on") from None
    result = _write(queue, axes, out, command)
    if "best" not in result and not result["trials"].get("running"):
        errors = [line["error"] for line in result["rows"] if line["error"]]
        raise UserError(f"no trial of {len(cells)} finished ({errors[0]})", "see sweep.csv")
    return result


class Pruning(L.Callback):
    """Tells Optuna each epoch's validation figure, and ends a training that it gives up.

    It ends as early stopping does, so that the run's folder is whole.
    """

    def __init__(self, trial: optuna.Trial) -> None:
        self.trial, self.pruned = trial, False

    def on_validation_end(self, trainer: L.Trainer, task: L.LightningModule) -> None:
        figure = float(trainer.callback_metrics["val_macro_ap"])
        self.trial.report(figure, trainer.current_epoch)
        last = trainer.current_epoch + 1 == trainer.max_epochs
        if not last and self.trial.should_prune():
            self.pruned = trainer.should_stop = True


def _row(trial: FrozenTrial) -> dict[str, Any]:
    error = trial.user_attrs.get("error", "")
    interrupted = trial.state == TrialState.FAIL and not error  # its values are run again
    return {
        "trial": trial.number,
        "params": {key: plain(value) for key, value in trial.params.items()},
        "value": trial.value if trial.state != TrialState.FAIL else None,
        "state": "interrupted" if interrupted else STATES[trial.state],
        "epochs": trial.user_attrs.get("epochs"),
        "seconds": trial.user_attrs.get("seconds"),
        "error": error,
    }


def _write(queue: Queue, axes: Sequence[Axis], out: Path, command: list[str]) -> dict[str, Any]:
    """Write the table, the picture and the summary, which is returned."""
    trials = queue.trials()
    rows = [_row(trial) for trial in trials]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    keys = [axis.key for axis in axes]
    rest = ("value", "state", "epochs", "seconds", "error")
    writer.writerow(("trial", *keys, *rest))
    for row in rows:
        values = [shown_value(row["params"].get(key, "")) for key in keys]
        writer.writerow((row["trial"], *values, *(row[name] for name in rest)))
    write_text(out / "sweep.csv", text.getvalue())
    result: dict[str, Any] = {
        "study": queue.study.study_name,
        "trials": dict(Counter(row["state"] for row in rows)),
    }
    finished = [trial for trial in trials if trial.state == TrialState.COMPLETE]
    if finished:
        best = max(finished, key=lambda trial: (trial.value, -trial.number))
        sets = overrides(best.params)
        result["best"] = _row(best) | {"set": sets}
        result["command"] = shlex.join([*command, *(f for s in sets for f in ("--set", s))])
    result["rows"] = rows
    write_json(out / "sweep.json", result)
    if finished:
        plot_sweep(rows, axes, out / "heatmap.png")
    return result
