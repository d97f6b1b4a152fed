"""Every row of the five papers on the data set's test films, the papers' figures beside ours.

Runs `cinegenre reproduce` into a folder a paper under `--runs`; rows that are done stay as they
are. `--weights` has a folder a pretrained model: `minilm` and `resnet50`.
"""

from __future__ import annotations

import json
import subprocess
import tomllib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

from .common import Failed, NotGiven, Options, Report, cinegenre, extra

SETTINGS: dict[str, tuple[str, ...]] = {
    "mavromatakis": (),
    "baveja_srinivasan": (
        "encoders.text.model={weights}/minilm",
        "encoders.poster.model={weights}/resnet50",
        "inputs.text.max_tokens=64",
    ),
    "cnn_lstm_slides": (),
    "irbaz": (
        "encoders.poster.model={weights}/resnet50",
        "encoders.text.language_model={{epochs=2,tokens=400000}}",
    ),
    "dave": (),
}
"""What our runs set otherwise than the recipes, to fit a CPU."""


def run(options: Options) -> Report:
    """Reproduce all five; a line a row and measure."""
    if options.data is None:
        raise NotGiven("give --data, a data set prepared with --labels imdb=…")
    if options.runs is None:
        raise NotGiven("give --runs, a folder to keep the rows in (two hours on 2 cores)")
    if options.weights is None:
        raise NotGiven("give --weights, a folder with minilm and resnet50")
    extra("transformers", "transformers")
    lines: list[list[str]] = []
    figures: dict[str, Any] = {}
    for paper, settings in SETTINGS.items():
        out = options.runs / paper
        sets = [f"--set={text.format(weights=options.weights)}" for text in settings]
        words = [cinegenre(), "reproduce", paper, "--data", options.data, "--out", out, *sets]
        if subprocess.run(
            [str(w) for w in words], check=False, stdout=subprocess.DEVNULL
        ).returncode:
            raise Failed(f"cinegenre reproduce {paper} did not succeed")
        figures[paper] = dict(_rows(paper, out))
        lines += [line for row, said in figures[paper].items() for line in _lines(paper, row, said)]
    head = ["paper", "row", "films", "epochs", "seconds", "measure", "paper's", "ours", "macro AP",
            "interval"]  # fmt: skip
    notes = ["Decisions at 0.5, as the papers decide. Macro AP with its 95 % interval. † still "
             "learning: the best epoch was the last. A figure that a paper gives without its kind "
             "has a line for each that it can be."]  # fmt: skip
    return Report(head, lines, figures, notes)


def _rows(paper: str, out: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each row with its metrics.json, in the recipe's order."""
    recipe = resources.files("cinegenre.train") / "recipes" / f"{paper}.toml"
    for row in tomllib.loads(recipe.read_text(encoding="utf-8"))["rows"]:
        yield row, json.loads((out / row / "metrics.json").read_text(encoding="utf-8"))


def _lines(paper: str, row: str, said: dict[str, Any]) -> Iterator[list[str]]:
    from cinegenre.evaluate.published import measure, published_rows
    from cinegenre.reproduce.outcome import RowResult
    from cinegenre.train.recipe import read_recipe

    result = RowResult.from_dict(said)
    summary, training = result.summary, result.training
    low, high = summary.intervals["macro_ap"]
    films, epochs, seconds = "", "", ""
    if training is not None:
        seen = training.oversampled.films if training.oversampled else training.films["train"]
        films, seconds = f"{seen:,}", f"{training.seconds:,.0f}"
        epochs = f"{training.best_epoch + 1} of {training.epochs}{' †' * training.still_learning}"
    # Not as the row kept them: a figure may be read in more ways since.
    published = published_rows(read_recipe(paper)).get(row, {})
    for name in published or [""]:
        values = (published[name], measure(name).of(summary)) if published else (None, None)
        yield [
            paper, row, films, epochs, seconds, measure(name).label if name else "",
            *("" if value is None else f"{value:.3f}" for value in values),
            f"{summary.headline['macro_ap']:.3f}", f"{low:.3f} to {high:.3f}",
        ]  # fmt: skip
