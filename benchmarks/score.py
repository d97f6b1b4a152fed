"""`cinegenre score` over growing sources: a film's cost, the straight line, where time goes."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from .common import (
    Cost,
    Failed,
    NotGiven,
    Options,
    Report,
    cinegenre,
    extra,
    python_module,
    scratch,
    timed,
)
from .startup import SHIPPED

SIZES = (1_000, 10_000, 100_000)
CATALOGUE = 100_000_000
TARGET, RAY, MEGABYTES = 0.9, 0.8, 1000


@dataclass(frozen=True)
class Line:
    """Seconds = `start` + `film` × films; `worst` is the largest relative distance of a point."""

    start: float
    film: float
    worst: float

    @classmethod
    def through(cls, points: list[tuple[int, float]]) -> Line:
        """Least squares on relative errors, so that the largest size does not decide alone."""
        weights = [1 / seconds**2 for _, seconds in points]
        total = sum(weights)
        mean_x = sum(w * x for w, (x, _) in zip(weights, points, strict=True)) / total
        mean_y = sum(w * y for w, (_, y) in zip(weights, points, strict=True)) / total
        across = sum(w * (x - mean_x) * (y - mean_y)
                     for w, (x, y) in zip(weights, points, strict=True))  # fmt: skip
        along = sum(w * (x - mean_x) ** 2 for w, (x, _) in zip(weights, points, strict=True))
        film = across / along if along else mean_y / mean_x
        start = mean_y - film * mean_x
        return cls(start, film, max(abs(start + film * x - y) / y for x, y in points))


def run(options: Options) -> Report:
    """Each size once, `Tagger.predict` and Ray beside the second, and the parts of a film."""
    if options.data is None:
        raise NotGiven("give --data DIR, a prepared data set")
    extra("ray", "ray")
    sizes = options.films or SIZES
    model = options.model or SHIPPED
    cores = os.cpu_count() or 1
    second = min(1, len(sizes) - 1)  # of fewer films most of Ray's time is its start
    middle = sizes[second]
    with scratch() as folder:
        count = write_films(options.data, folder)
        source = folder / "films.jsonl"
        beside = timed(python_module("predict_run", folder, "--model", model, "--films", middle))
        costs: list[tuple[int, Cost, float]] = []
        for size in sizes:
            cost, rate = scored(source, folder / str(size), size, model)
            costs.append((size, cost, rate))
        ray_cost, ray_rate = scored(source, folder / "ray", middle, model, "--engine", "ray")
        parts = json.loads(timed(python_module("score_parts", source, "--model", model)).output)
    predict = json.loads(beside.output)["films_per_second"]
    ours = costs[second][2]
    line = Line.through([(size, cost.seconds) for size, cost, _ in costs])
    machine_hours = (line.start + line.film * CATALOGUE) / 3600
    rows = [
        (f"{size:,} films", f"{cost.seconds:,.1f} s", f"{rate:.1f}", _mb(cost))
        for size, cost, rate in costs
    ]
    rows += [
        (f"`Tagger.predict`, {middle:,} films", "", f"{predict:.1f}", _mb(beside)),
        (f"Ray on this machine, {middle:,} films", f"{ray_cost.seconds:,.1f} s",
         f"{ray_rate:.1f}", ""),
        (f"{CATALOGUE:,} films, from the line", f"{machine_hours:,.0f} h",
         f"{1 / line.film:.1f}", ""),
        (f"target: {TARGET} of predict, Ray {RAY} of ours", "",
         f"{TARGET * predict:.1f}", f"{MEGABYTES} MB"),
    ]  # fmt: skip
    total = sum(parts.values())
    shares = ", ".join(
        f"{name} {ms / total:.0%} ({ms:.2f} ms)"
        for name, ms in sorted(parts.items(), key=lambda item: -item[1])
    )
    return Report(
        ("`cinegenre score`, whole process", "time", "films a second", "peak memory"),
        rows,
        {
            "sizes": [
                {"films": size, "seconds": cost.seconds, "films_per_second": rate,
                 "megabytes": cost.megabytes}
                for size, cost, rate in costs
            ],
            "predict": predict, "ray": {"films_per_second": ray_rate, "seconds": ray_cost.seconds},
            "line": asdict(line), "parts_ms": parts, "core_hours": machine_hours * cores,
        },
        [
            f"{count:,} films with title, overview and poster, JPEG files of the prepared set, "
            "repeated under new ids. Films a second are those of the scoring itself, as "
            "summary.json has them; the time is the whole process, Ray's start included.",
            f"The line: {line.start:.1f} s + {1000 * line.film:.2f} ms a film, no size further "
            f"from it than {line.worst:.1%}. {CATALOGUE:,} films: {machine_hours * cores:,.0f} "
            f"core-hours ({cores} cores here).",
            f"Of `Tagger.predict` on as many films: {ours / predict:.2f}; Ray of the "
            f"one-machine engine: {ray_rate / ours:.2f}.",
            f"One core's time for a film, each part alone on one thread: {shares}.",
        ],
    )  # fmt: skip


def scored(source: Path, out: Path, films: int, model: Path, *more: str) -> tuple[Cost, float]:
    """What `cinegenre score` costs on the first `films` films, and its films a second."""
    part = out.with_suffix(".jsonl")
    lines = source.read_text(encoding="utf-8").splitlines()
    with part.open("w", encoding="utf-8") as file:
        for number in range(films):
            table = json.loads(lines[number % len(lines)])
            file.write(json.dumps(table | {"id": f"{table['id']}-{number}"}) + "\n")
    cost = timed([cinegenre(), "score", part, "--out", out, "--model", model, "--json", *more])
    summary = json.loads(cost.output.splitlines()[-1])
    if summary["errors"]:
        raise Failed(f"{summary['errors']} films could not be scored")
    return cost, summary["this_run"]["films_per_second"]


def write_films(data: Path, folder: Path) -> int:
    """Every film of the set with title, overview and poster as films.jsonl, posters beside it."""
    from cinegenre.data.dataset import PreparedSet

    prepared = PreparedSet.open(data)
    count = 0
    with (folder / "films.jsonl").open("w", encoding="utf-8") as file:
        for split in prepared.splits:
            for film in prepared.films(split):
                if not {"title", "overview", "poster"} <= set(film.inputs):
                    continue
                assert isinstance(film.poster, bytes)
                path = folder / f"{count:05}.jpg"
                path.write_bytes(film.poster)
                table = asdict(replace(film, poster=None)) | {"poster": str(path)}
                file.write(json.dumps(table) + "\n")
                count += 1
    if not count:
        raise Failed(f"{data} has no film with title, overview and poster")
    return count


def _mb(cost: Cost) -> str:
    return "n/a" if cost.megabytes is None else f"{cost.megabytes:,.0f} MB"


if __name__ == "__main__":
    sys.exit("run: python -m benchmarks score")
