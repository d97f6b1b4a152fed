"""The learning-rate range test: the loss while the rate rises (Smith 2017, section 3.3).

Lightning's `Tuner.lr_find` cannot be used: it gives every parameter group the same rate, uses the
loader of the run, and changes the random state.
"""

from __future__ import annotations

import copy
import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import lightning as L
import numpy as np
import torch
from torch import Tensor

from ...data.dataset import PreparedSet
from ...errors import MissingExtra, UserError
from ...files import check_room, whole, write_text
from ..precision import Precision, autocast, device
from ..recipe import Recipe
from .apart import learned
from .prepared import precision_for, prepare
from .task import GenreTask
from .trainer import be_quiet

_BETA = 0.98  # of the running mean, as in fastai and Lightning
_DIVERGED = 4.0  # multiple of the best smoothed loss at which the test stops


@dataclass(frozen=True)
class RangeTest:
    """The learning rates, the batch's loss at each, and the smoothed loss, all (steps,).

    `suggestion` is the rate at which the smoothed loss falls most steeply over the logarithm of the
    rate. This is fastai's `steep`; like its `lr_find`, it leaves out the first tenth of the steps
    and the last five.
    """

    rates: np.ndarray
    losses: np.ndarray
    smoothed: np.ndarray
    suggestion: float


def range_test(
    task: GenreTask,
    loader: Iterable[dict[str, Tensor]],
    *,
    low: float = 1e-7,
    high: float = 1.0,
    steps: int = 100,
    precision: Precision = "32-true",
) -> RangeTest:
    """Train a copy of `task` on `loader`, repeated if it is short, from rate `low` to `high`.

    The rate rises by the same factor in each step, and parameter groups keep their ratios. The test
    stops early when the smoothed loss exceeds four times its best value. `precision` is Lightning's
    name. The task and torch's random state do not change, but the loader does: pass one of its own.
    Raises `UserError` if the loss never falls, or diverges before there is a slope.
    """
    where = device()
    with torch.random.fork_rng():
        trained = copy.deepcopy(task).to(where).train()
        batches = _endless(loader)
        rates = np.geomspace(low, high, steps)
        losses = list(_losses(trained, batches, rates, precision, where))
    loss = np.array(losses)
    smoothed = smooth(loss)
    return RangeTest(rates[: len(loss)], loss, smoothed, steepest(rates, smoothed, steps))


def find_rate(
    task: GenreTask, loader: Iterable[dict[str, Tensor]], out: Path, precision: Precision
) -> float:
    """The suggested rate for `task`; range_test.csv and range_test.png are written to `out`.

    Call it before training: `task` must have no trainer yet, and `loader` must be one of its own.
    """
    result = range_test(task, loader, precision=precision)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("learning_rate", "loss", "smoothed_loss"))
    rows = zip(result.rates, result.losses, result.smoothed, strict=True)
    writer.writerows([f"{value:.6g}" for value in row] for row in rows)
    write_text(out / "range_test.csv", text.getvalue())
    plot_range_test(result, out / "range_test.png")
    return result.suggestion


def rate_for(recipe: Recipe, data: PreparedSet, out: Path) -> float:
    """`find_rate` on the training films of a recipe, without training it."""
    check_room(out)
    be_quiet()
    L.seed_everything(recipe.seed, verbose=False)
    precision = precision_for(recipe)
    ready = prepare(recipe, data, precision)
    if not ready.model.apart:  # encoders in `apart` do not affect the loss, so need not be fitted
        ready = learned(ready, recipe.seed, out)
    return find_rate(ready.task(recipe), ready.loader("train", recipe), out, precision)


def smooth(losses: np.ndarray) -> np.ndarray:
    """The exponential running mean of losses (steps,), corrected for its bias towards zero."""
    mean = 0.0
    means: list[float] = []
    for loss in losses:
        mean = _BETA * mean + (1 - _BETA) * float(loss)
        means.append(mean / (1 - _BETA ** (len(means) + 1)))
    return np.array(means)


def steepest(rates: np.ndarray, smoothed: np.ndarray, steps: int) -> float:
    """The rate at which smoothed losses (steps,) fall most steeply over log rate; see
    `RangeTest`.
    """
    first, last = steps // 10, len(smoothed) - 5
    if last - first < 2:
        raise UserError(
            f"the range test diverged after {len(smoothed)} of {steps} steps",
            "set train.learning_rate yourself",
        )
    slopes = np.diff(smoothed[first:last]) / np.diff(np.log(rates[first:last]))
    if not slopes.min() < 0:
        raise UserError("the loss never fell in the range test", "set train.learning_rate yourself")
    return float(rates[first + int(slopes.argmin())])


def plot_range_test(result: RangeTest, path: Path) -> None:
    """Plot the loss over the learning rate, with the suggestion marked, as PNG."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtra("matplotlib", "train") from None
    figure = Figure(figsize=(6.4, 3.8), layout="constrained")
    axes = figure.add_subplot()
    axes.plot(result.rates, result.losses, color="#bbbbbb", linewidth=1, label="each batch")
    axes.plot(result.rates, result.smoothed, color="#0072b2", label="running mean")
    axes.axvline(
        result.suggestion,
        color="#d55e00",
        linestyle="--",
        label=f"steepest descent: {result.suggestion:.2g}",
    )
    # One diverged batch would flatten the rest of the curve.
    low, high = result.losses.min(), result.smoothed.max()
    axes.set_ylim(low - 0.1 * (high - low), high + 0.2 * (high - low))
    axes.set(xscale="log", xlabel="learning rate", ylabel="training loss", title="Range test")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    with whole(path) as staged:
        figure.savefig(staged, dpi=120)


def _losses(
    task: GenreTask,
    batches: Iterator[dict[str, Tensor]],
    rates: np.ndarray,
    precision: Precision,
    where: torch.device,
) -> Iterator[float]:
    """Train `task` and return the loss of each step, until it diverges or is NaN."""
    # The task's own schedule would also change the rate, and needs a trainer.
    task.config = replace(task.config, schedule="constant")
    optimizer: torch.optim.Optimizer = task.configure_optimizers()
    task.on_train_epoch_start()  # unfreezes what learns from the first epoch on
    ratios = [group["lr"] / task.config.learning_rate for group in optimizer.param_groups]
    # In float16 small gradients become zero unless the loss is scaled up, as Lightning does.
    scaler = torch.amp.GradScaler(where.type, enabled=precision == "16-mixed")
    losses: list[float] = []
    best = np.inf
    for rate in rates:
        for group, ratio in zip(optimizer.param_groups, ratios, strict=True):
            group["lr"] = float(rate) * ratio
        batch = {name: part.to(where) for name, part in next(batches).items()}
        with autocast(precision, where):
            loss = task.training_step(batch)
        losses.append(float(loss.detach()))
        smoothed = smooth(np.array(losses))[-1]
        if not smoothed <= _DIVERGED * best:
            return
        best = min(best, smoothed)
        yield losses[-1]
        optimizer.zero_grad()
        scaler.scale(loss).backward()
        if task.config.clip:
            scaler.unscale_(optimizer)
            torch.nn.utils.clip_grad_norm_(task.parameters(), task.config.clip)
        scaler.step(optimizer)
        scaler.update()


def _endless(loader: Iterable[dict[str, Tensor]]) -> Iterator[dict[str, Tensor]]:
    return chain.from_iterable(iter(lambda: loader, None))
