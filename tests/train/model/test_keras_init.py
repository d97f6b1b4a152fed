from __future__ import annotations

import pytest
import torch
from torch import nn

from cinegenre.train.config import from_table
from cinegenre.train.model.encoders import ENCODERS
from cinegenre.train.model.keras_init import keras_init
from cinegenre.train.model.model import GenreModel, build_model
from cinegenre.train.recipe import Recipe

from ..kinds import Tables, spec_of
from .test_model import GENRES, READS


def built(kind: str, tables: Tables, init: str) -> GenreModel:
    torch.manual_seed(0)
    recipe = from_table(
        Recipe,
        {
            "name": "one",
            "inputs": {"x": spec_of(kind)},
            "encoders": {"x": tables[kind]},
            "model": {"init": init, "hidden": (7,), "batch_norm": True},
        },
        "recipe",
    )
    return build_model(recipe, {"x": READS[kind]}, GENRES)


def of(model: nn.Module, kind: type) -> list[nn.Module]:
    return [module for module in model.modules() if isinstance(module, kind)]


@pytest.mark.parametrize("kind", ENCODERS)
def test_only_what_starts_from_scratch_starts_as_keras_does(kind: str, tables: Tables) -> None:
    theirs, ours = built(kind, tables, "keras"), built(kind, tables, "torch")
    same = {
        name: torch.equal(one, other)
        for (name, one), other in zip(
            theirs.encoders["x"].named_parameters(), ours.encoders["x"].parameters(), strict=True
        )
    }
    assert ENCODERS[kind].from_scratch == (not all(same.values()))
    # Of one that does, nothing is left as it was, but what both start from zeros and ones.
    assert ENCODERS[kind].from_scratch in (False, not any(same.values()))
    for layer in of(theirs.head, nn.Linear):
        bound = (6 / sum(layer.weight.shape)) ** 0.5
        assert not layer.bias.any() and 0.5 * bound < layer.weight.abs().max() <= bound
    assert all((norm.weight == 1).all() for norm in of(theirs.head, nn.BatchNorm1d))


def test_an_lstm_remembers_at_first() -> None:
    """Forget gates (the second quarter) of bias 1, the others 0; orthogonal recurrent weights."""
    torch.manual_seed(0)
    lstm = nn.LSTM(6, 5, num_layers=2)
    keras_init(lstm)
    for inner, hidden, *biases in lstm.all_weights:
        assert sum(biases).tolist() == [0] * 5 + [1] * 5 + [0] * 10
        torch.testing.assert_close(hidden.T @ hidden, torch.eye(5))
        assert inner.abs().max() <= (6 / (inner.shape[1] + 20)) ** 0.5


def test_words_start_small_and_padding_stays_zero() -> None:
    torch.manual_seed(0)
    words = nn.Embedding(200, 30, padding_idx=3)
    keras_init(words)
    assert not words.weight[3].any()
    assert 0.049 < words.weight.abs().max() <= 0.05
    assert words.weight.any(dim=1).sum() == 199


def test_a_convolution_is_glorots() -> None:
    """Glorot and Bengio 2010, equation 16: by the inputs and outputs of a pixel's whole window."""
    torch.manual_seed(0)
    layer = nn.Conv2d(3, 32, 3)
    keras_init(layer)
    assert layer.bias is not None and not layer.bias.any()
    bound = (6 / (9 * 3 + 9 * 32)) ** 0.5
    assert 0.95 * bound < layer.weight.abs().max() <= bound
