"""Finds the names for a column's numbers, as Hugging Face's `datasets` stores them (ClassLabel)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_BESIDE = ("dataset_info.json", "dataset_infos.json")
_CARD = "README.md"
_LARGEST = 10_000_000


def class_names(path: Path, column: str) -> tuple[str, ...]:
    """The names for the numbers in a column of a table; empty if they are not found.

    They are in the metadata of a Parquet file, or in `dataset_info.json`, `dataset_infos.json` or
    the card `README.md` beside the table or in the folder above.
    """
    for features in (*_in_parquet(path), *_beside(path)):
        found = _names(_feature(features, column))
        if found:
            return found
    return ()


def _in_parquet(path: Path) -> Iterator[Any]:
    if path.suffix.lower() != ".parquet":
        return
    from .parquet import metadata

    text = metadata(path).get("huggingface")
    if text:
        try:
            yield json.loads(text)["info"]["features"]
        except (ValueError, KeyError, TypeError):
            return


def _beside(path: Path) -> Iterator[Any]:
    for folder in (path.absolute().parent, path.absolute().parent.parent):
        for name in _BESIDE:
            text = _text(folder / name)
            try:
                info = json.loads(text) if text else None
            except ValueError:
                continue
            if isinstance(info, dict):
                each = [info, *info.values()]
                yield from (one["features"] for one in each if _has_features(one))
        yield from _in_card(_text(folder / _CARD))


def _in_card(text: str) -> Iterator[Any]:
    head = text.split("---", 2)[1] if text.startswith("---") and text.count("---") > 1 else ""
    if "class_label" not in head:
        return
    import yaml

    try:
        info = yaml.safe_load(head).get("dataset_info")
    except (yaml.YAMLError, AttributeError):
        return
    for one in info if isinstance(info, list) else [info]:
        if _has_features(one):
            yield one["features"]


def _has_features(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("features"), dict | list)


def _feature(features: Any, column: str) -> Any:
    """A column's entry: `{column: ...}` in JSON, `[{name: column, ...}]` in a card."""
    if isinstance(features, dict):
        return features.get(column)
    return next((f for f in features if isinstance(f, dict) and f.get("name") == column), None)


def _names(feature: Any, depth: int = 0) -> tuple[str, ...]:
    """The names in a feature, however deep they are in lists."""
    if depth > 5:
        return ()
    if isinstance(feature, list):
        return next((found for each in feature if (found := _names(each, depth + 1))), ())
    if not isinstance(feature, dict):
        return ()
    names = feature.get("names")
    if isinstance(names, dict):  # in a card they are numbered
        names = [name for _, name in sorted(names.items(), key=lambda item: int(item[0]))]
    if isinstance(names, list) and names and all(isinstance(name, str) for name in names):
        return tuple(names)
    inner = (value for key, value in feature.items() if key != "name")
    return next((found for each in inner if (found := _names(each, depth + 1))), ())


def _text(path: Path) -> str:
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return ""
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
