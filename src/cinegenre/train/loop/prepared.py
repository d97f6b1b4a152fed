"""Prepares a training from a recipe and a data set: arrays, inputs and the initial model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from ...data.dataset import PreparedSet
from ...data.oversample import frequencies, oversample
from ...errors import UserError
from ...inputs import PosterInput, TextInput
from ...taxonomy import taxonomy
from ..data.arrays import FilmArrays
from ..data.films import corpus_of, load_split, make_inputs, rows_kept
from ..data.loader import FilmLoader, LengthSorted
from ..model.corpus import Corpus
from ..model.encoders import ENCODERS
from ..model.model import GenreModel, begin, build_model
from ..precision import Precision, precision_of
from ..recipe import Recipe
from .frozen import Computed, frozen_encoders, with_features
from .run_folder import Oversampled, Summary, read_started
from .task import GenreTask


@dataclass(frozen=True)
class Prepared:
    """Everything that a training needs, and what run.json records about it."""

    model: GenreModel
    inputs: Mapping[str, TextInput | PosterInput]
    arrays: Mapping[str, FilmArrays]  # of "train" (oversampled, if asked for) and "validation"
    positives: torch.Tensor  # each genre's share of the training films, (genres,)
    films: Mapping[str, int]  # by split, before any are left out or repeated
    dropped: Mapping[str, Mapping[str, int]]
    parameters: int
    begun: Mapping[str, Any]
    oversampled: Oversampled | None

    def task(self, recipe: Recipe) -> GenreTask:
        """The model with its loss and optimiser, for Lightning."""
        return GenreTask(self.model, recipe, self.positives)

    def loader(self, split: str, recipe: Recipe) -> FilmLoader:
        """The batches of a split; for training, their order depends on the seed and the epoch."""
        part, train = self.arrays[split], recipe.train
        seed = recipe.seed if split == "train" else None
        return FilmLoader(
            part, LengthSorted(part.lengths, train.batch_size, train.pool_batches, seed)
        )


def precision_for(recipe: Recipe) -> Precision:
    """The precision in which this machine trains `recipe`; call it before any work is done.

    Raises `UserError` if the machine cannot train the model in the recipe's precision.
    """
    kinds = [ENCODERS.get(recipe.encoders[name]["type"]) for name in recipe.used]
    lstm = any(kind is not None and kind.has_lstm for kind in kinds)
    return precision_of(recipe.train.precision, lstm=lstm)


def prepare(
    recipe: Recipe, data: PreparedSet, precision: Precision, begun: Mapping[str, Any] | None = None
) -> Prepared:
    """Load the films, make the inputs, build the model and initialise its encoders.

    For a resumed run, `begun` is what its encoders recorded at the start. They are then not
    initialised again, because the checkpoint holds their weights.
    """
    genres = taxonomy(recipe.data.taxonomy)
    splits = {split: load_split(data, split, recipe) for split in ("train", "validation")}
    inputs = make_inputs(recipe, data, splits["train"][0])
    arrays = {name: films.arrays(genres, inputs) for name, (films, _) in splits.items()}
    model = build_model(recipe, inputs, len(genres))
    parameters = sum(p.numel() for p in model.parameters())
    if begun is None:
        begun = _begin(recipe, data, model, inputs)
    for name, (films, _) in splits.items():
        arrays[name] = with_features(arrays[name], model.encoders, recipe, films.cache, precision)
    for name in frozen_encoders(model.encoders):
        model.encoders[name] = Computed(model.encoders[name].out_dim)
    if recipe.data.leave_out:
        part = arrays["train"]
        kept = rows_kept(len(part), recipe.data.leave_out, recipe.seed)
        arrays["train"] = part.take(kept)
    positives = torch.from_numpy(arrays["train"].truth.mean(axis=0))
    oversampled = None
    if recipe.data.oversample > 1:
        arrays["train"], oversampled = _oversampled(arrays["train"], genres, recipe)
    return Prepared(
        model,
        inputs,
        arrays,
        positives,
        films={name: len(films.films) for name, (films, _) in splits.items()},
        dropped={name: counts for name, (_, counts) in splits.items()},
        parameters=parameters,
        begun=begun,
        oversampled=oversampled,
    )


def _begin(
    recipe: Recipe,
    data: PreparedSet,
    model: GenreModel,
    inputs: Mapping[str, TextInput | PosterInput],
) -> dict[str, Any]:
    """Initialise encoders from other runs, word vectors or a language model."""
    fresh = [name for name in inputs if name not in recipe.start]

    def corpus(name: str) -> Corpus:
        reads = inputs[name]
        assert isinstance(reads, TextInput)
        return corpus_of(data, name, recipe, reads)

    records: dict[str, Any] = begin(model, fresh, corpus)
    for name, run in recipe.start.items():
        _start_from(Path(run), name, model, inputs[name])
        records[name] = {"run": run}
    return records


def _start_from(run: Path, name: str, model: GenreModel, reads: TextInput | PosterInput) -> None:
    """Load the weights of a finished run's encoder into this model's encoder."""
    best = run / "checkpoints" / "best.ckpt"
    if not isinstance(read_started(run), Summary) or not best.exists():
        raise UserError(f"start.{name} is {run}, which holds no finished run", "train it first")
    if isinstance(reads, TextInput):
        tokenizer = run / f"tokenizer-{name}.json"
        same = tokenizer.exists() and tokenizer.read_text("utf-8") == _saved(reads)
        if not same:
            raise UserError(
                f"the run {run} has other token numbers than [inputs.{name}]",
                "start from a run with the same [data] and [inputs]",
            )
    prefix = f"model.encoders.{name}."
    state = torch.load(best, map_location="cpu", weights_only=True)["state_dict"]
    part = {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}
    try:
        model.encoders[name].load_state_dict(part)
    except RuntimeError:
        raise UserError(
            f"the run {run} has another encoder {name!r}", f"give [encoders.{name}] as it has it"
        ) from None


def _saved(reads: TextInput) -> str:
    return reads.tokenizer.to_str(pretty=True)


def _oversampled(
    arrays: FilmArrays, genres: Sequence[str], recipe: Recipe
) -> tuple[FilmArrays, Oversampled]:
    """The training films with those of rare label sets repeated."""
    rows = oversample(arrays.truth, round(recipe.data.oversample * len(arrays)), recipe.seed)
    table = frequencies(arrays.truth, rows, genres)
    return arrays.take(rows), Oversampled(len(rows), table)
