"""`cinegenre data prepare` on The Movies Dataset, as a whole process, beside merely decoding it."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median

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

RUNS = 3
NEEDED = "--source DIR, with movies_metadata.csv(.gz), posters/, splits.csv and imdb_genres.csv"


def run(options: Options) -> Report:
    """Seconds and peak memory of preparing; seconds of reading the same files and no more."""
    extra("arro3.io", "data")
    csv, folder = _source(options.source)
    posters = folder / "posters"
    ours, bound = [], []
    for _ in range(RUNS):
        with scratch() as out:
            ours.append(timed([
                cinegenre(), "data", "prepare", "the_movies_dataset", csv, "--out", out / "data",
                "--posters", posters, "--splits", folder / "splits.csv",
                "--labels", f"imdb={folder / 'imdb_genres.csv'}",
            ]))  # fmt: skip
        bound.append(json.loads(timed(python_module("decode", csv, posters)).output))
    seconds = [cost.seconds for cost in ours]
    films, pictures = bound[0]["rows"], bound[0]["posters"]
    read = [part["csv"] + part["scaled"] for part in bound]
    whole = [part["csv"] + part["whole"] for part in bound]
    rows = [
        ("prepare, whole process", spread(seconds, 1, " s"), peak(ours), _rate(films, seconds),
         _rate(pictures, seconds)),
        ("target", "120 s", "2,000 MB", "", ""),
        ("CSV rows alone", spread([part["csv"] for part in bound], 2, " s"), "",
         _rate(films, [part["csv"] for part in bound]), ""),
        ("posters alone, decoded small", spread([part["scaled"] for part in bound], 1, " s"), "",
         "", _rate(pictures, [part["scaled"] for part in bound])),
        ("posters alone, decoded whole", spread([part["whole"] for part in bound], 1, " s"), "",
         "", _rate(pictures, [part["whole"] for part in bound])),
    ]  # fmt: skip
    return Report(
        ("", f"median of {RUNS}", "peak memory", "rows/s", "posters/s"),
        rows,
        {"seconds": seconds, "megabytes": [cost.megabytes for cost in ours], "bound": bound},
        [
            f"{films:,} rows, {pictures:,} posters. Preparing takes {_ratio(seconds, read)} times "
            "as long as the least that any program must do: parsing the CSV and decoding every "
            "poster at JPEG's smallest sufficient scale, in two threads; "
            f"{_ratio(seconds, whole)} times as long as with the posters decoded whole."
        ],
    )


def _source(folder: Path | None) -> tuple[Path, Path]:
    if folder is None:
        raise NotGiven(f"give {NEEDED}")
    tables = [folder / f"movies_metadata.csv{end}" for end in ("", ".gz")]
    table = next((path for path in tables if path.is_file()), tables[0])
    for path in (table, folder / "posters", folder / "splits.csv", folder / "imdb_genres.csv"):
        if not path.exists():
            raise NotGiven(f"{path} is missing: give {NEEDED}")
    return table, folder


def _rate(count: int, seconds: list[float]) -> str:
    return f"{count / median(seconds):,.0f}"


def _ratio(ours: list[float], theirs: list[float]) -> str:
    return f"{median(ours) / median(theirs):.1f}"
