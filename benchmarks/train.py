"""Films a second of `cinegenre train`, beside a plain PyTorch loop over the same model."""

from __future__ import annotations

import csv
import json
import os
import shutil
from pathlib import Path
from statistics import median
from typing import Any

from .common import (
    NotGiven,
    Options,
    Report,
    cinegenre,
    extra,
    peak,
    python_module,
    scratch,
    spread,
    timed,
)

RECIPE, ROW = "cnn_lstm_slides", "model_1"
TURNS = 2
EPOCHS = 3
SECONDS = 20
"""Of the plain loop a turn, at least."""
THREADS = os.environ.get("OMP_NUM_THREADS", "not set, so all cores")


def run(options: Options) -> Report:
    """Ours over whole epochs after the first, the peers over batches, in turns."""
    if options.data is None:
        raise NotGiven("give --data DIR, a data set that `cinegenre data prepare` wrote")
    extra("lightning", "train")
    epochs: list[dict[str, float]] = []
    first: list[float] = []
    loading: list[float] = []
    costs = []
    peers: dict[str, list[dict[str, Any]]] = {"longest": [], "batch": []}
    for _ in range(TURNS):
        with scratch() as folder:
            data = _fresh(options.data, folder / "data")
            costs.append(timed([
                cinegenre(), "train", RECIPE, "--row", ROW, "--data", data, "--out", folder / "run",
                "--set", f"train.epochs={EPOCHS}", "--set", f"train.patience={EPOCHS}",
            ]))  # fmt: skip
            info = json.loads((folder / "run" / "run.json").read_text(encoding="utf-8"))
            with (folder / "run" / "history.csv").open(encoding="utf-8", newline="") as file:
                history = [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]
            loading.append(info["seconds_loading"])
            first.append(info["films"]["train"] / (loading[-1] + history[0]["seconds"]))
            epochs += history[1:]
            for pad, found in peers.items():
                command = python_module(
                    "plain_loop", data, folder / "posters", "--recipe", RECIPE, "--row", ROW,
                    "--pad", pad, "--seconds", str(SECONDS),
                )  # fmt: skip
                cost = timed(command)
                found.append(json.loads(cost.output) | {"megabytes": cost.megabytes})
    ours = [row["films_per_second"] for row in epochs]
    plain = {pad: [one["films_per_second"] for one in found] for pad, found in peers.items()}
    longest = peers["longest"][0]["longest"]
    rows = [
        (f"cinegenre train, epochs 2 to {EPOCHS}", spread(ours, 0), "1.0", peak(costs)),
        ("cinegenre train, epoch 1 with loading and decoding", spread(first, 0), "", ""),
        *(
            (f"plain loop, padded to the longest of the {what}", spread(plain[pad], 0),
             f"{median(ours) / median(plain[pad]):.1f}", "")
            for pad, what in (("longest", f"training set ({longest})"), ("batch", "batch"))
        ),
        ("target", "", "3.0", ""),
    ]  # fmt: skip
    counts = {pad: " + ".join(str(one["batches"]) for one in some) for pad, some in peers.items()}
    return Report(
        ("", "films/s, median (least to most)", "ours ÷ this", "peak memory"),
        rows,
        {"ours": ours, "first_epoch": first, "seconds_loading": loading, "plain": peers,
         "precision": info["precision"], "threads": THREADS, "films": info["films"]["train"]},
        [
            f"{RECIPE}, {ROW}: {info['films']['train']:,} films, batches of 256, ours in "
            f"{info['precision']}, the plain loop in float32 with two workers; {TURNS} turns, each "
            f"in a process of its own. OMP_NUM_THREADS: {THREADS}.",
            f"Ours over {len(ours)} whole epochs; the plain loop over {counts['longest']} and "
            f"{counts['batch']} batches. Loading and decoding took ours "
            f"{spread(loading, 1, ' s')}, once for all later runs.",
        ],
    )  # fmt: skip


def _fresh(data: Path, copy: Path) -> Path:
    """The data set under another name without its cache, so that posters are decoded anew."""
    copy.mkdir()
    for file in data.iterdir():
        if file.is_file():
            try:
                os.link(file, copy / file.name)
            except OSError:  # another disk
                shutil.copyfile(file, copy / file.name)
    return copy
