"""Films a second from JPEG files and strings to probabilities, beside a plain loop and a limit."""

from __future__ import annotations

import io
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
from .older import Older, older
from .startup import SHIPPED

FILMS, MORE, PLAIN, RUNS = 1000, 4000, 100, 3
TARGET, TIMES, MEGABYTES = 70, 6, 700
LARGE, FEWER = ((500, 750), (1000, 1500)), 200
"""Sizes of posters that catalogues have, the data's being 224 pixels wide, and films of each."""
LOOPS = {"loop": ("efficientnet-lite0", "efficientnet-lite2"), "usual": ("resnet50",)}
"""The image models of the shipped bundle, and the one that most would take."""


def run(options: Options) -> Report:
    """Ours, the loops and an older version in turns, each a process of its own, over films of
    `test`.
    """
    if options.data is None:
        raise NotGiven("give --data DIR, a prepared data set")
    if options.weights is None:
        raise NotGiven(
            "give --weights DIR with minilm, resnet50, efficientnet-lite0 and -lite2, for the loops"
        )
    for module, name in (("transformers", "transformers"), ("onnx", "train")):
        extra(module, name)
    model = options.model or SHIPPED
    with older(options.before) as before, scratch() as folder:
        count = write_films(options.data, folder)
        for size in LARGE:
            write_films(options.data, folder / named(size), FEWER, size)
        commands = turns(folder, model, options.weights, before)
        costs: dict[str, list[Cost]] = {key: [] for key in commands}
        for _ in range(RUNS):
            for key, (command, source) in commands.items():
                costs[key].append(timed(command, source))
        many = timed(python_module("predict_run", folder, "--model", model, "--films", MORE))
        limit = json.loads(timed(python_module("predict_limit", folder, "--model", model)).output)
    rates = {key: [rate(cost) for cost in some] for key, some in costs.items()}
    middle = {key: median(some) for key, some in rates.items()}
    kinds = {"ours": "`Tagger.predict`"}
    kinds |= {named(size): f"the same, {FEWER} films, posters of {named(size)}" for size in LARGE}
    rows = [(kinds[key], spread(rates[key], 1), peak(costs[key])) for key in kinds]
    rows.insert(1, (f"the same, {MORE:,} films", f"{rate(many):.1f}", peak([many])))
    notes = [
        f"{count:,} films of `test` with title, overview and poster, companies where known; "
        "loading the model is not counted. "
        f"Large posters are theirs made larger (LANCZOS, JPEG quality 90), {FEWER} films.",
        "The loops: transformers, torch and Pillow, a film at a time, float32.",
        f"{middle['ours'] / middle['loop']:.1f} times the loop over the same encoders, "
        f"{middle['ours'] / middle['usual']:.1f} times that with ResNet-50 (in turns, same films); "
        f"{middle['ours'] / limit['films_per_second']:.0%} of the limit, {limit['giga']:.2f} Gop a "
        f"film at {limit['rate'] / 1000:.2f} Top/s in 8-bit integers on all cores.",
    ]
    if before:
        rows += [
            (f"{kinds[key]}, by {before.label}", spread(rates[f"{key} before"], 1),
             peak(costs[f"{key} before"]))
            for key in kinds
        ]  # fmt: skip
        times = [f"{middle[key] / middle[f'{key} before']:.2f}" for key in kinds]
        notes.append(f"{', '.join(times)} times as many films a second as {before.label}: posters "
                     f"as they are, of {' and of '.join(map(named, LARGE))}.")  # fmt: skip
    return Report(
        ("", f"films a second, median of {RUNS}", "peak memory"),
        [
            *rows,
            ("plain loop over the same encoders", spread(rates["loop"], 1), peak(costs["loop"])),
            ("plain loop, ResNet-50 in place of both", spread(rates["usual"], 1),
             peak(costs["usual"])),
            ("limit: its operations at the measured matrix rate",
             f"{limit['films_per_second']:.0f}", ""),
            (f"target: {TARGET}, and {TIMES} times the loop", f"{TARGET}.0", f"{MEGABYTES} MB"),
        ],
        rates | {"limit": limit, "megabytes": [c.megabytes for c in [*costs["ours"], many]]},
        notes,
    )  # fmt: skip


def turns(
    folder: Path, model: Path, weights: Path, before: Older | None
) -> dict[str, tuple[list[str], Path | None]]:
    """What runs in turns by its name in the figures: the command, and whose cinegenre it takes."""
    sets = {"ours": (folder, FILMS)} | {
        named(size): (folder / named(size), FEWER) for size in LARGE
    }
    commands: dict[str, tuple[list[str], Path | None]] = {}
    for key, (films, number) in sets.items():
        run = python_module("predict_run", films, "--films", number)
        commands[key] = [*run, "--model", str(model)], None
        if before:
            commands[f"{key} before"] = run, before.source
    for key, images in LOOPS.items():
        loop = python_module("predict_loop", folder, weights, *images, "--films", PLAIN)
        commands[key] = loop, None
    return commands


def rate(cost: Cost) -> float:
    """Films a second, as a process printed it."""
    found: float = json.loads(cost.output)["films_per_second"]
    return found


def named(size: tuple[int, int]) -> str:
    """Width and height as a table has them."""
    return f"{size[0]} × {size[1]}"


def write_films(
    data: Path, folder: Path, count: int = FILMS, size: tuple[int, int] | None = None
) -> int:
    """`count` test films as films.jsonl with their posters beside it, made as large as `size`."""
    from cinegenre.data.dataset import PreparedSet

    lines: list[str] = []
    folder.mkdir(exist_ok=True)
    for film in PreparedSet.open(data).films("test"):
        if not {"title", "overview", "poster"} <= set(film.inputs) or len(lines) == count:
            continue
        assert isinstance(film.poster, bytes)
        path = folder / f"{len(lines):05}.jpg"
        path.write_bytes(film.poster if size is None else enlarged(film.poster, size))
        table = asdict(replace(film, poster=None, genres=()))
        lines.append(json.dumps(table | {"poster": str(path)}))
    if not lines:
        raise Failed(f"{data} has no test film with title, overview and poster")
    (folder / "films.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(lines)


def enlarged(poster: bytes, size: tuple[int, int]) -> bytes:
    """A poster stretched to `size`, as a JPEG of quality 90."""
    from PIL import Image

    out = io.BytesIO()
    image = Image.open(io.BytesIO(poster)).convert("RGB")
    image.resize(size, Image.Resampling.LANCZOS).save(out, "JPEG", quality=90)
    return out.getvalue()


def read_films(folder: Path, count: int) -> list[dict[str, object]]:
    """The first `count` films, from the start again where there are fewer."""
    lines = (folder / "films.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(lines[i % len(lines)]) for i in range(count)]


if __name__ == "__main__":
    sys.exit("run: python -m benchmarks predict")
