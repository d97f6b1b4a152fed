"""Loads the films that a recipe selects, and makes its inputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict

import numpy as np

from ...data.dataset import PreparedSet
from ...data.select import select
from ...data.stratify import deal, labels_of
from ...errors import UserError
from ...inputs import PosterInput, TextInput
from ...movie import INPUTS, Movie
from ...tagger.modes import only
from ...taxonomy import taxonomy
from ..model.corpus import Corpus
from ..recipe import Recipe
from .arrays import Films, cache_folder, config_key, load_films
from .tokens import new_tokenizer, text_input


def select_films(
    data: PreparedSet, split: str, recipe: Recipe
) -> tuple[Iterator[Movie], Counter[str]]:
    """The films of a split that the recipe selects, and the number dropped by reason."""
    config = recipe.data
    return select(
        data.films(split, config.labels),
        taxonomy=taxonomy(config.taxonomy),
        languages=config.languages,
        drop_genres=config.drop_genres,
        need=config.needed(split),
        any_of=_fields(recipe),
    )


def load_split(data: PreparedSet, split: str, recipe: Recipe) -> tuple[Films, dict[str, int]]:
    """The selected films of a split with decoded posters, and the number dropped by reason."""
    config, fields = recipe.data, _fields(recipe)
    kept: Iterable[Movie]
    kept, counts = select_films(data, split, recipe)
    if split == "train" and config.films:
        kept = _drawn(list(kept), config.films, recipe.seed, counts)
    sizes = {
        (spec.height, spec.width): PosterInput(height=spec.height, width=spec.width)
        for spec in (recipe.inputs[name] for name in recipe.used)
        if spec.kind == "poster"
    }
    seed = recipe.seed if config.films else None
    key: dict[str, object]
    key = {"data": data.fingerprint, "split": split, "select": config_key(config), "seed": seed}
    if not set(fields) & set(
        config.needed(split)
    ):  # else the selection does not depend on the fields
        key["any"] = fields
    films = load_films(kept, list(sizes.values()), cache_folder(data.folder, key))
    if not films.films:
        why = ", ".join(f"{count:,} {reason}" for reason, count in counts.items()) or "it is empty"
        raise UserError(
            f"no film of split {split!r} is left for {recipe.name!r} ({why})",
            "loosen the recipe's [data], or prepare the films with another split",
        )
    return films, dict(counts)


def corpus_of(data: PreparedSet, name: str, recipe: Recipe, reads: TextInput) -> Corpus:
    """The texts of the whole training split as the modality `name` reads them."""

    def rows() -> list[np.ndarray]:
        films = (only(film, reads.fields, INPUTS) for film in data.films("train"))
        encoded = reads.encode([film for film in films if film.inputs])
        return [row for row in encoded if len(row)]

    key = {"data": data.fingerprint, "corpus": asdict(recipe.inputs[name]),
           "tokens": reads.tokenizer.to_str()}  # fmt: skip
    return Corpus(reads, rows, cache_folder(data.folder, key))


def _fields(recipe: Recipe) -> tuple[str, ...]:
    """The inputs of a film that the model of the recipe reads."""
    return tuple(sorted({field for name in recipe.used for field in recipe.inputs[name].reads}))


def _drawn(films: Sequence[Movie], most: int, seed: int, counts: Counter[str]) -> Sequence[Movie]:
    """At most `most` of the films in their order, with the same shares of genres as all."""
    if len(films) <= most:
        return films
    share = most / len(films)
    part = deal([[labels_of(film)] for film in films], (share, 1 - share), seed)
    counts["not drawn"] += int((part == 1).sum())
    return [film for film, chosen in zip(films, part == 0, strict=True) if chosen]


def folds_of(films: int, folds: int, seed: int) -> np.ndarray:
    """The fold of each film, 0 to `folds` - 1, (films,)."""
    return np.asarray(np.random.default_rng(seed).permutation(films) % folds)


def rows_kept(films: int, leave_out: str, seed: int) -> np.ndarray:
    """The rows that remain after `data.leave_out` ("2/5": all but the second fifth)."""
    number, _, folds = leave_out.partition("/")
    return np.flatnonzero(folds_of(films, int(folds), seed) != int(number) - 1)


def make_inputs(
    recipe: Recipe, data: PreparedSet, films: Films
) -> dict[str, TextInput | PosterInput]:
    """The recipe's inputs. Vocabularies are built from `films`, the selected training films, or
    with `whole_split` from all films of the training split.
    """
    return {name: _make_input(name, recipe, data, films) for name in recipe.used}


def _make_input(
    name: str, recipe: Recipe, data: PreparedSet, films: Films
) -> TextInput | PosterInput:
    spec = recipe.inputs[name]
    if spec.kind == "poster":
        return PosterInput(height=spec.height, width=spec.width)
    counted = films.films
    if spec.whole_split:
        counted = [only(film, spec.fields, INPUTS) for film in data.films("train")]
    return text_input(name, recipe, new_tokenizer(name, recipe, counted))
