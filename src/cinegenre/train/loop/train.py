"""Training a recipe on a prepared data set, into a run folder.

One step after the other: the films, inputs and model (`prepare`), the teacher's targets (`soften`),
the encoders that learn by themselves (`learned`), the learning rate (`find_rate`), the training.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import lightning as L

from ...data.dataset import PreparedSet
from ...errors import UserError
from ...files import write_json
from ...inputs import TextInput
from ...version import __version__
from ..precision import Precision
from ..recipe import Recipe
from .apart import learned
from .distill import soften, teacher_to_ask
from .history import History
from .memory import keep_freed_memory
from .prepared import Prepared, precision_for, prepare
from .range_test import find_rate
from .run_folder import CONFIG, DataUsed, Started, Summary, check_out
from .trainer import be_quiet, new_trainer

PACKAGES = ("torch", "lightning", "numpy", "tokenizers", "simplemma", "pillow")


def train(
    recipe: Recipe,
    data: PreparedSet,
    out: Path,
    *,
    resume: bool = False,
    watch: Sequence[L.Callback] = (),
) -> Summary:
    """Train, and return what `run.json` says of it.

    Writes config.json, run.json, tokenizers, checkpoints (best, last), history.csv and .png. With
    `resume` a stopped run goes on from its last checkpoint and ends in the same weights (one seed,
    one CPU); a finished one is left as it is. `watch` are further Lightning callbacks. Raises
    `UserError` when `out` holds another run.
    """
    if recipe.always:
        raise UserError(
            f"{recipe.title or recipe.name} always says {recipe.always}: nothing to train",
            "run it with: cinegenre reproduce",
        )
    earlier = check_out(recipe, data, out, resume)
    if isinstance(earlier, Summary):
        return earlier  # an early stop, resumed, would train on
    precision = precision_for(recipe)
    teacher = teacher_to_ask(recipe, out / "teacher")
    if teacher:
        precision_for(teacher)
    last = out / "checkpoints" / "last.ckpt"
    resumed = earlier if last.exists() else None
    be_quiet()
    keep_freed_memory()
    L.seed_everything(recipe.seed, verbose=False)
    ready, started = _started(recipe, data, out, precision, resumed)
    if recipe.distill.recipe or recipe.distill.scores:
        ready = soften(ready, recipe, data, out / "teacher", _go_on)
        L.seed_everything(recipe.seed, verbose=False)  # whether or not the teacher was there
    ready = learned(ready, recipe.seed, out)
    if recipe.train.range_test:
        rate = resumed.learning_rate if resumed else 0.0
        rate = rate or find_rate(ready.task(recipe), ready.loader("train", recipe), out, precision)
        recipe = replace(recipe, train=replace(recipe.train, learning_rate=rate))
        started = replace(started, learning_rate=rate)
        started.write(out)
    history = History(out, recipe.title or recipe.name)
    trainer = new_trainer(recipe.train, out, [history, *watch], precision)
    try:
        trainer.fit(
            ready.task(recipe),
            ready.loader("train", recipe),
            ready.loader("validation", recipe),
            ckpt_path=last if resumed else None,
            weights_only=False,  # Our own file: callbacks leave more in it than weights.
        )
    except SystemExit:  # what Lightning makes of Ctrl-C
        raise KeyboardInterrupt("add --resume to go on from the last checkpoint") from None
    summary = _ended(started, history)
    summary.write(out)
    return summary


def _go_on(recipe: Recipe, data: PreparedSet, out: Path) -> Summary:
    """Train into `out`, or go on with what is there."""
    return train(recipe, data, out, resume=(out / CONFIG).exists())


def _started(
    recipe: Recipe, data: PreparedSet, out: Path, precision: Precision, resumed: Started | None
) -> tuple[Prepared, Started]:
    """What the recipe comes to, and the run's folder with all that is known before it learns."""
    began = time.time()
    ready = prepare(recipe, data, precision, begun=resumed.begun if resumed else None)
    started = Started(
        recipe=recipe.name,
        title=recipe.title,
        seed=recipe.seed,
        data=DataUsed(str(data.folder.resolve()), data.fingerprint),
        films=ready.films,
        dropped=ready.dropped,
        parameters=ready.parameters,
        begun=ready.begun,
        oversampled=ready.oversampled,
        versions={"cinegenre": __version__}
        | {name: version(name) for name in PACKAGES}
        | {"python": platform.python_version()},
        machine=f"{platform.system()} {platform.machine()}",
        seconds_loading=round(time.time() - began, 2),
        precision=precision,
        # A range test's, where one was made: this file is what a further interruption leaves.
        learning_rate=resumed.learning_rate if resumed else recipe.train.learning_rate,
    )
    write_json(out / CONFIG, recipe.as_dict())
    for name, reads in ready.inputs.items():
        if isinstance(reads, TextInput):
            reads.tokenizer.save(str(out / f"tokenizer-{name}.json"))
    started.write(out)
    return ready, started


def _ended(started: Started, history: History) -> Summary:
    best = max(history.rows, key=lambda row: row["val_macro_ap"])
    return Summary(
        **vars(started),
        epochs=len(history.rows),
        best_epoch=int(best["epoch"]),
        val_macro_ap=best["val_macro_ap"],
        seconds_training=round(sum(row["seconds"] for row in history.rows), 2),
    )
