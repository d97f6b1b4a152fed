"""Films a second from JPEG files and strings to probabilities, beside a plain loop and a limit."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from statistics import median

from .common import (
    Cost,
    Failed,
    NotGiven,
    Options,
    Report,
    extra,
    peak,
    python_module,
    scratch,
    spread,
    timed,
)
from .startup import SHIPPED

FILMS, MORE, PLAIN, RUNS = 1000, 4000, 100, 3
TARGET, TIMES, MEGABYTES = 70, 6, 700
OURS, USUAL = ("efficientnet-lite0", "efficientnet-lite2"), ("resnet50",)
"""The image models of the shipped bundle, and the one that most would take."""


def run(options: Options) -> Report:
    """Ours and the loop in turns, each a process of its own, over the same films of `test`."""
    if options.data is None:
        raise NotGiven("give --data DIR, a prepared data set")
    if options.weights is None:
        raise NotGiven(
            "give --weights DIR with minilm, resnet50, efficientnet-lite0 and -lite2, for the loops"
        )
    for module, name in (("transformers", "transformers"), ("onnx", "train")):
        extra(module, name)
    model = options.model or SHIPPED
    with scratch() as folder:
        count = write_films(options.data, folder)
        ours: list[Cost] = []
        loops: dict[tuple[str, ...], list[Cost]] = {OURS: [], USUAL: []}
        for _ in range(RUNS):
            ours.append(timed(python_module("predict_run", folder, "--model", model)))
            for images, loop in loops.items():
                loop.append(
                    timed(python_module("predict_loop", folder, options.weights, *images,
                                        "--films", PLAIN))
                )  # fmt: skip
        many = timed(python_module("predict_run", folder, "--model", model, "--films", MORE))
        work = timed(python_module("predict_limit", folder, "--model", model))
    rates = [json.loads(cost.output)["films_per_second"] for cost in ours]
    plain, usual = (
        [json.loads(cost.output)["films_per_second"] for cost in loop] for loop in loops.values()
    )
    limit = json.loads(work.output)
    best = limit["films_per_second"]
    share, times = median(rates) / best, median(rates) / median(plain)
    of_usual = median(rates) / median(usual)
    return Report(
        ("", f"films a second, median of {RUNS}", "peak memory"),
        [
            ("`Tagger.predict`", spread(rates, 1), peak(ours)),
            (f"the same, {MORE:,} films", f"{json.loads(many.output)['films_per_second']:.1f}",
             peak([many])),
            ("plain loop over the same encoders", spread(plain, 1), peak(loops[OURS])),
            ("plain loop, ResNet-50 in place of both", spread(usual, 1), peak(loops[USUAL])),
            ("limit: its operations at the measured matrix rate", f"{best:.0f}", ""),
            (f"target: {TARGET}, and {TIMES} times the loop", f"{TARGET}.0", f"{MEGABYTES} MB"),
        ],
        {"ours": rates, "loop": plain, "usual": usual, "limit": limit,
         "megabytes": [cost.megabytes for cost in [*ours, many]]},
        [
            f"{count:,} films of `test` with title, overview and poster, companies where known; "
            "loading the model is not counted.",
            "The loops: transformers, torch and Pillow, a film at a time, float32.",
            f"{times:.1f} times the loop over the same encoders, {of_usual:.1f} times that with "
            f"ResNet-50 (in turns, same films); {share:.0%} of the limit, "
            f"{limit['giga']:.2f} Gop a film at {limit['rate'] / 1000:.2f} Top/s in 8-bit integers "
            "on all cores.",
        ],
    )  # fmt: skip


def write_films(data: Path, folder: Path) -> int:
    """`FILMS` test films as films.jsonl with their posters beside it."""
    from cinegenre.data.dataset import PreparedSet

    lines = []
    for film in PreparedSet.open(data).films("test"):
        if not {"title", "overview", "poster"} <= set(film.inputs) or len(lines) == FILMS:
            continue
        assert isinstance(film.poster, bytes)
        path = folder / f"{len(lines):05}.jpg"
        path.write_bytes(film.poster)
        table = asdict(replace(film, poster=None, genres=()))
        lines.append(json.dumps(table | {"poster": str(path)}))
    if not lines:
        raise Failed(f"{data} has no test film with title, overview and poster")
    (folder / "films.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(lines)


def read_films(folder: Path, count: int) -> list[dict[str, object]]:
    """The first `count` films, from the start again where there are fewer."""
    lines = (folder / "films.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(lines[i % len(lines)]) for i in range(count)]


if __name__ == "__main__":
    sys.exit("run: python -m benchmarks predict")
