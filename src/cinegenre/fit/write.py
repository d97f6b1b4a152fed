"""Writes the files of a fitted bundle, except its head and thresholds."""

from __future__ import annotations

import shutil
from pathlib import Path

from ..files import read_json, write_json
from ..tagger.bundle import Bundle
from ..tagger.bundle_folder import LINEAR_HEAD, version_for
from ..tagger.linear import FILE
from ..version import __version__
from .result import FitReport


def copy_base(base: Bundle, folder: Path) -> None:
    """Copy the base model's encoders, tokenizers and head, and its card, whose terms still
    apply.
    """
    config = read_json(base.folder / "config.json", "model bundle")
    texts = [table["tokenizer"] for table in config["inputs"].values() if "tokenizer" in table]
    for name in {*texts, *(path.name for path in base.encoders.values()), base.head.name}:
        shutil.copyfile(base.folder / name, folder / name)
    for name in ("BASE.md", "README.md"):
        if (base.folder / name).is_file():
            shutil.copyfile(base.folder / name, folder / "BASE.md")
            break


def base_genres(base: Bundle) -> list[str]:
    """The genres of head.onnx; in a fitted bundle, those of its base model."""
    if base.linear is None:
        return list(base.genres)
    config = read_json(base.folder / "config.json", "model bundle")
    return [str(genre) for genre in config["head"]["base"]["genres"]]


def write_config(base: Bundle, folder: Path, report: FitReport) -> None:
    config = read_json(base.folder / "config.json", "model bundle")
    genres = report.genres
    # No languages are listed, because the head was fitted on whatever texts the films have.
    write_json(
        folder / "config.json",
        {
            "format_version": version_for(config["inputs"], LINEAR_HEAD),
            "name": report.name,
            "version": "1",
            "problem_type": "multi_label_classification",
            "id2label": {str(i): genre for i, genre in enumerate(genres)},
            "label2id": {genre: i for i, genre in enumerate(genres)},
            "inputs": config["inputs"],
            "encoders": config["encoders"],
            "weights": base.weights,
            "optimized": base.optimized,
            "head": {
                "kind": "linear",
                "file": FILE,
                "base": {
                    "file": base.head.name,
                    "name": report.base,
                    "genres": base_genres(base),
                },
            },
            "title": f"a head fitted on {report.base}",
            "seed": report.seed,
            "films": {"train": report.films},
            "versions": {"cinegenre": __version__},
        },
    )
