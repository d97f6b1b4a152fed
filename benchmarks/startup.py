"""One film from the shell: `cinegenre predict` as a whole process, beside Python's own start."""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median

from .common import PROJECT, Cost, NotGiven, Options, Report, cinegenre, peak, spread, timed

RUNS = 11
OVERVIEW = "A crew wakes too early in deep space and finds a stranger aboard."
LIBRARIES = "import numpy, onnxruntime, tokenizers, PIL"
SHIPPED = PROJECT / "src" / "cinegenre" / "models" / "default"


def run(options: Options) -> Report:
    """Seconds and peak memory of each command, taken in turns after one to warm up."""
    if options.model is None and not (SHIPPED / "config.json").is_file():
        raise NotGiven("this checkout has no default model: give --model DIR, a bundle")
    poster = min((PROJECT / "examples" / "posters").iterdir())
    film = ["--title", "The Long Orbit", "--poster", str(poster), "--overview", OVERVIEW]
    chosen = [] if options.model is None else ["--model", str(options.model)]
    commands: dict[str, list[str | Path]] = {
        "cinegenre predict": [cinegenre(), "predict", *film, *chosen],
        f'python -c "{LIBRARIES}"': [sys.executable, "-c", LIBRARIES],
        "python -c pass": [sys.executable, "-c", "pass"],
    }
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for turn in range(RUNS + 1):
        for name, command in commands.items():
            cost = timed(command)
            if turn:
                costs[name].append(cost)
    seconds = {name: [cost.seconds for cost in some] for name, some in costs.items()}
    middle = {name: median(some) for name, some in seconds.items()}
    ours, libraries, _ = middle.values()
    return Report(
        ("", f"median of {RUNS} (least to most)", "peak memory"),
        [(f"`{name}`", spread(seconds[name], 2, " s"), peak(costs[name])) for name in commands]
        + [("target of `cinegenre predict`", "1.00 s", "")],
        {name: [(cost.seconds, cost.megabytes) for cost in some] for name, some in costs.items()},
        [f"Predicting takes {ours - libraries:.2f} s more than importing its four libraries does."],
    )
