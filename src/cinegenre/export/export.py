"""A finished run to a bundle: ONNX checked against torch, calibration, model card."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ..data.dataset import PreparedSet
from ..data.select import select
from ..errors import UserError, unknown
from ..files import read_json, whole, write_text
from ..inputs import PosterInput, TextInput, pad
from ..metrics.arrays import truth_of
from ..movie import Movie
from ..tagger.bundle import read_bundle, write_config, write_thresholds
from ..tagger.runtime import Runtime
from ..taxonomy import taxonomy
from ..train.data.tokens import text_input
from ..train.loop.frozen import frozen_encoders
from ..train.loop.train import read_run
from ..train.model.losses import activation
from ..train.model.model import GenreModel, build_model
from ..train.recipe import Recipe
from .calibrate import calibrate, with_everything
from .card import model_card
from .onnx import export_head, export_onnx
from .quantize import CALIBRATION, WEIGHTS, keep_in
from .weigh import fit_shares

TOLERANCE = 1e-3
"""How far the exported probabilities may stray from torch's on real films."""
_CHECKED = 256


def export(
    run: Path,
    out: Path,
    *,
    data: Path | None = None,
    name: str = "",
    version: str = "1",
    torch_weights: bool = False,
    weights: str = "float32",
) -> dict[str, Any]:
    """Write the best weights of `run` as a bundle in `out`; return what the card says of it.

    Calibration and thresholds are fitted on the validation films of the data set that the run was
    trained on (`data` says where it stands now, if it moved), for every set of inputs, and after
    the encoders' weights have become `weights`, one of `WEIGHTS`. Raises
    `UserError` for a run that is not whole, other data, or weights that ONNX computes otherwise.
    """
    if weights not in WEIGHTS:
        raise unknown("kind of weights", weights, WEIGHTS)
    recipe = read_run(run)
    info = read_json(run / "run.json", "training run")
    prepared = PreparedSet.open(data or Path(info["data"]["folder"]))
    if prepared.fingerprint != info["data"]["fingerprint"]:
        raise UserError(
            f"{prepared.folder} is not the data that {run} was trained on", "name it with --data"
        )
    if out.exists() and not (out / "config.json").exists() and any(out.iterdir()):
        raise UserError(f"{out} is not empty and holds no bundle", "name another --out")
    model, inputs = load_model(recipe, run)
    if model.apart:
        model.join()
    genres = taxonomy(recipe.data.taxonomy)
    films = validation_films(prepared, recipe)
    widths = {key: int(encoder.out_dim) for key, encoder in model.encoders.items()}  # type: ignore[arg-type]
    about = {key: info[key] for key in ("recipe", "title", "seed", "versions", "films", "epochs")}
    about["data"] = {
        "fingerprint": prepared.fingerprint,
        "source": prepared.manifest.source,
        "labels": recipe.data.labels,
        "languages": list(recipe.data.languages),
        "drop_genres": list(recipe.data.drop_genres),
    }
    about["languages"] = list(recipe.languages)
    about["spared"] = {key: list(texts) for key, texts in recipe.model.spare.items()}
    about["activation"] = activation(recipe.model.loss)
    shares: dict[str, dict[str, float]] = {}
    with whole(out) as staged:
        staged.mkdir()
        export_onnx(model, inputs, staged)
        write_config(staged, name or out.name, version, genres, inputs, widths, about)
        write_thresholds(staged, {})
        runtime = Runtime(read_bundle(staged))
        if recipe.model.weigh:
            encoded = runtime.encode(films, tuple(inputs))
            truth = truth_of(films, genres)
            shares = fit_shares(model.head, encoded.features, encoded.present, truth)
            export_head(model, staged)
        strays = _check(model, runtime, films)
        lost: dict[str, dict[str, float]] = {}
        if weights != "float32":
            lost["before"] = with_everything(runtime, films)
            posters = training_posters(prepared) if _reads_posters(inputs) else []
            runtime = Runtime(keep_in(weights, runtime.bundle, posters))
            lost["after"] = with_everything(runtime, films)
        fitted = calibrate(runtime, films)
        write_thresholds(staged, {key: calibration for key, (calibration, _) in fitted.items()})
        if torch_weights:
            _save_weights(model, staged)
        facts = {
            "name": name or out.name,
            "version": version,
            "info": info,
            "strays": strays,
            "weights": weights,
            "lost": lost,
            "shares": shares,
            "modes": {key: figures for key, (_, figures) in fitted.items()},
        }
        write_text(staged / "README.md", model_card(recipe, read_bundle(staged), facts))
    return facts


def load_model(recipe: Recipe, run: Path) -> tuple[GenreModel, dict[str, TextInput | PosterInput]]:
    """The best weights of a run, in eval mode, and the inputs they were trained on."""
    from tokenizers import Tokenizer

    inputs: dict[str, TextInput | PosterInput] = {}
    for key in recipe.used:
        spec = recipe.inputs[key]
        if spec.kind == "poster":
            inputs[key] = PosterInput(height=spec.height, width=spec.width)
            continue
        path = run / f"tokenizer-{key}.json"
        if not path.exists():
            raise UserError(f"{run} has no {path.name}", "train it anew")
        inputs[key] = text_input(key, recipe, Tokenizer.from_file(str(path)))
    model = build_model(recipe, inputs, len(taxonomy(recipe.data.taxonomy)))
    best = run / "checkpoints" / "best.ckpt"
    if not best.exists():
        raise UserError(f"{run} has no best checkpoint yet", "train at least one epoch")
    state = torch.load(best, map_location="cpu", weights_only=True)["state_dict"]
    weights = {key.removeprefix("model."): part for key, part in state.items()}
    for key in frozen_encoders(model.encoders):  # in no checkpoint: they are as they were built
        weights |= {f"encoders.{key}.{n}": p for n, p in model.encoders[key].state_dict().items()}
    model.load_state_dict(weights)
    return model.eval(), inputs


def validation_films(prepared: PreparedSet, recipe: Recipe) -> list[Movie]:
    """Validation films with a genre of the recipe's, with any of its inputs.

    More than the recipe trains on: modes that lack an input are fitted on all films they can have.
    """
    fields = {field for key in recipe.used for field in recipe.inputs[key].reads}
    kept, _ = select(
        prepared.films("validation", recipe.data.labels),
        taxonomy=taxonomy(recipe.data.taxonomy),
        languages=recipe.data.languages,
        drop_genres=recipe.data.drop_genres,
        any_of=tuple(fields),
    )
    return list(kept)


def training_posters(prepared: PreparedSet) -> list[Movie]:
    """Some training films that have a poster, the same each time."""
    with_poster = (film for film in prepared.films("train") if film.poster is not None)
    return list(islice(with_poster, CALIBRATION))


def _reads_posters(inputs: Mapping[str, TextInput | PosterInput]) -> bool:
    return any(isinstance(reads, PosterInput) for reads in inputs.values())


def _check(model: GenreModel, runtime: Runtime, films: list[Movie]) -> float:
    """The largest difference in probability between the exported files and torch."""
    # Films with everything first: they exercise every encoder.
    some = sorted(films, key=lambda film: -len(film.inputs))[:_CHECKED]
    encoded = runtime.encode(some, tuple(runtime.bundle.inputs))
    ours = runtime.classify(encoded.features, encoded.present)
    batch = {}
    for name, reads in runtime.bundle.inputs.items():
        if isinstance(reads, PosterInput):
            empty = np.zeros((reads.height, reads.width, 3), np.uint8)
            pixels = [
                reads.decode(film.poster) if film.poster is not None else empty for film in some
            ]
            batch[name] = torch.from_numpy(np.stack(pixels))
        else:
            batch[name] = torch.from_numpy(pad(reads.encode(some), reads.pad_id))
    with torch.no_grad():
        theirs = model(batch, torch.from_numpy(encoded.present))
    apart = float(
        np.abs(
            runtime.bundle.probabilities(ours) - runtime.bundle.probabilities(theirs.numpy())
        ).max()
    )
    if not apart <= TOLERANCE:
        raise UserError(
            f"the exported model strays from torch by {apart:.2g} (at most {TOLERANCE})",
            "report this: an operator is exported wrongly",
        )
    return apart


def _save_weights(model: GenreModel, folder: Path) -> None:
    from safetensors.torch import save_file

    save_file(
        {k: v.contiguous() for k, v in model.state_dict().items()}, folder / "model.safetensors"
    )
