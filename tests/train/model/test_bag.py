from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from cinegenre import Tagger
from cinegenre.data.dataset import PreparedSet
from cinegenre.export.export import export, load_model
from cinegenre.inputs import Cleaning, TextInput, pad
from cinegenre.inputs.text import UNKNOWN, build_vocabulary
from cinegenre.metrics.arrays import truth_of
from cinegenre.metrics.ranking import average_precision
from cinegenre.movie import Movie
from cinegenre.train.data.arrays import TextColumn
from cinegenre.train.data.films import folds_of
from cinegenre.train.loop.apart import learned as let_learn
from cinegenre.train.loop.prepared import prepare
from cinegenre.train.loop.train import train
from cinegenre.train.model.encoders import build_encoder
from cinegenre.train.model.encoders.bag import Bag, BagOptions
from cinegenre.train.model.model import GenreModel
from cinegenre.train.recipe import InputConfig, ModelConfig, Recipe, load_recipe

from ...conftest import SMALL

WORDS = [f"qu{chr(97 + i)}x" for i in range(26)]
READS = TextInput(
    fields=("overview",), tokenizer=build_vocabulary([WORDS], 50), max_tokens=20,
    cleaning=Cleaning(lemmas=False),
)  # fmt: skip
GENRES = 3


def drawn(films: int = 300, seed: int = 0) -> tuple[list[str], list[np.ndarray], np.ndarray]:
    """Texts, their tokens, and genres that depend on a few of the words."""
    random = np.random.default_rng(seed)
    texts = [" ".join(random.choice(WORDS, random.integers(1, 15))) for _ in range(films)]
    rows = READS.encode([Movie(overview=text) for text in texts])
    odds = [[text.count(WORDS[g]) + text.count(WORDS[g + 3]) for g in range(3)] for text in texts]
    return texts, rows, random.random((films, GENRES)) < 0.1 + 0.4 * np.minimum(odds, 2)


def learned(penalty: float = 0.5) -> tuple[Bag, np.ndarray, np.ndarray]:
    _, rows, truth = drawn()
    bag = Bag(READS, BagOptions(penalty=penalty), GENRES)
    fold = folds_of(len(rows), 5, 0)
    judged = bag.learn(TextColumn(rows, READS.pad_id), truth.astype(np.float32), fold)
    assert judged is not None
    return bag, judged, fold


def logits(bag: Bag, rows: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([bag(torch.from_numpy(row[None].astype(np.int64))) for row in rows])


def test_it_is_scikit_learns_logistic_regression_of_tf_idf() -> None:
    texts, rows, truth = drawn()
    bag, _, _ = learned(penalty=0.5)
    vectors = TfidfVectorizer(binary=True, token_pattern=r"\w+").fit_transform(texts)
    theirs = [
        LogisticRegression(C=2, tol=1e-8, max_iter=1000).fit(vectors, truth[:, g])
        for g in range(GENRES)
    ]
    expected = np.stack([one.decision_function(vectors) for one in theirs], axis=1)
    np.testing.assert_allclose(logits(bag, rows), expected, atol=5e-3)


def test_a_training_film_is_judged_without_its_fold() -> None:
    _, rows, truth = drawn()
    _, judged, fold = learned()
    film = 17
    turned = truth.copy()
    turned[film] ^= True
    other = Bag(READS, BagOptions(penalty=0.5), GENRES)
    again = other.learn(TextColumn(rows, READS.pad_id), turned.astype(np.float32), fold)
    assert again is not None
    np.testing.assert_allclose(again[fold == fold[film]], judged[fold == fold[film]], atol=1e-6)
    assert np.abs(again - judged).max() > 1e-3
    # It is what a bag says that has learned the other folds alone.
    kept = fold != 2
    alone = Bag(READS, BagOptions(penalty=0.5), GENRES)
    some = TextColumn([row for row, k in zip(rows, kept, strict=True) if k], READS.pad_id)
    assert alone.learn(some, truth[kept].astype(np.float32), None) is None
    apart = np.abs(logits(alone, [rows[i] for i in np.flatnonzero(~kept)]) - judged[~kept])
    assert apart.max() < 0.1  # but for the rarities, which are of all films


def test_repeats_unknown_words_and_padding_say_nothing() -> None:
    bag, _, _ = learned()
    a, b = READS.encode([Movie(overview="quax qubx"), Movie(overview="qubx quax quax")])
    unknown = READS.tokenizer.token_to_id(UNKNOWN)
    long = np.concatenate([a, [unknown, bag.pad_id, bag.pad_id]])
    np.testing.assert_allclose(logits(bag, [a]), logits(bag, [b]), atol=1e-6)
    np.testing.assert_allclose(logits(bag, [a]), logits(bag, [long]), atol=1e-6)
    nothing = logits(bag, [np.array([unknown])])
    np.testing.assert_allclose(nothing[0], bag.bias.numpy())


def test_what_it_said_of_training_films_passes_through() -> None:
    bag, judged, _ = learned()
    given = torch.from_numpy(judged)
    assert bag(given) is given


def recipe() -> Recipe:
    slides = load_recipe("cnn_lstm_slides", overrides=SMALL)
    return replace(
        slides,
        inputs={
            "words": InputConfig(kind="words", fields=("title", "overview"), vocabulary=300),
            "studios": InputConfig(kind="names", fields=("companies",), vocabulary=100),
        },
        encoders={"words": {"type": "bag"}, "studios": {"type": "bag", "penalty": 1.0}},
        model=replace(slides.model, fusion="sum", fusion_width=8, hidden=(), weigh=True,
                      feature_dropout=0.5, every_set=True),
        train=replace(slides.train, epochs=6),
        modalities=(),
    )  # fmt: skip


def test_bags_alone_are_trained_exported_and_predict(prepared: PreparedSet, tmp_path: Path) -> None:
    ready = let_learn(prepare(recipe(), prepared, "32-true"), recipe().seed, tmp_path)
    column = ready.arrays["train"].columns["studios"]
    assert column.batch(np.arange(4)).dtype == np.float32
    assert ready.model.head.whole == {"words", "studios"}
    train(recipe(), prepared, tmp_path / "run")
    model, _ = load_model(recipe(), tmp_path / "run")
    assert torch.equal(model.encoders["words"].table, ready.model.encoders["words"].table)  # type: ignore[arg-type]
    export(tmp_path / "run", tmp_path / "bundle", data=prepared, weights="int8")
    tagger = Tagger.load(tmp_path / "bundle")
    test = [film for film in prepared.films("test") if film.companies]
    scores = tagger.predict_proba(test)
    truth = truth_of(test, tagger.genres)
    kept = truth.sum(axis=0) > 2
    assert average_precision(truth, scores)[kept].mean() > 2 * truth[:, kept].mean()


def test_dropped_features_leave_logits_alone(prepared: PreparedSet, tmp_path: Path) -> None:
    heard = replace(recipe(), model=replace(recipe().model, modality_dropout=0.0))
    ready = let_learn(prepare(heard, prepared, "32-true"), heard.seed, tmp_path)
    batch = {k: torch.from_numpy(v) for k, v in ready.arrays["train"].batch(np.arange(8)).items()}
    model = ready.model.train()
    assert torch.equal(model(batch, batch["present"]), model(batch, batch["present"]))


@pytest.mark.parametrize("said", ["penalty=0", "folds=1"])
def test_options_out_of_range(said: str) -> None:
    from cinegenre import UserError

    name, value = said.split("=")
    with pytest.raises(UserError, match=name):
        build_encoder("x", {"type": "bag", name: float(value) if name == "penalty" else int(value)},
                      READS, GENRES)  # fmt: skip


def weighed() -> GenreModel:
    torch.manual_seed(0)
    table = {"type": "lstm", "embedding": 8, "units": 8}
    encoders = {"a": build_encoder("a", table, READS), "b": learned()[0], "c": learned()[0]}
    config = ModelConfig(fusion="sum", fusion_width=9, weigh=True)
    return GenreModel(encoders, GENRES, config)


def test_weighed_bags_stand_apart_until_they_join() -> None:
    _, rows, _ = drawn(12)
    model = weighed().eval()
    tokens = torch.from_numpy(pad(rows, READS.pad_id))
    batch = dict.fromkeys(("a", "b", "c"), tokens)
    present = torch.ones(12, 3, dtype=torch.bool)
    alone = torch.tensor([[True, False, False]] * 12)
    with torch.no_grad():
        before = model(batch, alone)
        assert torch.equal(model(batch, present), before)
        assert [len(found) for found, _ in model.sets(batch, present)] == [12]
        model.join()
        logits = model.encoders["b"](tokens)
        assert torch.equal(model(batch, alone), before)
        torch.testing.assert_close(model(batch, alone.roll(1, 1)), logits, atol=1e-4, rtol=1e-4)
        bias = model.head.classify[-1].bias
        both = model(batch, torch.tensor([[True, True, False]] * 12))
        torch.testing.assert_close(both, before + logits - bias, atol=1e-4, rtol=1e-4)
        assert len(list(model.sets(batch, present))) == 7


def test_what_stands_apart_changes_no_training() -> None:
    _, rows, _ = drawn(12)
    model = weighed().train()
    tokens = torch.from_numpy(pad(rows, READS.pad_id))
    batch = dict.fromkeys(("a", "b", "c"), tokens)
    model(batch, torch.ones(12, 3, dtype=torch.bool)).sum().backward()
    grads = [layer.weight.grad for layer in model.head.fusion.project]
    assert grads[0].abs().sum() > 0
    assert all(grad is None or not grad.any() for grad in grads[1:])
