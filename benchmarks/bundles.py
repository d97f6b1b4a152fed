"""What of a bundle runs for a film, by its config.json alone."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any


def read_config(bundle: Path) -> dict[str, Any]:
    """A bundle's config.json."""
    config: dict[str, Any] = json.loads((bundle / "config.json").read_text(encoding="utf-8"))
    return config


def encoders_run(config: dict[str, Any], inputs: Collection[str]) -> list[str]:
    """The encoders that run for a film with these `inputs`: those that read one, and not spared."""
    return [
        name
        for name, table in config["inputs"].items()
        if set(_fields(table)) & set(inputs)
        and not (name in config.get("spared", {}) and set(config["spared"][name]) <= set(inputs))
    ]


def head_file(config: dict[str, Any]) -> str:
    """The head's ONNX file; of a fitted bundle that of the model it stands on."""
    head = config["head"]
    return str(head if isinstance(head, str) else head["base"]["file"])


def _fields(table: dict[str, Any]) -> list[str]:
    return ["poster"] if table["kind"] == "poster" else list(table["fields"])
