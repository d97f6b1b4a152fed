"""What `kills` kills: a command, how it starts anew, and what must hold after it was killed."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from pathlib import Path
from typing import Any, ClassVar

from .library import write_library

CLI = (sys.executable, "-m", "cinegenre")
FILMS = 60
"""In a library, and to be scored and trained on."""


class Case:
    """A command over a folder of its own."""

    name: ClassVar[str]
    begun: Path
    """Is there as soon as the command has begun to write."""

    def __init__(self, source: Path, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "out"
        self.whole: dict[str, Any] = {}
        """What an unbroken run leaves."""

    def command(self, *, again: bool = False) -> list[str]:
        """The command, or what goes on with it after it was killed."""
        raise NotImplementedError

    def reset(self) -> None:
        """As before the first run."""
        shutil.rmtree(self.out, ignore_errors=True)

    def state(self) -> dict[str, Any]:
        """What is compared."""
        raise NotImplementedError

    def remember(self) -> None:
        """Keep what the unbroken run left."""
        self.whole = self.state()
        assert self.whole, f"{self.name} left nothing"

    def half_done(self) -> bool:
        """Whether a killed run left something, and not all."""
        now = self.state()
        return self.begun.exists() and now != self.whole

    def check_after_the_kill(self) -> None:
        """Assert what must hold at any moment."""

    def finished(self, said: str) -> None:
        """Note what the second run printed."""

    def check(self) -> None:
        """Assert that all is as after the unbroken run."""
        now = self.state()
        odd = sorted(name for name in now | self.whole if now.get(name) != self.whole.get(name))
        assert not odd, f"{len(odd)} differ, such as {odd[0]}"


class Tag(Case):
    """`tag`: after the kill every .nfo is the old or the new one, whole; the second run writes just
    those that the first had not; all files, copies too, are those of an unbroken run; the undo
    gives back every byte."""

    name = "tag --write"
    words: ClassVar[tuple[str, ...]] = ("--write",)

    def __init__(self, source: Path, folder: Path) -> None:
        super().__init__(source, folder)
        self.fresh = folder / "fresh"
        write_library(source, self.fresh, FILMS, lacking=1, posters=False)
        self.before = _files(self.fresh)
        self.begun = self.out / ".cinegenre"
        self.written: set[str] = set()

    def command(self, *, again: bool = False) -> list[str]:
        return [*CLI, "tag", str(self.out), *self.words, "--json"]

    def reset(self) -> None:
        super().reset()
        shutil.copytree(self.fresh, self.out)

    def state(self) -> dict[str, Any]:
        return _files(self.out)

    def check_after_the_kill(self) -> None:
        now = self.state()
        odd = [name for name, data in self.before.items()
               if now.get(name) not in (data, self.whole[name])]  # fmt: skip
        assert not odd, f"{len(odd)} are neither old nor new, such as {odd[0]}"
        self.new = {name for name in self.before if now[name] != self.before[name]}

    def finished(self, said: str) -> None:
        rows = [json.loads(line) for line in said.splitlines()]
        written = {row["path"] for row in rows if row["status"] == "written"}
        assert not written & self.new, "the second run wrote again what the first had written"
        changed = {name for name, data in self.before.items() if self.whole[name] != data}
        assert written | self.new == changed, "the two runs together did not write all"

    def check(self) -> None:
        super().check()
        from cinegenre.library import undo

        done = undo(self.out)
        assert not done.left, f"the undo left {done.left}"
        assert _files(self.out) == self.before, "the undo did not give back every byte"


class Clean(Tag):
    """`tag --clean`: the same, of names put in order; no model is loaded, so nearly all of the time
    goes into writing."""

    name = "tag --clean --write"
    words = ("--clean", "--write")

    def __init__(self, source: Path, folder: Path) -> None:
        super().__init__(source, folder)
        shutil.rmtree(self.fresh)
        write_library(source, self.fresh, 5 * FILMS, posters=False)
        self.before = _files(self.fresh)


class Score(Case):
    """`score`: after the kill every shard that is there is that of an unbroken run, byte for byte;
    after the second run all of them are."""

    name = "score"

    def __init__(self, source: Path, folder: Path) -> None:
        super().__init__(source, folder)
        self.films = write_table(source, folder / "films.csv", 4 * FILMS)
        self.begun = self.out / "plan.json"

    def command(self, *, again: bool = False) -> list[str]:
        return [*CLI, "score", str(self.films), "--out", str(self.out), "--format", "jsonl",
                "--shard-rows", "10"]  # fmt: skip

    def state(self) -> dict[str, Any]:
        shards = sorted((self.out / "scores").glob("part-*"))
        return {path.name: path.read_bytes() for path in shards}

    def check_after_the_kill(self) -> None:
        odd = [name for name, data in self.state().items() if self.whole[name] != data]
        assert not odd, f"{len(odd)} shards are half written, such as {odd[0]}"


class Train(Case):
    """`train`: after `--resume` the weights are those of an unbroken run, bit for bit, and so are
    the figures of every epoch."""

    name = "train"
    SETS = ("modalities=['text']", "data.taxonomy=tmdb", "data.need=[]",
            "inputs.text.vocabulary=300", "encoders.text.embedding=32", "encoders.text.units=32",
            "encoders.text.layers=1", "train.epochs=12", "train.batch_size=32",
            "train.checkpoint_minutes=0.002")  # fmt: skip

    def __init__(self, source: Path, folder: Path) -> None:
        super().__init__(source, folder)
        from cinegenre.data.prepare import prepare

        table = write_table(source, folder / "films.csv", 7 * FILMS)
        self.data = folder / "data"
        prepare("table", table, self.data)
        self.begun = self.out / "config.json"

    def command(self, *, again: bool = False) -> list[str]:
        sets = [word for value in self.SETS for word in ("--set", value)]
        resumed = ["--resume"] if again and self.begun.exists() else []
        return [*CLI, "train", "cnn_lstm_slides", "--data", str(self.data), "--out",
                str(self.out), *sets, *resumed]  # fmt: skip

    def state(self) -> dict[str, Any]:
        import torch

        found: dict[str, Any] = {}
        for name in ("best", "last"):
            path = self.out / "checkpoints" / f"{name}.ckpt"
            if path.exists():
                weights = torch.load(path, weights_only=False)["state_dict"]
                found |= {f"{name} {key}": value.numpy().tobytes()
                          for key, value in weights.items()}  # fmt: skip
        history = self.out / "history.csv"
        if history.exists():
            with history.open(encoding="utf-8", newline="") as file:
                # Not the seconds, nor the films a second.
                found |= {f"epoch {row[0]}": row[:-2] for row in csv.reader(file)}
        return found


CASES: tuple[type[Case], ...] = (Tag, Clean, Score, Train)


def write_table(source: Path, path: Path, count: int) -> Path:
    """The first films with a text, as a CSV without posters."""
    from cinegenre import Movie
    from cinegenre.readers import the_movies_dataset

    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["id", "title", "overview", "companies", "genres", "year"])
        for film in the_movies_dataset.read(source, cast=0):
            if isinstance(film, Movie) and film.title and film.overview and film.genres and count:
                lists = json.dumps(film.companies), json.dumps(film.genres)
                table.writerow([film.id, film.title, film.overview, *lists, film.year])
                count -= 1
    return path


def _files(library: Path) -> dict[str, bytes]:
    return {
        path.relative_to(library).as_posix(): path.read_bytes()
        for path in library.rglob("*")
        if path.is_file() and ".cinegenre" not in path.parts
    }
