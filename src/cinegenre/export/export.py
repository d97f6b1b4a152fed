"""Exports a finished run as a bundle: ONNX checked against torch, calibration, model card."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer

from ..data.dataset import PreparedSet
from ..data.select import select
from ..errors import UserError, unknown
from ..files import whole, write_text
from ..inputs import PosterInput, TextInput, pad
from ..metrics.arrays import truth_of
from ..movie import Movie
from ..tagger.bundle_files import check_out
from ..tagger.bundle_folder import read_bundle, write_config, write_thresholds
from ..tagger.runtime import Runtime
from ..taxonomy import taxonomy
from ..train.data.tokens import text_input
from ..train.loop.frozen import frozen_encoders
from ..train.loop.run_folder import Summary, read_run, read_summary
from ..train.model.losses import activation
from ..train.model.model import GenreModel, build_model
from ..train.recipe import Recipe
from .card import described, model_card
from .finish import finish
from .onnx import export_head, export_onnx
from .quantize import WEIGHTS
from .result import ExportReport
from .weigh import fit_shares

TOLERANCE = 1e-3
"""How much the exported probabilities may differ from torch's on real films."""
_CHECKED = 256


def export(
    run: Path,
    out: Path,
    *,
    data: PreparedSet | None = None,
    name: str = "",
    version: str = "1",
    torch_weights: bool = False,
    weights: str = "float32",
) -> ExportReport:
    """Write the best weights of `run` as a bundle in `out`; return the report for its card.

    The encoders' weights are converted to `weights`, one of `WEIGHTS`. Then calibration and
    thresholds are fitted for every set of inputs on the validation films of the data set that the
    run was trained on (`data`, if it has moved since). Raises `UserError` for an unfinished run,
    for other data, and if ONNX computes other probabilities than torch.
    """
    if weights not in WEIGHTS:
        raise unknown("kind of weights", weights, WEIGHTS)
    recipe, summary = read_run(run), read_summary(run)
    prepared = data or PreparedSet.open(summary.data.folder)
    if prepared.fingerprint != summary.fingerprint:
        raise UserError(
            f"{prepared.folder} is not the data that {run} was trained on", "name it with --data"
        )
    check_out(out)
    model, inputs = load_model(recipe, run)
    if model.apart:
        model.join()
    films = validation_films(prepared, recipe)
    name = name or out.name
    with whole(out) as staged:
        staged.mkdir()
        export_onnx(model, inputs, staged)
        widths = {key: encoder.out_dim for key, encoder in model.encoders.items()}
        about = _about(recipe, summary, prepared)
        write_config(staged, name, version, recipe.genres, inputs, widths, about)
        write_thresholds(staged, {})
        runtime = Runtime(read_bundle(staged))
        shares = _weigh(model, runtime, films) if recipe.model.weigh else {}
        strays = _check(model, runtime, films)
        lost, modes = finish(runtime, weights, films, prepared)
        if torch_weights:
            _save_weights(model, staged)
        report = ExportReport(
            name=name,
            version=version,
            info=summary,
            strays=strays,
            weights=weights,
            lost=lost,
            shares=shares,
            modes=modes,
        )
        write_text(staged / "README.md", model_card(described(recipe), read_bundle(staged), report))
    return report


def load_model(recipe: Recipe, run: Path) -> tuple[GenreModel, dict[str, TextInput | PosterInput]]:
    """The model with a run's best weights, in eval mode, and the inputs it was trained on."""
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
    for key in frozen_encoders(model.encoders):  # not in checkpoints, because they never change
        weights |= {f"encoders.{key}.{n}": p for n, p in model.encoders[key].state_dict().items()}
    model.load_state_dict(weights)
    return model.eval(), inputs


def validation_films(prepared: PreparedSet, recipe: Recipe) -> list[Movie]:
    """The validation films with a genre of the recipe and any of its inputs.

    These may be more than the recipe selects: modes that lack an input are fitted on all films that
    have their inputs.
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


def _about(recipe: Recipe, summary: Summary, prepared: PreparedSet) -> dict[str, Any]:
    """The entries of a bundle's config.json about its training and how it is run."""
    return {
        "recipe": summary.recipe,
        "title": summary.title,
        "seed": summary.seed,
        "versions": dict(summary.versions),
        "films": dict(summary.films),
        "epochs": summary.epochs,
        "data": {
            "fingerprint": prepared.fingerprint,
            "source": prepared.manifest.source,
            "labels": recipe.data.labels,
            "languages": list(recipe.data.languages),
            "drop_genres": list(recipe.data.drop_genres),
        },
        "languages": list(recipe.languages),
        "spared": {key: list(texts) for key, texts in recipe.model.spare.items()},
        "activation": activation(recipe.model.loss),
    }


def _weigh(model: GenreModel, runtime: Runtime, films: list[Movie]) -> dict[str, dict[str, float]]:
    """Fit the weight of each modality and write the head again; return the weights by set."""
    encoded = runtime.encode(films, tuple(runtime.bundle.inputs))
    truth = truth_of(films, runtime.bundle.genres)
    shares = fit_shares(model.head, encoded.features, encoded.present, truth)
    export_head(model, runtime.bundle.folder)
    return shares


def _check(model: GenreModel, runtime: Runtime, films: list[Movie]) -> float:
    """The largest difference in probability between the exported files and torch."""
    # Films with all inputs first, because they run every encoder.
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
    save_file(
        {k: v.contiguous() for k, v in model.state_dict().items()}, folder / "model.safetensors"
    )
