"""The folder of a run: its recipe in config.json, and what is known about the training in
run.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from ...data.dataset import PreparedSet
from ...errors import UserError
from ...files import check_room, read_json, write_json
from ..config import from_table
from ..recipe import Recipe

CONFIG, SUMMARY = "config.json", "run.json"


@dataclass(frozen=True)
class DataUsed:
    """The prepared data set of a run: its folder, and the hash of its content."""

    folder: str
    fingerprint: str


@dataclass(frozen=True)
class Oversampled:
    """The number of training films after oversampling, and the frequencies of genres then."""

    films: int
    frequencies: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, kw_only=True)
class Started:
    """What is known about a run when its training begins."""

    recipe: str
    title: str
    seed: int
    data: DataUsed
    films: Mapping[str, int]  # by split, as selected
    dropped: Mapping[str, Mapping[str, int]]  # by split and reason
    parameters: int
    begun: Mapping[str, Any] = field(default_factory=dict)  # what `Encoder.begin` returned
    oversampled: Oversampled | None = None
    versions: Mapping[str, str]
    machine: str
    seconds_loading: float
    precision: str
    learning_rate: float  # that of the head; after a range test, the rate that it found

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the data set."""
        return self.data.fingerprint

    def as_dict(self) -> dict[str, Any]:
        """As run.json has it."""
        unsaid: dict[str, object] = {"begun": {}, "oversampled": None}
        table = asdict(self).items()
        return {key: value for key, value in table if key not in unsaid or value != unsaid[key]}

    def write(self, run: Path) -> None:
        """Write run.json."""
        write_json(run / SUMMARY, self.as_dict())


@dataclass(frozen=True, kw_only=True)
class Summary(Started):
    """What is known about a run whose training has ended."""

    epochs: int
    best_epoch: int  # from 0
    val_macro_ap: float  # the best epoch's
    seconds_training: float

    def as_dict(self) -> dict[str, Any]:
        """As run.json has it."""
        return super().as_dict() | {"finished": True}


def read_run(run: Path) -> Recipe:
    """The recipe that a run folder was made with."""
    tables = read_json(run / CONFIG, "training run")
    return from_table(Recipe, tables, CONFIG)


def read_started(run: Path) -> Started | None:
    """Read run.json: a `Summary` if the training has ended; None if there is no run.json.

    Raises `UserError` for a file that was not written by a training.
    """
    path = run / SUMMARY
    if not path.exists():
        return None
    table = read_json(path, "training run")
    try:
        kind = Summary if table.get("finished") else Started
        values = {each.name: table[each.name] for each in fields(kind) if each.name in table}
        values["data"] = DataUsed(**values["data"])
        if "oversampled" in values:
            values["oversampled"] = Oversampled(**values["oversampled"])
        return kind(**values)
    except (AttributeError, KeyError, TypeError):
        raise UserError(f"{path} was not written by a training", "train it again") from None


def read_summary(run: Path) -> Summary:
    """Read the run.json of a training that has ended.

    Raises `UserError` if there is none, or if the training was stopped before its end.
    """
    read_run(run)
    started = read_started(run)
    if not isinstance(started, Summary):
        raise UserError(
            f"the training in {run} was stopped before its end",
            "go on with it: cinegenre train, with the same recipe and --resume",
        )
    return started


def check_out(recipe: Recipe, data: PreparedSet, out: Path, resume: bool) -> Started | None:
    """What is known about the run in `out` that is to be resumed; None to begin a new one.

    Raises `UserError` if `out` holds another run or other files, or with `resume` nothing.
    """
    check_room(out)
    earlier = read_started(out)
    if earlier is None:
        there = [path.name for path in out.iterdir()] if out.exists() else []
        if CONFIG in there and "checkpoints" in there:
            raise UserError(f"the run in {out} has lost its {SUMMARY}", "train it anew")
        if not all(_of_a_killed_start(name) for name in there):
            raise UserError(f"{out} is not empty and holds no run", "name another --out")
        if resume and not there:
            raise UserError(f"no run to resume in {out}", "leave out --resume")
        if CONFIG in there:
            read_run(out)  # raises for another program's config.json, which must not be overwritten
        return None
    if not resume:
        raise UserError(f"{out} holds a run already", "add --resume, or name another --out")
    if read_run(out) != recipe:
        raise UserError(f"the run in {out} has another recipe", "resume it with the same --set")
    if earlier.fingerprint != data.fingerprint:
        raise UserError(
            f"the run in {out} was trained on other data", "resume it with the same --data"
        )
    return earlier


def _of_a_killed_start(name: str) -> bool:
    """Whether the file may be from a run that was killed before it wrote run.json."""
    partial = name.startswith(".") and ".partial" in name
    return partial or name == CONFIG or name.startswith("tokenizer-")
