"""Every row of the five papers on the data set's test films, the papers' figures beside ours.

Runs `cinegenre reproduce` into a folder a paper under `--runs`; rows that are done stay as they
are. `--weights` has a folder a pretrained model: `minilm` and `resnet50`.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cinegenre.evaluate.published import measure, published_rows
from cinegenre.reproduce.outcome import RowResult
from cinegenre.train.recipe_files import read_recipe

from .common import Failed, NotGiven, Options, Report, cinegenre, extra

SETTINGS: dict[str, tuple[str, ...]] = {
    "mavromatakis": (),
    "baveja_srinivasan": (
        "encoders.text.model={weights}/minilm",
        "encoders.poster.model={weights}/resnet50",
    ),
    "cnn_lstm_slides": (),
    "irbaz": ("encoders.poster.model={weights}/resnet50",),
    "dave": (),
}
"""What our runs set: where the pretrained weights are."""
SEEDS = (1, 2)
"""Further seeds, beside the recipes' own 0, of rows that take less than `SHORT`."""
SHORT = 300.0
"""Seconds of a row with seed 0, loading and the pretraining of a language model included."""


def run(options: Options) -> Report:
    """Reproduce all five; a line a row and measure."""
    if options.data is None:
        raise NotGiven("give --data, a data set prepared with --labels imdb=…")
    if options.runs is None:
        raise NotGiven("give --runs, a folder to keep the rows in (many hours on 2 cores)")
    if options.weights is None:
        raise NotGiven("give --weights, a folder with minilm and resnet50")
    extra("transformers", "transformers")
    lines: list[list[str]] = []
    figures: dict[str, Any] = {}
    for paper in SETTINGS:
        _reproduce(options, paper)
        rows = dict(_rows(paper, options.runs / paper))
        short = [row for row, said in rows.items() if _is_short(paper, row, said)]
        again = []
        for seed in SEEDS if short else ():
            out = _reproduce(options, paper, seed=seed, only=short)
            again.append(dict(_rows(paper, out)))
        figures[paper] = rows | {f"seed {n}": part for n, part in zip(SEEDS, again, strict=False)}
        for row, said in rows.items():
            others = [part[row] for part in again if row in part]
            lines += _lines(paper, row, said, others)
    head = ["paper", "row", "films", "epochs", "seconds", "measure", "paper's", "ours",
            "ours, other seeds", "macro AP", "interval", "macro AP, other seeds"]  # fmt: skip
    notes = ["Decisions at 0.5, as the papers decide. Macro AP with its 95 % interval. † still "
             "learning: the best epoch was the last. A figure that a paper gives without its kind "
             "has a line for each that it can be. Rows of less than five minutes were run with "
             f"the seeds {' and '.join(map(str, SEEDS))} too."]  # fmt: skip
    return Report(head, lines, figures, notes)


def _reproduce(options: Options, paper: str, seed: int = 0, only: Sequence[str] = ()) -> Path:
    assert options.runs is not None
    out = options.runs / (f"{paper}-seed{seed}" if seed else paper)
    sets = [text.format(weights=options.weights) for text in SETTINGS[paper]]
    sets += [f"seed={seed}"] if seed else []
    words = [cinegenre(), "reproduce", paper, "--data", options.data, "--out", out]
    words += [word for text in sets for word in ("--set", text)]
    words += [word for row in only for word in ("--only", row)]
    if subprocess.run([str(w) for w in words], check=False, stdout=subprocess.DEVNULL).returncode:
        raise Failed(f"cinegenre reproduce {paper} did not succeed")
    return out


def _is_short(paper: str, row: str, said: dict[str, Any]) -> bool:
    """Whether a row is cheap to repeat; one that starts from other rows needs theirs too."""
    starts = read_recipe(paper)["rows"][row].get("start")
    if starts or "training" not in said:
        return False
    training = said["training"]
    # Another seed pretrains the language model anew, which may have been reused here.
    begun = sum(part.get("seconds", 0.0) for part in training.get("begun", {}).values())
    return bool(training["seconds"] + begun < SHORT)


def _rows(paper: str, out: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each finished row with its metrics.json, in the recipe's order."""
    for row in read_recipe(paper)["rows"]:
        path = out / row / "metrics.json"
        if path.exists():
            yield row, json.loads(path.read_text(encoding="utf-8"))


def _lines(
    paper: str, row: str, said: dict[str, Any], others: Sequence[dict[str, Any]]
) -> Iterator[list[str]]:
    result = RowResult.from_dict(said)
    summary, training = result.summary, result.training
    again = [RowResult.from_dict(other).summary for other in others]
    low, high = summary.intervals["macro_ap"]
    films, epochs, seconds = "", "", ""
    if training is not None:
        seen = training.oversampled.films if training.oversampled else training.films["train"]
        films, seconds = f"{seen:,}", f"{training.seconds:,.0f}"
        epochs = f"{training.best_epoch + 1} of {training.epochs}{' †' * training.still_learning}"
    # Not as the row kept them: a figure may be read in more ways since.
    published = published_rows(read_recipe(paper)).get(row, {})
    for name in published or [""]:
        known = measure(name) if published else None
        yield [
            paper, row, films, epochs, seconds, known.label if known else "",
            f"{published[name]:.3f}" if known else "",
            _three([known.of(summary)] if known else []),
            _three([known.of(other) for other in again] if known else []),
            _three([summary.headline["macro_ap"]]), f"{low:.3f} to {high:.3f}",
            _three([other.headline["macro_ap"] for other in again]),
        ]  # fmt: skip


def _three(values: Sequence[float | None]) -> str:
    return ", ".join("" if value is None else f"{value:.3f}" for value in values)
