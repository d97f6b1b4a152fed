"""Every kind of encoder at a size for tests: what it reads, and the table that asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from cinegenre.inputs import NamesInput, PosterInput, TextInput
from cinegenre.movie import Movie
from cinegenre.train.data.tokens import new_tokenizer, text_input
from cinegenre.train.model.encoders import ENCODERS
from cinegenre.train.recipe import InputConfig, Recipe

from ..tiny import pretrained
from ..tiny.words import LOOKS

Tables = dict[str, dict[str, Any]]
NOUNS = sorted({noun for look in LOOKS.values() for noun in look.nouns})
"""The words of the tiny films that tell their genres: what the tiny transformer knows."""
_SIZES: Tables = {
    "awd_lstm": {"embedding": 24, "units": 48, "layers": 2, "dropout": 0.1},
    "classifier": {"epochs": 20, "batch_size": 16, "learning_rate": 0.01},
    "cnn": {"filters": [8, 16], "hidden": [32], "out": 32},
    "lstm": {"embedding": 24, "units": 32},
    "transformer": {"frozen": False},
    "vision": {"frozen": False},
}


def tables(folder: Path) -> Tables:
    """By kind its table in a recipe; those that start from a pretrained model find it in `folder`.

    A kind that is not in `_SIZES` has its own defaults.
    """
    text = pretrained.save_text(folder / "text", words=NOUNS)
    image = pretrained.save_image(folder / "image")
    sentence = pretrained.save_universal_sentence(folder / "sentence", words=NOUNS)
    models = {
        "classifier": {"model": str(image)},
        "transformer": {"model": str(text)},
        "universal_sentence": {"model": str(sentence)},
        "vision": {"model": str(image)},
    }
    return {
        kind: {"type": kind, **_SIZES.get(kind, {}), **models.get(kind, {})} for kind in ENCODERS
    }


def spec_of(kind: str) -> InputConfig:
    """What an encoder of that kind reads: posters, the studios or the overview."""
    encoder = ENCODERS[kind]
    if encoder.Reads is PosterInput:
        return InputConfig(kind="poster", height=32, width=16)
    if encoder.Reads is NamesInput:
        return InputConfig(kind="names", fields=("companies",))
    tokenised = any(option.name == "model" for option in fields(encoder.Options))
    return InputConfig(kind="text" if tokenised else "words", vocabulary=300, max_tokens=30)


def inputs_of(recipe: Recipe, films: Sequence[Movie]) -> dict[str, TextInput | PosterInput]:
    """The recipe's inputs, vocabularies of `films`."""
    made: dict[str, TextInput | PosterInput] = {}
    for name, spec in recipe.inputs.items():
        if spec.kind == "poster":
            made[name] = PosterInput(height=spec.height, width=spec.width)
        else:
            made[name] = text_input(name, recipe, new_tokenizer(name, recipe, films))
    return made


def recipe_of(kinds: Mapping[str, str], tables: Tables, **tables_more: Any) -> Recipe:
    """A recipe with an encoder of the kind `kinds[modality]` a modality."""
    return Recipe(
        name="tiny",
        inputs={name: spec_of(kind) for name, kind in kinds.items()},
        encoders={name: tables[kind] for name, kind in kinds.items()},
        **tables_more,
    )
