"""What a bundle's own head and its further heads have in common on disk."""

from __future__ import annotations

import os
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from ..errors import UserError, shown
from ..files import check_folder, read_json
from ..metrics.calibration import Calibration
from .bundle import OTHER_LANGUAGE

_NAMES = (
    "config.json", "README.md", "BASE.md", "model.safetensors", "head*", "encoder*", "tokenizer*",
    "thresholds*",
)  # fmt: skip
"""Names of all files that a bundle may have, as patterns."""


def check_out(out: Path) -> None:
    """Raise `UserError` unless `out` is new, empty, or a bundle, which may be replaced.

    A training run has a config.json, too: its other files tell.
    """
    check_folder(out, "bundle", "config.json", _is_a_bundles)


def _is_a_bundles(name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in _NAMES)


def calibrations_in(folder: Path, name: str) -> dict[tuple[str, ...], Calibration]:
    """The calibrations of thresholds.json, or of another file like it, by sorted situation."""
    thresholds = read_json(file_in(folder, name), "thresholds")
    return {_key(entry): Calibration.from_json(entry) for entry in thresholds["sets"]}


def genres_in(table: Mapping[str, Any]) -> tuple[str, ...]:
    """The genres of a model or head in their order, from its `id2label`."""
    labels = table["id2label"]
    return tuple(str(labels[str(i)]) for i in range(len(labels)))


def _key(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """The situation that a calibration is for, sorted."""
    texts = entry.get("texts")
    if texts not in (None, OTHER_LANGUAGE):
        raise ValueError(f"texts of a calibration are {shown(texts)}")
    return tuple(sorted([*entry["inputs"], *([texts] if texts else [])]))


def file_in(folder: Path, name: str) -> Path:
    """The path of a file in the bundle; a name that leads outside the bundle is refused."""
    if name != os.path.basename(name):  # noqa: PTH119 (a name, not a path)
        raise UserError(f"bundle {folder} names {shown(name)}", "files stand in the bundle itself")
    if not (folder / name).is_file():
        raise UserError(f"bundle {folder} has no {name}", "copy it whole, or export it anew")
    return folder / name
