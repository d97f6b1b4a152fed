"""What each modality counts beside the others, fitted on films that were not trained on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from cinegenre.data.dataset import PreparedSet
from cinegenre.errors import UserError
from cinegenre.export.export import export
from cinegenre.export.weigh import _least, fit_shares
from cinegenre.tagger import Tagger
from cinegenre.train.loop.train import train
from cinegenre.train.model.fusion import Sum, set_number
from cinegenre.train.model.model import Head
from cinegenre.train.recipe import ModelConfig, Recipe, load_recipe

from ..conftest import SMALL

GENRES, FILMS = 3, 4000


def head() -> Head:
    """Each of two modalities gives its three numbers on as logits."""
    made = Head({"a": GENRES, "b": GENRES}, GENRES, ModelConfig(fusion="sum", fusion_width=GENRES))
    fusion = made.fusion
    assert isinstance(fusion, Sum)
    with torch.no_grad():
        for layer in [*fusion.project, made.classify[-1]]:
            layer.weight.copy_(torch.eye(GENRES))
            layer.bias.zero_()
    return made.eval()


def films(a: float, b: float) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Films whose genres come about with the log-odds a × what the one says + b × the other."""
    random = np.random.default_rng(0)
    features = {name: random.normal(size=(FILMS, GENRES)).astype(np.float32) for name in "ab"}
    odds = a * features["a"] + b * features["b"]
    truth = random.random((FILMS, GENRES)) < 1 / (1 + np.exp(-odds))
    return features, np.ones((FILMS, 2), bool), truth


def test_the_shares_are_those_of_a_logistic_regression() -> None:
    features, present, truth = films(1.5, 0.3)
    told = fit_shares(head(), features, present, truth)
    both = np.stack([features[name].ravel() for name in "ab"], axis=1)
    both = np.hstack([both, np.tile(np.eye(GENRES), (FILMS, 1))])  # a bias a genre
    oracle = LogisticRegression(C=1e9, fit_intercept=False, tol=1e-9).fit(both, truth.ravel())
    assert list(told) == ["a+b"]
    assert list(told["a+b"].values()) == pytest.approx(oracle.coef_[0, :2], rel=1e-3)
    assert told["a+b"]["b"] == pytest.approx(0.3, abs=0.06)


def test_a_modality_alone_stays_as_it_was() -> None:
    features, present, truth = films(1.5, 0.3)
    whole = head()
    batch = {name: torch.from_numpy(part) for name, part in features.items()}
    alone = torch.tensor([[False, True]]).expand(FILMS, 2)
    before = whole(batch, alone), whole(batch, ~alone)
    told = fit_shares(whole, features, present, truth)["a+b"]
    assert torch.equal(whole(batch, alone), before[0]) and torch.equal(
        whole(batch, ~alone), before[1]
    )
    joined = told["a"] * batch["a"] + told["b"] * batch["b"]
    assert torch.allclose(whole(batch, torch.from_numpy(present)), joined, atol=1e-5)


def test_a_part_that_says_the_contrary_counts_next_to_nothing() -> None:
    features, present, truth = films(1.0, -1.0)
    assert fit_shares(head(), features, present, truth)["a+b"]["b"] < 0.01


@pytest.mark.parametrize("seed", range(4))
def test_many_parts_that_say_the_same_are_all_weighed(seed: int) -> None:
    """Confident parts, each with an error of its own: a search of logarithms left some at 0."""
    random = np.random.default_rng(seed)
    odds = random.normal(size=(FILMS, 1, GENRES)) * 2
    scales = random.uniform(2, 30, 5)[None, :, None]
    parts = ((odds + random.normal(size=(FILMS, 5, GENRES))) * scales).astype(np.float32)
    truth = (random.random((FILMS, GENRES)) < 1 / (1 + np.exp(-odds[:, 0]))).astype(np.float32)

    def loss(found: np.ndarray) -> float:
        logits = np.einsum("fmg,m->fg", parts.astype(float), found[:5]) + found[5:]
        return float(np.mean(np.logaddexp(0, logits) - truth * logits))

    free = [(None, None)] * GENRES
    oracle = minimize(loss, np.r_[np.full(5, 0.2), np.zeros(GENRES)], method="L-BFGS-B",
                      bounds=[(0, None)] * 5 + free)  # fmt: skip
    found = _least(torch.from_numpy(parts), torch.zeros(GENRES), torch.from_numpy(truth))
    assert (found > 0).all()
    assert found.numpy() == pytest.approx(oracle.x[:5], rel=0.01)


def test_how_often_a_set_has_a_genre_does_not_bend_the_shares() -> None:
    features, present, truth = films(1.0, 0.5)
    odds = 1.0 * features["a"] + 0.5 * features["b"] - 2  # rarer than the last layer's bias says
    rare = np.random.default_rng(1).random(truth.shape) < 1 / (1 + np.exp(-odds))
    told = fit_shares(head(), features, present, rare)["a+b"]
    assert told["a"] == pytest.approx(1.0, abs=0.1) and told["b"] == pytest.approx(0.5, abs=0.1)


def test_only_films_with_all_of_a_set_judge_it() -> None:
    features, present, truth = films(1.0, 0.5)
    present[: FILMS // 2, 1] = False
    truth[: FILMS // 2] = ~truth[: FILMS // 2]
    rows = slice(FILMS // 2, None)
    some = {name: part[rows] for name, part in features.items()}
    whole, half = head(), head()
    assert fit_shares(whole, features, present, truth) == fit_shares(
        half, some, present[rows], truth[rows]
    )


def test_sets_are_numbered() -> None:
    present = torch.tensor([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 1]]).bool()
    assert set_number(present).tolist() == [0, 1, 2, 7]


def test_what_it_goes_with() -> None:
    for more in (["model.fusion=concat"], ["model.fusion=sum"]):  # the slides' has hidden layers
        with pytest.raises(UserError, match=r"model\.weigh is set with the fusion"):
            load_recipe("cnn_lstm_slides", overrides=[*more, "model.weigh=true"])


@pytest.fixture(scope="module")
def recipe() -> Recipe:
    small = load_recipe("cnn_lstm_slides", overrides=[*SMALL, "train.epochs=6"])
    model = replace(small.model, fusion="sum", hidden=(), weigh=True, every_set=True)
    return replace(small, model=model)


@pytest.mark.parametrize("weights", ["float32", "float16", "int8"])
def test_a_bundle_weighs_and_may_be_small(
    recipe: Recipe, prepared: PreparedSet, tmp_path_factory: pytest.TempPathFactory, weights: str
) -> None:
    run = tmp_path_factory.getbasetemp() / "weighed"
    train(recipe, prepared, run, resume=run.exists())
    out = tmp_path_factory.mktemp("bundles") / "weighed"
    report = export(run, out, data=prepared, weights=weights)
    assert set(report.shares["text+poster"]) == {"text", "poster"}
    assert report.strays < 1e-4  # torch weighs as ONNX does
    assert "text counts" in (out / "README.md").read_text()
    sizes = {path.name: path.stat().st_size for path in out.glob("*.onnx")}
    whole = sizes["encoder-text.onnx"]
    assert Tagger.load(out).genres == recipe.genres
    if weights == "float32":
        assert report.lost is None
        return
    before, after = (report.lost.before.macro_ap, report.lost.after.macro_ap)
    assert abs(before - after) < (0.1 if weights == "int8" else 0.01)
    kept = {"int8": "8-bit integers", "float16": "16-bit floats"}[weights]
    assert f"**Kept** in {kept}" in (out / "README.md").read_text()
    assert whole < 60_000
