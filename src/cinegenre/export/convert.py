"""A bundle in other weights, or with encoders spared, without the run that it came from."""

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
from ..tagger.bundle import Bundle, read_bundle, write_thresholds
from ..tagger.runtime import Runtime
from ..train.recipe import load_recipe
from .calibrate import calibrate, with_everything
from .card import model_card
from .dequantize import dequantized
from .export import training_posters
from .quantize import WEIGHTS, keep_in


def convert(
    bundle: Path,
    out: Path,
    data: Path,
    *,
    name: str = "",
    version: str = "",
    weights: str = "float32",
    spare: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Any]:
    """Write the model of `bundle` to `out` in `weights`, one of `WEIGHTS`; return its card's facts.

    `data` is the prepared data set that it was trained on: calibration and thresholds are fitted
    anew on its validation films. `spare` replaces the bundle's own table of spared encoders. Of an
    8-bit bundle the weights are those integers times their scales. Raises `UserError` for a bundle
    that `cinegenre fit` wrote, for other data, and for graphs that cannot be taken apart.
    """
    if weights not in WEIGHTS:
        raise unknown("kind of weights", weights, WEIGHTS)
    old = read_bundle(bundle)
    config = read_json(bundle / "config.json", "model bundle")
    prepared = PreparedSet.open(data)
    if old.linear is not None:
        raise UserError(f"{bundle} is a head fitted on a model", "convert the model it stands on")
    if prepared.fingerprint != config["data"]["fingerprint"]:
        raise UserError(f"{data} is not the data that {old.label} was trained on", "name that")
    if out.exists() and not (out / "config.json").exists() and any(out.iterdir()):
        raise UserError(f"{out} is not empty and holds no bundle", "name another --out")
    films = _validation_films(prepared, old, config["data"])
    lost: dict[str, dict[str, float]] = {}
    with whole(out) as staged:
        staged.mkdir()
        copy_base(old, staged)
        (staged / "BASE.md").unlink(missing_ok=True)
        config |= {"name": name or old.name, "version": version or old.version}
        config |= {"weights": "float32", "optimized": False}
        if spare is not None:
            config["spared"] = {key: list(texts) for key, texts in spare.items()}
        write_json(staged / "config.json", config)
        write_thresholds(staged, {})
        parameters = sum(_to_floats(path) for path in (*read_bundle(staged).encoders.values(),
                                                       staged / old.head.name))  # fmt: skip
        runtime = Runtime(read_bundle(staged))
        if weights != "float32":
            lost["before"] = with_everything(runtime, films)
            runtime = Runtime(keep_in(weights, runtime.bundle, training_posters(prepared)))
            lost["after"] = with_everything(runtime, films)
        fitted = calibrate(runtime, films)
        write_thresholds(staged, {key: calibration for key, (calibration, _) in fitted.items()})
        info = {"parameters": parameters, "data": config["data"]} | {
            key: config[key] for key in ("films", "epochs")
        }
        facts = {
            "name": config["name"],
            "version": config["version"],
            "info": info,
            "converted": f"{old.label}, whose weights were kept in {old.weights}",
            "weights": weights,
            "lost": lost,
            "shares": {},
            "modes": {key: figures for key, (_, figures) in fitted.items()},
        }
        card = model_card(load_recipe(config["recipe"]), read_bundle(staged), facts)
        write_text(staged / "README.md", card)
    return facts


def _validation_films(
    prepared: PreparedSet, bundle: Bundle, chosen: Mapping[str, Any]
) -> list[Movie]:
    kept, _ = select(
        prepared.films("validation", chosen["labels"]),
        taxonomy=bundle.genres,
        languages=tuple(chosen["languages"]),
        drop_genres=tuple(chosen["drop_genres"]),
        any_of=bundle.fields,
    )
    return list(kept)


def _to_floats(path: Path) -> int:
    """Put floats in the place of a graph's 8-bit weights; how many numbers it holds."""
    model = dequantized(onnx.load(path))
    onnx.save(model, path)
    return sum(int(np.prod(tensor.dims)) for tensor in model.graph.initializer)
