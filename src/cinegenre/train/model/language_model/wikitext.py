"""A fastai language model of WikiText-103: its weights (.pth) and its words (.pkl).

fastai's layout: a state dict with `0.encoder.weight` (words, embedding), of LSTM i
`0.rnns.i.weight_hh_l0_raw` and `0.rnns.i.module.{weight_ih_l0, bias_ih_l0, bias_hh_l0}`, and
`1.decoder.bias` (words,), maybe under "model"; the words are a pickled list. Neither file is let
run code.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ....errors import UserError
from ....inputs.text import PAD, UNKNOWN
from .layers import AWDLSTMLayers
from .pretrain import TiedModel

SPECIAL = {UNKNOWN: ("xxunk", "_unk_"), PAD: ("xxbos", "xxpad", "_pad_")}
"""What fastai calls them. Our padding stands between the texts, as xxbos does in its stream."""

_CURE = "name a fastai AWD-LSTM language model (.pth) and the .pkl of its words"


def load_wikitext(
    model: TiedModel, vocabulary: Mapping[str, int], weights: Path, words: Path
) -> dict[str, Any]:
    """Write the files' model into `model`; for run.json the files and how many words were found.

    Words of `vocabulary` that it lacks get the mean of all its rows, as in fastai's `match_embeds`.
    Raises `UserError` for a file that is missing, is another thing, or has other sizes.
    """
    state, rows = _read_weights(weights), _read_words(words)
    table = _part(state, weights, "0.encoder.weight")
    if table.dim() != 2 or len(rows) > len(table):
        raise UserError(
            f"{words} has {len(rows):,} words, {weights} has rows for {len(table):,}",
            "name two files of one model",
        )
    _check_sizes(model.layers, state, weights)
    bias = state.get("1.decoder.bias", torch.zeros(len(table)))  # fastai 0.7 had none
    if bias.shape != table.shape[:1]:
        raise UserError(f"1.decoder.bias of {weights} is {tuple(bias.shape)}", _CURE)
    at = {word: row for row, word in reversed(list(enumerate(rows)))}
    found = 0
    with torch.no_grad():
        model.layers.embedding.weight.copy_(table.mean(dim=0).expand(len(vocabulary), -1))
        model.bias.fill_(float(bias.mean()))
        for word, row in vocabulary.items():
            known = next((at[name] for name in SPECIAL.get(word, (word,)) if name in at), None)
            if known is not None:
                model.layers.embedding.weight[row], model.bias[row] = table[known], bias[known]
                found += 1
        for number, lstm in enumerate(model.layers.lstms):
            for name, parameter in lstm.named_parameters():
                parameter.copy_(_layer_part(state, weights, number, name, parameter))
    return {"file": str(weights), "words": str(words), "found": found, "of": len(vocabulary)}


def _layer_part(
    state: Mapping[str, Tensor], path: Path, number: int, name: str, like: Tensor
) -> Tensor:
    inner = f"0.rnns.{number}.module.{name}"
    names = (f"0.rnns.{number}.{name}_raw", f"{inner}_raw", inner)
    part = _part(state, path, *(names if name == "weight_hh_l0" else (inner,)))
    if part.shape != like.shape:
        raise UserError(f"{inner} of {path} is {tuple(part.shape)}, not {tuple(like.shape)}", _CURE)
    return part


def _check_sizes(layers: AWDLSTMLayers, state: Mapping[str, Tensor], path: Path) -> None:
    count = len({key.split(".")[2] for key in state if key.startswith("0.rnns.")})
    hidden = [_part(state, path, "0.rnns.0.module.bias_hh_l0")] if count > 1 else []
    theirs = {
        "embedding": state["0.encoder.weight"].shape[1],
        # A single layer is as wide as the embedding.
        "units": len(hidden[0]) // 4 if hidden else layers.shape["units"],
        "layers": count,
    }
    if theirs != layers.shape:
        ours = ", ".join(f"{name} {size}" for name, size in layers.shape.items())
        sizes = ", ".join(f"{name} = {size}" for name, size in theirs.items())
        raise UserError(f"the encoder has {ours}, {path} has others", f"set {sizes}")


def _part(state: Mapping[str, Tensor], path: Path, *names: str) -> Tensor:
    for name in names:
        if name in state:
            return state[name].float()
    raise UserError(f"{path} has no {names[0]}", _CURE)


def _read_weights(path: Path) -> dict[str, Tensor]:
    try:
        read = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror or error})", _CURE) from None
    except Exception as error:  # bytes that are not weights can raise anything
        reason = str(error).strip().splitlines()[:1]
        raise UserError(f"{path} holds no plain weights {reason}", _CURE) from None
    if isinstance(read, Mapping) and isinstance(read.get("model"), Mapping):
        read = read["model"]
    if not isinstance(read, Mapping):
        raise UserError(f"{path} holds no plain weights", _CURE)
    return {str(key): part for key, part in read.items() if isinstance(part, Tensor)}


class _PlainUnpickler(pickle.Unpickler):
    """Lists and strings need no class and no function: whatever asks for one is refused."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"it asks for {module}.{name}")


def _read_words(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            words = _PlainUnpickler(file).load()
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror or error})", _CURE) from None
    except Exception as error:  # bytes that are not a pickle can raise anything
        raise UserError(f"{path} holds no plain list of words ({error})", _CURE) from None
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise UserError(f"{path} holds no plain list of words", _CURE)
    return words
