"""`cinegenre tag` over a library made of real films and posters; the model's loading apart."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from .common import Failed, NotGiven, Options, Report, peak, python_module, scratch, spread, timed
from .startup import SHIPPED

if TYPE_CHECKING:
    from cinegenre import Movie

FILMS, RUNS = 600, 3
TARGET = 15.0
"""Seconds for 500 films."""
STEPS = {
    "shown": "shown, nothing written",
    "written": "`--write`, with journal and .bak",
    "again": "`--write` again: nothing to do",
    "undone": "`--undo`",
}


def run(options: Options) -> Report:
    """Seconds of each step, over a fresh library a run, in a process of its own."""
    if options.source is None:
        raise NotGiven("give --source DIR, The Movies Dataset with posters/")
    costs = []
    for _ in range(RUNS):
        with scratch() as folder:
            films = write_library(options.source, folder / "films")
            costs.append(
                timed(python_module("tag_run", folder / "films", "--model",
                                    options.model or SHIPPED))
            )  # fmt: skip
    found = [json.loads(cost.output) for cost in costs]
    seconds = {name: [one[name] for one in found] for name in STEPS}
    rate = [500 * value / films for value in seconds["written"]]
    used = {name: [one["cpu"][name] for one in found] for name in STEPS}
    rows = [
        (text, spread(seconds[name], 2, " s"), spread(used[name], 2, " s"))
        for name, text in STEPS.items()
    ]
    rows += [("500 films, written", spread(rate, 2, " s"), ""), ("target", f"{TARGET:.2f} s", "")]
    return Report(
        ("", f"median of {RUNS} (least to most)", "the processor's seconds, all cores"),
        rows,
        {"films": films, "seconds": seconds, "cpu": used,
         "loading": [one["loading"] for one in found],
         "megabytes": [cost.megabytes for cost in costs]},
        [
            f"{films} films with posters, a folder each, without genres; {found[0]['files']} .nfo "
            "files were changed, and after the undo all are byte-equal to the start.",
            f"Loading the model took {spread([one['loading'] for one in found], 2, ' s')} and is "
            f"not counted; peak memory {peak(costs)}.",
        ],
    )  # fmt: skip


def write_library(source: Path, folder: Path, count: int = FILMS) -> int:
    """The first films with a poster as a library: a folder each, movie.nfo and poster.jpg."""
    from cinegenre import Movie
    from cinegenre.readers import the_movies_dataset

    done = 0
    for film in the_movies_dataset.read(source, posters=source / "posters", cast=0):
        if not isinstance(film, Movie) or film.poster is None or not film.title:
            continue
        name = re.sub(r'[<>:"/\\|?*]|\.+$', "", film.title)
        home = folder / (f"{name} ({film.year})" if film.year else name)
        if home.exists():
            continue
        home.mkdir(parents=True)
        (home / "movie.nfo").write_bytes(nfo(film, "\r\n" if done % 2 else "\n"))
        (home / f"{name}.mkv").touch()
        shutil.copyfile(str(film.poster), home / "poster.jpg")
        done += 1
        if done == count:
            return done
    raise Failed(f"{source} has only {done} films with posters")


def nfo(film: Movie, end: str, genres: Sequence[str] = ()) -> bytes:
    """A film's .nfo, with these genres."""
    lines = ['<?xml version="1.0" encoding="utf-8" standalone="yes"?>', "<movie>"]
    lines += [f"  <plot>{escape(film.overview or '')}</plot>", "  <lockdata>false</lockdata>"]
    lines += [f"  <title>{escape(film.title or '')}</title>", f"  <year>{film.year or ''}</year>"]
    lines += [f"  <studio>{escape(name)}</studio>" for name in film.companies]
    lines += [f"  <genre>{escape(genre)}</genre>" for genre in genres]
    lines += [f'  <uniqueid type="imdb">{film.id}</uniqueid>', "</movie>"]
    return end.join(lines).encode("utf-8")


if __name__ == "__main__":
    sys.exit("run: python -m benchmarks tag")
