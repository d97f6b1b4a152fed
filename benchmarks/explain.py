"""`Tagger.explain`: seconds a film by its inputs, and how many predictions that is worth."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median

from .common import NotGiven, Options, Report, peak, python_module, spread, timed

FILMS = 20
INPUTS = (("title", "overview"), ("poster",), ("title", "overview", "poster"))


def run(options: Options) -> Report:
    """The test films with the longest overviews, on one core, and with all inputs on all cores."""
    if options.data is None:
        raise NotGiven("give --data DIR, a prepared data set with posters")
    chosen: list[str | Path] = [] if options.model is None else ["--model", options.model]
    rows, figures = [], {}
    for inputs, threads in [*((each, 1) for each in INPUTS), (INPUTS[-1], 0)]:
        cost = timed(
            python_module("explain_run", options.data, "--inputs", ",".join(inputs),
                          "--films", FILMS, "--threads", threads, *chosen)
        )  # fmt: skip
        said = json.loads(cost.output)
        name = f"{', '.join(inputs)}: {f'{threads} core' if threads else 'all cores'}"
        ratio = median(said["seconds"]) / median(said["predicting"])
        rows.append((name, spread(said["seconds"], 2, " s"), f"{ratio:.0f}", peak([cost])))
        figures[name] = said
    head = ("inputs", "a film, median (least to most)", "times a prediction", "peak memory")
    words = figures[next(iter(figures))]["words"]
    return Report(
        head, rows, figures,
        [f"{FILMS} test films with the longest overviews: {min(words)} to {max(words)} words."],
    )  # fmt: skip
