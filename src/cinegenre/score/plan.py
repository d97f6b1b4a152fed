"""The plan of a run, written before anything is scored: the source, the model and the shards."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..errors import UserError, shown
from ..files import read_json, write_json
from ..version import __version__
from .source import File, Source

NAME = "plan.json"
FORMAT_VERSION = 1
MOST, LEAST = 5000, 500
"""Default limits for rows per shard. A kill loses at most one shard, a minute's work on two
cores."""
SHARE = 16
"""The least number of shards, if there are enough films, so that this many machines can share them.
"""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A plan. `model` and `options` hold everything that the results depend on.

    `shards` are pairs (first row, row after the last).
    """

    source: str
    files: tuple[File, ...]
    model: Mapping[str, str]
    options: Mapping[str, Any]
    columns: tuple[str, ...]
    shards: tuple[tuple[int, int], ...]
    cinegenre: str

    @property
    def rows(self) -> int:
        """The number of rows in the source."""
        return self.shards[-1][1]

    @property
    def format(self) -> str:
        """The shards' format."""
        return str(self.options["format"])

    def shard_name(self, number: int) -> str:
        """The file name of a shard."""
        return f"part-{number:05d}-of-{len(self.shards):05d}.{self.format}"


def make(
    source: Source,
    model: Mapping[str, str],
    options: Mapping[str, Any],
    columns: tuple[str, ...],
    shard_rows: int | None,
) -> Plan:
    """Make the plan for a source whose rows are counted."""
    rows = source.rows
    size = shard_rows or min(MOST, max(LEAST, -(-rows // SHARE)))
    return Plan(
        source=str(source.path),
        files=source.files,
        model=dict(model),
        options=dict(options),
        columns=columns,
        shards=tuple((start, min(start + size, rows)) for start in range(0, rows, size)),
        cinegenre=__version__,
    )


def write(plan: Plan, out: Path) -> None:
    """Write plan.json."""
    write_json(out / NAME, {"format_version": FORMAT_VERSION, **asdict(plan)})


def read(out: Path) -> Plan:
    """Read the plan in a folder. Raises `UserError` if it is broken or has a newer format."""
    path = out / NAME
    table = read_json(path, "plan")
    try:
        if table["format_version"] > FORMAT_VERSION:
            from ..install import newer

            raise UserError(
                f"{path} has format {table['format_version']}, this cinegenre reads up to "
                f"{FORMAT_VERSION}",
                newer(),
            )
        return Plan(
            source=table["source"],
            files=tuple(File(**file) for file in table["files"]),
            model=table["model"],
            options=table["options"],
            columns=tuple(table["columns"]),
            shards=tuple((int(start), int(stop)) for start, stop in table["shards"]),
            cinegenre=table["cinegenre"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(f"{path} is not a plan ({error})", "score into a new folder") from None


def check(plan: Plan, source: Source, model: Mapping[str, str], options: Mapping[str, Any]) -> None:
    """Raise `UserError` for the first thing that has changed since the run began."""
    begun = "the run in this folder began"
    then, now = ({file.name: file for file in files} for files in (plan.files, source.files))
    for name in then.keys() | now.keys():
        if name not in now:
            raise _changed(f"{name} is gone from the source since {begun}", "put it back")
        if name not in then:
            raise _changed(f"{name} is new in the source since {begun}", "take it out")
        one, other = then[name], now[name]
        if one.bytes != other.bytes:
            size = f"{one.bytes:,} bytes then, {other.bytes:,} now"
            raise _changed(f"{name} has changed since {begun} ({size})", "put it back")
        if one.mtime_ns != other.mtime_ns:
            raise _changed(
                f"{name} was written again since {begun}", "put it back with its time (cp -p)"
            )
    if dict(plan.model) != dict(model):
        what = f"{plan.model.get('name')}, now it is {model.get('name')}"
        if plan.model.get("name") == model.get("name"):
            what = f"another {model.get('name')} (its files differ)"
        raise _changed(f"{begun} with the model {what}", "give that --model")
    for key in sorted(plan.options.keys() | options.keys()):
        if plan.options.get(key) != options.get(key):
            flag = f"--{key.replace('_', '-')}"
            raise _changed(
                f"{begun} with {flag} {shown(plan.options.get(key))}, now it is "
                f"{shown(options.get(key))}",
                "give it as before",
            )
    if plan.cinegenre != __version__:
        from ..install import exactly

        raise _changed(
            f"{begun} with cinegenre {plan.cinegenre}, this is {__version__}",
            exactly(plan.cinegenre),
        )


def model_fingerprint(folder: Path) -> str:
    """A SHA-256 over the files that a bundle predicts with, so without its card and torch
    weights.
    """
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.suffix != ".md" and path.name != "model.safetensors":
            digest.update(os.fsencode(path.name))
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _changed(what: str, cure: str) -> UserError:
    return UserError(what, f"{cure}, or score into a new folder")
