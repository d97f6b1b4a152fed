from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from cinegenre import Movie, Tagger, UserError
from cinegenre.data.dataset import PreparedSet
from cinegenre.export.export import export, load_model
from cinegenre.inputs import NamesInput
from cinegenre.inputs.text import UNKNOWN, build_vocabulary
from cinegenre.metrics.arrays import truth_of
from cinegenre.metrics.ranking import average_precision
from cinegenre.train.loop.train import train
from cinegenre.train.model.encoders import build_encoder
from cinegenre.train.recipe import InputConfig, Recipe, load_recipe

from ...conftest import SMALL

READS = NamesInput(
    fields=("people",),
    tokenizer=build_vocabulary([[f"name {i}" for i in range(30)]], 50),
    max_tokens=5,
)


def encoder(**options: object) -> nn.Module:
    torch.manual_seed(0)
    return build_encoder("x", {"type": "names", **options}, READS).eval()


def test_it_is_a_bag_of_names() -> None:
    """torch's own EmbeddingBag, with padding left out of its mean."""
    names = encoder(embedding=7, out=5)
    tokens = torch.tensor([[3, 9, 4], [5, 0, 0], [1, 8, 0]])
    mean = nn.functional.embedding_bag(
        tokens, names.embedding.weight, mode="mean", padding_idx=0  # type: ignore[union-attr,arg-type]
    )  # fmt: skip
    torch.testing.assert_close(names(tokens), names.project(mean))  # type: ignore[operator]
    torch.testing.assert_close(names(tokens), names(tokens[:, [2, 0, 1]]))


def test_unknown_names_say_nothing_at_first() -> None:
    names = encoder()
    unknown = READS.tokenizer.token_to_id(UNKNOWN)
    assert not names.embedding.weight[unknown].any()  # type: ignore[union-attr,index]
    names(torch.tensor([[unknown, 4]])).sum().backward()
    assert names.embedding.weight.grad[unknown].any()  # type: ignore[union-attr,index]


def recipe(**options: object) -> Recipe:
    slides = load_recipe("cnn_lstm_slides", overrides=SMALL)
    studios = InputConfig(kind="names", fields=("companies",), vocabulary=100)
    return replace(
        slides,
        inputs={"studios": studios},
        encoders={"studios": {"type": "names", **options}},
        train=replace(slides.train, epochs=8),
        modalities=(),
    )


def test_a_run_on_companies_alone(prepared: PreparedSet, tmp_path: Path) -> None:
    """A genre of the tiny films has studios of its own: trained, exported and predicted with."""
    train(recipe(), prepared, tmp_path / "run")
    _, inputs = load_model(recipe(), tmp_path / "run")
    assert isinstance(inputs["studios"], NamesInput)
    assert "iron harbour pictures" in inputs["studios"].tokenizer.get_vocab()
    export(tmp_path / "run", tmp_path / "bundle", data=prepared)
    config = json.loads((tmp_path / "bundle" / "config.json").read_text())
    assert config["inputs"]["studios"]["kind"] == "names"
    tagger = Tagger.load(tmp_path / "bundle")
    test = [film for film in prepared.films("test") if film.companies]
    scores = np.array([list(p.scores.values()) for p in tagger.predict(test)])
    truth = truth_of(test, tagger.genres)
    kept = truth.sum(axis=0) > 2
    assert average_precision(truth, scores)[kept].mean() > 2 * truth[:, kept].mean()
    unheard, nothing = tagger.predict([Movie(companies=("Unheard Of",)), Movie(title="x")])
    assert unheard.inputs == ["companies"] and unheard.error is None
    assert nothing.error is not None
    del config["inputs"]["studios"]["pad_token"]  # as older bundles
    (tmp_path / "bundle" / "config.json").write_text(json.dumps(config))
    [again] = Tagger.load(tmp_path / "bundle").predict([Movie(companies=("Unheard Of",))])
    assert again.scores == unheard.scores


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        ("names", ("overview",), "unknown field of .* 'overview': known: companies, people"),
        ("name", ("people",), "did you mean 'names'"),
        ("words", ("people",), "is of type 'names', which does not read"),
        ("text", ("people",), "is raw text, and .* names no model to tokenise it: name a model"),
    ],
)
def test_inputs_it_cannot_have(
    kind: str, fields: tuple[str, ...], said: str, prepared: PreparedSet, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=said):
        wrong = {"studios": InputConfig(kind=kind, fields=fields)}
        train(replace(recipe(), inputs=wrong), prepared, tmp_path / "run")
