"""Makes the tokenizers of a recipe's texts, from training films or from a pretrained model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tokenizers import Tokenizer

from ...errors import UserError
from ...inputs import NamesInput, TextInput
from ...inputs.names import tokens_of
from ...inputs.text import build_vocabulary, cleaned
from ...movie import Movie
from ..model import pretrained
from ..recipe import Recipe


def new_tokenizer(name: str, recipe: Recipe, films: Sequence[Movie]) -> Tokenizer:
    """The tokenizer of `[inputs.name]`; vocabularies are built from `films`, the training films."""
    spec = recipe.inputs[name]
    if spec.kind == "text":
        return pretrained.load_tokenizer(_model_of(name, recipe))
    if spec.kind == "names":
        names = (tokens_of(film, spec.fields, spec.max_tokens, spec.words) for film in films)
        return build_vocabulary(names, spec.vocabulary)
    rows = (cleaned(film, spec.fields, spec.cleaning) for film in films)
    return build_vocabulary(rows, spec.vocabulary)


def text_input(name: str, recipe: Recipe, tokenizer: Tokenizer) -> TextInput:
    """`[inputs.name]`, which is not a poster, with its tokenizer. Raises `UserError` for raw text
    whose encoder has no tokenizer.
    """
    spec = recipe.inputs[name]
    shared: dict[str, Any] = {
        "fields": spec.fields,
        "tokenizer": tokenizer,
        "max_tokens": spec.max_tokens,
    }
    if spec.kind == "names":
        return NamesInput(**shared, words=spec.words)
    if spec.kind == "words":
        return TextInput(**shared, cleaning=spec.cleaning)
    pad_token = pretrained.pad_token(_model_of(name, recipe), tokenizer)
    return TextInput(**shared, separator=spec.separator, pad_token=pad_token)


def _model_of(name: str, recipe: Recipe) -> str:
    model = recipe.encoders[name].get("model")
    if not isinstance(model, str):
        raise UserError(
            f"[inputs.{name}] is raw text, and [encoders.{name}] names no model to tokenise it",
            f'name a model in [encoders.{name}], or set kind = "words" in [inputs.{name}]',
        )
    return model
