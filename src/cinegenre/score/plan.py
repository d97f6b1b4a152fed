"""What a run will do, written before it does any of it: the source, the model, the shards."""

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
"""Rows of a shard where none are asked for: what a kill may cost is a minute on two cores."""
SHARE = 16
"""Shards at least, of sources that have films enough: so many machines can help."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`model` and `options` hold whatever the results depend on; `shards` are (first, behind the
    last) row."""

    source: str
    files: tuple[File, ...]
    model: Mapping[str, str]
    options: Mapping[str, Any]
    columns: tuple[str, ...]
    shards: tuple[tuple[int, int], ...]
    cinegenre: str

    @property
    def rows(self) -> int:
        """All rows of the source."""
        return self.shards[-1][1]

    @property
    def format(self) -> str:
        """The shards' format."""
        return str(self.options["format"])

    def shard_name(self, number: int) -> str:
        """The file of a shard."""
        return f"part-{number:05d}-of-{len(self.shards):05d}.{self.format}"


def make(
    source: Source,
    model: Mapping[str, str],
    options: Mapping[str, Any],
    columns: tuple[str, ...],
    shard_rows: int | None,
) -> Plan:
    """The plan for a counted source."""
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
    """The plan in a folder. Raises `UserError` where it is broken or of a newer format."""
    path = out / NAME
    found = read_json(path, "plan")
    try:
        if found["format_version"] > FORMAT_VERSION:
            from ..install import newer

            raise UserError(
                f"{path} has format {found['format_version']}, this cinegenre reads up to "
                f"{FORMAT_VERSION}",
                newer(),
            )
        return Plan(
            source=found["source"],
            files=tuple(File(**file) for file in found["files"]),
            model=found["model"],
            options=found["options"],
            columns=tuple(found["columns"]),
            shards=tuple((int(start), int(stop)) for start, stop in found["shards"]),
            cinegenre=found["cinegenre"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(f"{path} is no plan ({error})", "score into a new folder") from None


def check(plan: Plan, source: Source, model: Mapping[str, str], options: Mapping[str, Any]) -> None:
    """Raise `UserError` naming the first thing that is not as it was when the run began."""
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
    """A SHA-256 over what a bundle predicts with; its card and torch's weights are no part."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.suffix != ".md" and path.name != "model.safetensors":
            digest.update(os.fsencode(path.name))
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _changed(what: str, cure: str) -> UserError:
    return UserError(what, f"{cure}, or score into a new folder")
