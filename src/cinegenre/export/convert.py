"""Converts a bundle to other weights, or to skip encoders, without its training run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx

from ..data.dataset import PreparedSet
from ..data.select import select
from ..errors import UserError, unknown
from ..files import read_json, whole, write_json, write_text
from ..fit.write import copy_base
from ..movie import Movie
from ..tagger.bundle import Bundle
from ..tagger.bundle_files import check_out
from ..tagger.bundle_folder import read_bundle, write_thresholds
from ..tagger.runtime import Runtime
from ..train.recipe import load_recipe
from .card import Described, described, model_card
from .dequantize import dequantized
from .finish import finish
from .quantize import WEIGHTS
from .result import ExportReport, Origin


def convert(
    bundle: Path,
    out: Path,
    data: PreparedSet,
    *,
    name: str = "",
    version: str = "",
    weights: str = "float32",
    spare: Mapping[str, Sequence[str]] | None = None,
) -> ExportReport:
    """Write the model of `bundle` to `out` with `weights`, one of `WEIGHTS`; return its report.

    `data` is the prepared data set that it was trained on: calibration and thresholds are fitted
    again on its validation films. `spare` replaces the bundle's own table of spared encoders. The
    weights of an 8-bit bundle become its integers times their scales. Further heads are left out
    (see `ExportReport.heads`). Raises `UserError` for a bundle that `cinegenre fit` wrote, for
    other data, and for graphs that cannot be converted.
    """
    if weights not in WEIGHTS:
        raise unknown("kind of weights", weights, WEIGHTS)
    old = read_bundle(bundle)
    config = read_json(bundle / "config.json", "model bundle")
    if old.linear is not None:
        raise UserError(f"{bundle} is a head fitted on a model", "convert the model it stands on")
    if data.fingerprint != config["data"]["fingerprint"]:
        raise UserError(
            f"{data.folder} is not the data that {old.label} was trained on", "name that"
        )
    check_out(out)
    films = known_films(data, old, config["data"], old.fields)
    with whole(out) as staged:
        staged.mkdir()
        copy_base(old, staged)
        (staged / "BASE.md").unlink(missing_ok=True)
        config |= {"name": name or old.name, "version": version or old.version}
        config |= {"weights": "float32", "optimized": False}
        config.pop("heads", None)  # fitted on what the encoders gave with the old weights
        if spare is not None:
            config["spared"] = {key: list(texts) for key, texts in spare.items()}
        write_json(staged / "config.json", config)
        write_thresholds(staged, {})
        graphs = (*read_bundle(staged).encoders.values(), staged / old.head.name)
        parameters = sum(_to_floats(path) for path in graphs)
        lost, modes = finish(Runtime(read_bundle(staged)), weights, films, data)
        report = ExportReport(
            name=config["name"],
            version=config["version"],
            info=Origin(parameters, config["data"], config["films"], config["epochs"]),
            converted=f"{old.label}, whose weights were kept in {old.weights}",
            heads=old.taxonomies,
            weights=weights,
            lost=lost,
            shares={},
            modes=modes,
        )
        card = model_card(recipe_of(config), read_bundle(staged), report)
        write_text(staged / "README.md", card)
    return report


def recipe_of(config: Mapping[str, Any]) -> Described:
    """The recipe that a bundle's config.json names; of one that is not ours, what stands there."""
    try:
        return described(load_recipe(config["recipe"]))
    except UserError:  # a file of somebody's own
        return Described(config["recipe"], config.get("title", ""), config.get("seed", 0))


def known_films(
    prepared: PreparedSet, bundle: Bundle, chosen: Mapping[str, Any], fields: tuple[str, ...]
) -> list[Movie]:
    """The validation films with a genre of `bundle` and one of the inputs `fields`; `chosen` is the
    selection of films that it was trained on.
    """
    kept, _ = select(
        prepared.films("validation", chosen["labels"]),
        taxonomy=bundle.genres,
        languages=tuple(chosen["languages"]),
        drop_genres=tuple(chosen["drop_genres"]),
        any_of=fields,
    )
    return list(kept)


def _to_floats(path: Path) -> int:
    """Replace a graph's 8-bit weights by floats; return how many numbers it has."""
    model = dequantized(onnx.load(path))
    onnx.save(model, path)
    return sum(int(np.prod(tensor.dims)) for tensor in model.graph.initializer)
