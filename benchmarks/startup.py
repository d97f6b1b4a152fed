"""One film from the shell: `cinegenre predict` as a whole process, beside Python's own start."""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median

from .bundles import encoders_run, head_file, read_config
from .common import PROJECT, Cost, NotGiven, Options, Report, cinegenre, peak, spread, timed
from .older import older

RUNS = 11
OVERVIEW = "A crew wakes too early in deep space and finds a stranger aboard."
LIBRARIES = "import numpy, onnxruntime, tokenizers, PIL"
SHIPPED = PROJECT / "src" / "cinegenre" / "models" / "default"
OURS, FLOOR = "`cinegenre predict`", "bare script: the same ONNX files opened and run"
IMPORTS = f'`python -c "{LIBRARIES}"`'


def run(options: Options) -> Report:
    """Seconds and peak memory of each command, taken in turns after one to warm up."""
    if options.model is None and not (SHIPPED / "config.json").is_file():
        raise NotGiven("this checkout has no default model: give --model DIR, a bundle")
    poster = min((PROJECT / "examples" / "posters").iterdir())
    film = ["--title", "The Long Orbit", "--poster", str(poster), "--overview", OVERVIEW]
    chosen = [] if options.model is None else ["--model", str(options.model)]
    command = cinegenre()
    with older(options.before) as before:
        commands: dict[str, tuple[list[str | Path], Path | None]] = {
            OURS: ([command, "predict", *film, *chosen], None),
            "`cinegenre --help`": ([command, "--help"], None),
            "`cinegenre --version`": ([command, "--version"], None),
            FLOOR: ([sys.executable, *floor(options.model or SHIPPED)], None),
            IMPORTS: ([sys.executable, "-c", LIBRARIES], None),
            "`python -c pass`": ([sys.executable, "-c", "pass"], None),
        }
        if before:
            commands[f"{OURS} of {before.label}"] = ([command, "predict", *film], before.source)
        costs: dict[str, list[Cost]] = {name: [] for name in commands}
        for turn in range(RUNS + 1):
            for name, (words, source) in commands.items():
                cost = timed(words, source)
                if turn:
                    costs[name].append(cost)
    seconds = {name: [cost.seconds for cost in some] for name, some in costs.items()}
    middle = {name: median(some) for name, some in seconds.items()}
    ours = middle[OURS]
    notes = [
        f"Predicting takes {ours - middle[IMPORTS]:.2f} s more than importing its four libraries "
        f"does, and {ours / middle[FLOOR]:.2f} times what its ONNX files alone take."
    ]
    if before:
        ratio = ours / middle[f"{OURS} of {before.label}"]
        notes.append(f"It takes {ratio:.2f} of what {before.label} does.")
    return Report(
        ("", f"median of {RUNS} (least to most)", "peak memory"),
        [(name, spread(seconds[name], 2, " s"), peak(costs[name])) for name in commands]
        + [("target of `cinegenre predict`", "1.00 s", "")],
        {name: [(cost.seconds, cost.megabytes) for cost in some] for name, some in costs.items()},
        notes,
    )


def floor(bundle: Path) -> list[str | Path]:
    """The bare script and the ONNX files that this film runs."""
    config = read_config(bundle)
    names = encoders_run(config, ("title", "overview", "poster"))
    files = [config["encoders"][name]["file"] for name in names] + [head_file(config)]
    return [Path(__file__).with_name("startup_floor.py"), *(bundle / file for file in files)]
