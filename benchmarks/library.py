"""`cinegenre tag` over a large library made of real films, whose genres have many names."""

from __future__ import annotations

import os
import random
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from .common import Cost, Failed, NotGiven, Options, Report, scratch, timed
from .tag import nfo

if TYPE_CHECKING:
    from cinegenre import Movie

FILMS = 20_000
LACKING = 10
"""One film in so many has no genre."""
MEMORY, RATE = 300, 500
"""What is aimed at: megabytes at most, films a second at least."""
STEPS = {
    "names shown": ("--clean",),
    "names shown, as JSON": ("--clean", "--json"),
    "names written": ("--clean", "--write"),
    "names written again: nothing to do": ("--clean", "--write"),
    "taken back": ("--undo",),
    "films without a genre predicted, shown": (),
}


def run(options: Options) -> Report:
    """Seconds and peak memory of whole processes, one after the other over one library."""
    if options.source is None:
        raise NotGiven("give --source DIR, The Movies Dataset with posters/")
    wanted = options.films[0] if options.films else FILMS
    with scratch() as folder:
        library = folder / "films"
        lacking = write_library(options.source, library, wanted)
        before = _files(library)
        costs: dict[str, Cost] = {}
        for name, words in STEPS.items():
            command = [sys.executable, "-m", "cinegenre", "tag", str(library), *words]
            if _predicts(words) and options.model:
                command += ["--model", str(options.model)]
            costs[name] = timed(command)
            if name == "names written":
                changed = sum(_read(library, path) != data for path, data in before.items())
        if _files(library) != before:
            raise Failed("the undo left a difference")
    if not changed:
        raise Failed("no file was changed")
    rows = [
        (name, f"{cost.seconds:,.1f} s", f"{wanted / cost.seconds:,.0f}",
         "n/a" if cost.megabytes is None else f"{cost.megabytes:,.0f} MB")
        for name, cost in costs.items()
    ]  # fmt: skip
    rows.append(("aimed at, of names", "", f"{RATE}", f"{MEMORY} MB"))
    return Report(
        ("", "whole process", "films a second", "peak memory"),
        rows,
        {"films": wanted, "lacking": lacking, "changed": changed,
         "seconds": {name: cost.seconds for name, cost in costs.items()},
         "megabytes": {name: cost.megabytes for name, cost in costs.items()}},
        [
            f"{wanted:,} films, a folder each; {lacking:,} have no genre, and the others' have "
            "their names in 32 languages, in odd case, joined, doubled, or unknown. "
            f"{changed:,} .nfo files were changed, and after the undo all are byte-equal to the "
            "start.",
        ],
    )  # fmt: skip


def write_library(
    source: Path, folder: Path, count: int = FILMS, *, lacking: int = LACKING, posters: bool = True
) -> int:
    """The first films as a library; returns how many have no genre: one in `lacking`."""
    from cinegenre import Movie
    from cinegenre.readers import the_movies_dataset

    dice = random.Random(0)
    done = without = 0
    for film in the_movies_dataset.read(source, posters=source / "posters", cast=0):
        if not isinstance(film, Movie) or not film.title or not film.genres:
            continue
        name = re.sub(r'[<>:"/\\|?*]|\.+$', "", film.title)
        home = folder / f"{done % 26}" / (f"{name} ({film.year})" if film.year else name)
        if home.exists():
            continue
        home.mkdir(parents=True)
        has_none = done % lacking == 0
        genres = [] if has_none else list(names(film, dice))
        (home / "movie.nfo").write_bytes(nfo(film, "\r\n" if done % 2 else "\n", genres))
        (home / f"{name}.mkv").touch()
        if posters and film.poster is not None:
            _link(Path(str(film.poster)), home / "poster.jpg")
        done += 1
        without += has_none
        if done == count:
            return without
    raise Failed(f"{source} has only {done} films with genres")


def names(film: Movie, dice: random.Random) -> Iterator[str]:
    """What a library made by several programs calls a film's genres."""
    from cinegenre.genre_names import names_by_language

    tables = names_by_language()
    language = tables[dice.choice(list(tables))]
    found = [
        dice.choice([genre, language.get(genre, genre), genre.upper(), genre.replace(" ", "-")])
        for genre in film.genres
    ]
    if len(found) > 1 and dice.random() < 0.1:
        found = [" / ".join(found[:2]), *found[2:]]
    if dice.random() < 0.1:
        found.append(film.genres[0])
    if dice.random() < 0.05:
        found.append(dice.choice(["Noir", "Cult", "Blaxploitation"]))
    return iter(found)


def _predicts(words: tuple[str, ...]) -> bool:
    return "--clean" not in words and "--undo" not in words


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk
        shutil.copyfile(source, target)


def _files(library: Path) -> dict[str, bytes]:
    """The .nfo files; every other file by its size."""
    return {
        path.relative_to(library).as_posix(): path.read_bytes() if path.suffix == ".nfo"
        else str(path.stat().st_size).encode()
        for path in library.rglob("*")
        if path.is_file() and ".cinegenre" not in path.parts
    }  # fmt: skip


def _read(library: Path, path: str) -> bytes:
    found = library / path
    return found.read_bytes() if found.suffix == ".nfo" else str(found.stat().st_size).encode()


if __name__ == "__main__":
    sys.exit("run: python -m benchmarks library")
