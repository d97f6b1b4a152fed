"""The learning-rate range test: the loss while the rate rises (Smith 2017, section 3.3).

Lightning's `Tuner.lr_find` does not serve: it gives every parameter group the same rate, uses the
run's own loader and leaves the random state moved.
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
from ...files import whole, write_text
from ..precision import Precision, autocast, device
from ..recipe import Recipe
from .apart import learned
from .prepared import precision_for, prepare
from .task import GenreTask
from .trainer import be_quiet

_BETA = 0.98  # of the running mean, as in fastai and Lightning
_DIVERGED = 4.0  # times the best smoothed loss


@dataclass(frozen=True)
class RangeTest:
    """Learning rates, the loss of the batch at each and its running mean, all (steps,).

    `suggestion` is the rate at which the smoothed loss falls most steeply over the logarithm of
    the rate: fastai's `steep`, which as its `lr_find` looks at neither the first tenth of the
    steps nor the last five.
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
    """Train a copy of `task` on `loader`, over again if it is short, from rate `low` to `high`.

    The rate rises by one factor a step and parameter groups keep their ratios. It ends early when
    the smoothed loss passes four times its best. `precision` is Lightning's name of it. Neither
    the task nor torch's random state has changed afterwards; the loader has: give it its own.
    Raises `UserError` when the loss falls nowhere, or diverges before there is a slope.
    """
    where = device()
    with torch.random.fork_rng():
        trained = copy.deepcopy(task).to(where).train()
        batches = _endless(loader)
        rates = np.geomspace(low, high, steps)
        losses = list(_losses(trained, batches, rates, precision, where))
    found = np.array(losses)
    smoothed = smooth(found)
    return RangeTest(rates[: len(found)], found, smoothed, steepest(rates, smoothed, steps))


def find_rate(
    task: GenreTask, loader: Iterable[dict[str, Tensor]], out: Path, precision: Precision
) -> float:
    """The suggested rate for `task`, with range_test.csv and range_test.png written in `out`.

    For before training: `task` has no trainer yet, and `loader` is one of its own.
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
    """`find_rate` for a recipe that is not trained, on its training films."""
    be_quiet()
    L.seed_everything(recipe.seed, verbose=False)
    precision = precision_for(recipe)
    ready = prepare(recipe, data, precision)
    if not ready.model.apart:  # what is apart has no part in the losses
        ready = learned(ready, recipe.seed, out)
    return find_rate(ready.task(recipe), ready.loader("train", recipe), out, precision)


def smooth(losses: np.ndarray) -> np.ndarray:
    """The exponential running mean of (steps,) losses, without its bias towards zero."""
    mean = 0.0
    means: list[float] = []
    for loss in losses:
        mean = _BETA * mean + (1 - _BETA) * float(loss)
        means.append(mean / (1 - _BETA ** (len(means) + 1)))
    return np.array(means)


def steepest(rates: np.ndarray, smoothed: np.ndarray, steps: int) -> float:
    """Where (steps,) smoothed losses fall most steeply over log rate; see `RangeTest`."""
    first, last = steps // 10, len(smoothed) - 5
    if last - first < 2:
        raise UserError(
            f"the range test diverged after {len(smoothed)} of {steps} steps",
            "set train.learning_rate yourself",
        )
    slopes = np.diff(smoothed[first:last]) / np.diff(np.log(rates[first:last]))
    if not slopes.min() < 0:
        raise UserError(
            "the loss fell nowhere in the range test", "set train.learning_rate yourself"
        )
    return float(rates[first + int(slopes.argmin())])


def plot_range_test(result: RangeTest, path: Path) -> None:
    """Loss over learning rate, the suggestion marked, as PNG."""
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
    """The loss of each step until it diverges or is no number; trains `task`."""
    # Its schedule would move the rate too, and asks a trainer for the number of steps.
    task.config = replace(task.config, schedule="constant")
    optimizer: torch.optim.Optimizer = task.configure_optimizers()
    task.on_train_epoch_start()  # unfreezes what learns from the first epoch on
    ratios = [group["lr"] / task.config.learning_rate for group in optimizer.param_groups]
    # float16 loses small gradients unless the loss is scaled up, as Lightning does it.
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
