"""Training a recipe on a prepared data set, into a run folder."""

from __future__ import annotations

import logging
import platform
import sys
import time
import warnings
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ...data.dataset import PreparedSet
from ...errors import UserError
from ...files import read_json, write_json
from ...inputs import TextInput
from ...version import __version__
from ..config import from_table
from ..recipe import Recipe, TrainConfig
from .memory import keep_freed_memory

PACKAGES = ("torch", "lightning", "numpy", "tokenizers", "simplemma", "pillow")


def read_run(run: Path) -> Recipe:
    """The recipe that a run folder was made with."""
    tables = read_json(run / "config.json", "training run")
    return from_table(Recipe, tables, "config.json")


def fit(
    recipe: Recipe,
    data_folder: Path,
    out: Path,
    *,
    resume: bool = False,
    watch: Sequence[Any] = (),
) -> dict[str, Any]:
    """Train, and return what `run.json` says of it.

    Writes config.json, run.json, tokenizers, checkpoints (best, last), history.csv and .png. With
    `resume` a stopped run goes on from its last checkpoint and ends in the same weights (one seed,
    one CPU); a finished one is left as it is. `watch` are further Lightning callbacks. Raises
    `UserError` when `out` holds another run.
    """
    import lightning as L

    from .apart import learned
    from .distill import taught, teacher_to_ask
    from .history import History
    from .prepared import precision_for, prepare

    if recipe.always:
        raise UserError(
            f"{recipe.title or recipe.name} always says {recipe.always}: nothing to train",
            "run it with: cinegenre reproduce",
        )
    data = PreparedSet.open(data_folder)
    last = out / "checkpoints" / "last.ckpt"
    _check_out(recipe, data, out, resume)
    earlier = read_json(out / "run.json", "training run") if (out / "run.json").exists() else {}
    if earlier.get("finished"):
        return dict(earlier)  # an early stop, resumed, would train on
    precision = precision_for(recipe)
    teacher = teacher_to_ask(recipe, out / "teacher")
    if teacher:
        precision_for(teacher)
    resume_from = str(last) if last.exists() else None
    be_quiet()
    keep_freed_memory()
    L.seed_everything(recipe.seed, verbose=False)
    started = time.time()
    ready = prepare(
        recipe, data, precision, begun=earlier.get("begun", {}) if resume_from else None
    )
    info: dict[str, Any] = {
        "recipe": recipe.name,
        "title": recipe.title,
        "seed": recipe.seed,
        "data": {"folder": str(data_folder.resolve()), "fingerprint": data.fingerprint},
        **ready.info,
        "versions": {"cinegenre": __version__}
        | {name: version(name) for name in PACKAGES}
        | {"python": platform.python_version()},
        "machine": f"{platform.system()} {platform.machine()}",
        "seconds_loading": round(time.time() - started, 2),
        "precision": precision,
        "learning_rate": recipe.train.learning_rate,
    }
    write_json(out / "config.json", recipe.as_dict())
    for name, reads in ready.inputs.items():
        if isinstance(reads, TextInput):
            reads.tokenizer.save(str(out / f"tokenizer-{name}.json"))
    write_json(out / "run.json", info)
    if recipe.distill.recipe or recipe.distill.scores:
        ready = taught(ready, recipe, data_folder, out / "teacher")
        L.seed_everything(recipe.seed, verbose=False)  # whether or not the teacher was there
    ready = learned(ready, recipe.seed, out)
    if recipe.train.range_test:
        known = earlier["learning_rate"] if resume_from else None
        rate = known or _find_rate(ready, recipe, out, precision)
        info["learning_rate"] = rate
        recipe = replace(recipe, train=replace(recipe.train, learning_rate=rate))
        write_json(out / "run.json", info)

    history = History(out, recipe.title or recipe.name)
    trainer = _trainer(recipe.train, out, [history, *watch], precision)
    task = ready.task(recipe)
    loaders = [ready.loader(split, recipe) for split in ("train", "validation")]
    # Our own file: the state of callbacks in it is more than `weights_only` admits.
    try:
        trainer.fit(task, *loaders, ckpt_path=resume_from, weights_only=False)
    except SystemExit:  # what Lightning makes of Ctrl-C
        raise KeyboardInterrupt("add --resume to go on from the last checkpoint") from None
    best = max(history.rows, key=lambda row: row["val_macro_ap"])
    info |= {
        "epochs": len(history.rows),
        "best_epoch": int(best["epoch"]),
        "val_macro_ap": best["val_macro_ap"],
        "seconds_training": round(sum(row["seconds"] for row in history.rows), 2),
        "finished": True,
    }
    write_json(out / "run.json", info)
    return info


def _find_rate(ready: Any, recipe: Recipe, out: Path, precision: str) -> float:
    from .range_test import find_rate

    return find_rate(ready.task(recipe), ready.loader("train", recipe), out, precision)


def _check_out(recipe: Recipe, data: PreparedSet, out: Path, resume: bool) -> None:
    if not (out / "run.json").exists():
        there = list(out.iterdir()) if out.exists() else []
        if not all(_of_a_killed_start(path.name) for path in there):
            raise UserError(f"{out} is not empty and holds no run", "name another --out")
        if resume and not there:
            raise UserError(f"no run to resume in {out}", "leave out --resume")
        if (out / "config.json").exists():
            read_run(out)  # another program's is not overwritten
        return
    if not resume:
        raise UserError(f"{out} holds a run already", "add --resume, or name another --out")
    if read_run(out) != recipe:
        raise UserError(f"the run in {out} has another recipe", "resume it with the same --set")
    earlier = read_json(out / "run.json", "training run")["data"]["fingerprint"]
    if earlier != data.fingerprint:
        raise UserError(
            f"the run in {out} was trained on other data", "resume it with the same --data"
        )


def _of_a_killed_start(name: str) -> bool:
    """Whether a run may have left the file that was killed before run.json, before it trained."""
    partial = name.startswith(".") and ".partial" in name
    return partial or name == "config.json" or name.startswith("tokenizer-")


def _trainer(config: TrainConfig, out: Path, watch: Sequence[Any], precision: str) -> Any:
    """Lightning's trainer: early stopping, the best and the last checkpoint, logs, a bar."""
    import lightning as L
    from lightning.pytorch import callbacks

    from .checkpoint import WholeCheckpoints

    every = timedelta(minutes=config.checkpoint_minutes)
    best = {"filename": "best", "monitor": "val_macro_ap", "mode": "max", "save_weights_only": True}
    last = {"filename": "last"}
    kept: list[dict[str, Any]] = [
        best,
        last | {"save_on_train_epoch_end": True},
        last | {"train_time_interval": every},
    ]
    folder = out / "checkpoints"
    averaged = [callbacks.EMAWeightAveraging(decay=config.average)] if config.average else []
    return L.Trainer(
        accelerator="auto",
        devices=1,
        precision=precision,  # type: ignore[arg-type]
        max_epochs=config.epochs,
        gradient_clip_val=config.clip or None,
        callbacks=[
            *averaged,  # first: what follows sees its weights in validation
            *watch,
            callbacks.EarlyStopping("val_macro_ap", patience=config.patience, mode="max"),
            *(
                callbacks.ModelCheckpoint(dirpath=folder, enable_version_counter=False, **options)
                for options in kept
            ),
        ],
        plugins=[WholeCheckpoints()],
        logger=_logger(config.logger, out),
        enable_progress_bar=sys.stderr.isatty(),
        enable_model_summary=False,
        num_sanity_val_steps=0,
        log_every_n_steps=1,
        use_distributed_sampler=False,
    )


def _logger(kind: str, out: Path) -> Any:
    from lightning.pytorch import loggers

    if kind == "tensorboard":
        return loggers.TensorBoardLogger(out / "logs", name="", version="")
    return loggers.CSVLogger(out / "logs", name="", version="")


def be_quiet() -> None:
    """Lightning's remarks on GPUs, workers and tips say nothing to our users."""
    for name in ("lightning.pytorch", "lightning.fabric", "lightning.pytorch.utilities.rank_zero"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="lightning.*")
