"""Poster models that learn genres by themselves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from cinegenre import Tagger, UserError
from cinegenre.data.dataset import PreparedSet
from cinegenre.export.export import export, load_model
from cinegenre.inputs import PosterInput
from cinegenre.metrics.arrays import truth_of
from cinegenre.metrics.ranking import average_precision
from cinegenre.tagger.runtime import Runtime
from cinegenre.train.data.arrays import StoredColumn
from cinegenre.train.loop import apart
from cinegenre.train.loop.prepared import prepare
from cinegenre.train.loop.train import train
from cinegenre.train.model.encoders import build_encoder
from cinegenre.train.model.encoders.bag import Bag
from cinegenre.train.model.encoders.classifier import Classifier
from cinegenre.train.recipe import InputConfig, Recipe, load_recipe

from ...conftest import SMALL
from ...tiny.pretrained import save_image

POSTER = PosterInput(height=16, width=16)


def classifier(folder: Path, **options: object) -> Classifier:
    table = {"type": "classifier", "model": str(folder), "epochs": 8, "learning_rate": 0.01}
    torch.manual_seed(0)
    built = build_encoder("poster", table | options, POSTER, genres=2)
    assert isinstance(built, Classifier)
    return built


def drawn(films: int = 120) -> tuple[np.ndarray, np.ndarray]:
    """Posters with a bright half or without, above or left, and a genre for each of the two."""
    random = np.random.default_rng(1)
    truth = random.random((films, 2)) < 0.5
    pixels = random.integers(0, 60, (films, 16, 16, 3), dtype=np.uint8)
    pixels[truth[:, 0], :, :, 0] += 120
    pixels[truth[:, 1], :, :, 2] += 120
    return pixels, truth.astype(np.float32)


def column(pixels: np.ndarray, missing: tuple[int, ...] = ()) -> StoredColumn:
    at = np.arange(len(pixels))
    at[list(missing)] = -1
    return StoredColumn(pixels, at)


@pytest.mark.parametrize("last_stages", [0, 1])
def test_it_learns_genres_of_posters(tmp_path: Path, last_stages: int) -> None:
    pixels, truth = drawn()
    model = classifier(save_image(tmp_path), last_stages=last_stages, epochs=25)
    new, expected = pixels[80:], truth[80:] > 0
    read = model.stem(torch.from_numpy(pixels[:80])).numpy() if last_stages else pixels[:80]
    assert model.learn(column(read), truth[:80], None) is None
    assert not any(part.requires_grad for part in model.parameters()) and not model.training
    scores = model(torch.from_numpy(new)).numpy()
    assert average_precision(expected, scores).mean() > 0.95


def test_its_second_opinion_is_of_the_stages_as_they_came(tmp_path: Path) -> None:
    pixels, truth = drawn()
    model = classifier(save_image(tmp_path), last_stages=1, hidden=32, epochs=4)
    assert model.second is not None
    came = {key: part.clone() for key, part in model.second.stages.state_dict().items()}
    maps = model.stem(torch.from_numpy(pixels))
    model.learn(column(maps[:80].numpy()), truth[:80], None)
    kept, tuned = model.second.stages.state_dict(), model.body.last_stages()[0].state_dict()
    assert all(torch.equal(kept[key], part) for key, part in came.items())
    assert any(not torch.equal(kept[f"0.{key}"], part) for key, part in tuned.items())
    first = model._first(maps)
    features = model.second.features(model.body, maps)
    shown = maps.permute(0, 3, 1, 2)  # the stem's own first, then each stage's
    stages = [shown, shown := model.second.stages[0](shown)]
    assert torch.allclose(features, torch.cat([part.mean(dim=(2, 3)) for part in stages], dim=1))
    second = model.second(features)
    assert average_precision(truth[80:] > 0, second[80:].numpy()).mean() > 0.8
    assert torch.allclose(model(maps), (first + second) / 2)
    assert torch.allclose(model(torch.from_numpy(pixels)), model(maps), atol=1e-5)


def test_a_second_opinion_shares_the_first_stages(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="hidden is set without last_stages: set how many"):
        classifier(save_image(tmp_path), hidden=8)


def test_a_training_film_is_judged_without_its_fold(tmp_path: Path) -> None:
    pixels, truth = drawn(60)
    fold = np.arange(60) % 2
    save_image(tmp_path)
    judged = []
    for turned in (truth, np.where((fold == 1)[:, None], 1 - truth, truth)):
        torch.manual_seed(7)
        model = classifier(tmp_path, folds=2)
        judged.append(model.learn(column(pixels, missing=(3,)), turned.astype(np.float32), fold))
    plain, other = judged
    assert plain is not None and other is not None
    # Films of fold 1 are judged by a fit on fold 0, whose labels are the same in both.
    np.testing.assert_allclose(plain[fold == 1], other[fold == 1], atol=1e-5)
    assert np.abs(plain[fold == 0] - other[fold == 0]).max() > 0.1
    assert not plain[3].any()  # it has no poster
    given = torch.from_numpy(plain)
    assert model(given) is given


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Recipe:
    folder = str(save_image(tmp_path_factory.mktemp("model")))
    slides = load_recipe("cnn_lstm_slides", overrides=SMALL)
    inputs = dict(slides.inputs)
    inputs["poster"] = replace(inputs["poster"], height=16, width=16)
    inputs["second"] = inputs["poster"]
    table = {"type": "classifier", "model": folder, "epochs": 3, "batch_size": 16,
             "learning_rate": 0.01}  # fmt: skip
    return replace(
        slides,
        inputs=inputs | {"text": InputConfig(kind="words", fields=("title", "overview"))},
        encoders=slides.encoders
        | {"poster": table | {"last_stages": 1, "hidden": 8}, "second": table | {"pool": "max"}},
        model=replace(slides.model, fusion="sum", hidden=(), weigh=True, every_set=True),
        modalities=("text", "poster", "second"),
    )


def test_two_of_them_beside_a_text(
    recipe: Recipe, prepared: PreparedSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They learn once, are heard in the bundle, and a poster is decoded once for both."""
    taught: list[str] = []
    learn = Classifier.learn

    def counted(self: Classifier, *given: object) -> np.ndarray | None:
        taught.append(self.options.pool)
        return learn(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Classifier, "learn", counted)
    train(recipe, prepared, tmp_path / "run")
    assert sorted(taught) == ["average", "max"]
    report = export(tmp_path / "run", tmp_path / "bundle", data=prepared, weights="int8")
    assert "text+poster+second" in report.shares and report.strays < 1e-3
    tagger = Tagger.load(tmp_path / "bundle")
    test = [film for film in prepared.films("test") if film.poster]
    decoded = 0
    decode = PosterInput.decode

    def once(self: PosterInput, poster: bytes) -> np.ndarray:
        nonlocal decoded
        decoded += 1
        return decode(self, poster)

    monkeypatch.setattr(PosterInput, "decode", once)
    encoded = Runtime(tagger.bundle).encode([replace(f, title=None, overview=None) for f in test])
    assert decoded == len(test)
    assert encoded.present[:, 1:].all() and not encoded.present[:, 0].any()
    scores = tagger.runtime.classify(encoded.features, encoded.present)
    truth = truth_of(test, tagger.genres)
    kept = truth.sum(axis=0) > 2
    assert average_precision(truth, scores)[kept].mean() > 1.5 * truth[:, kept].mean()


def test_what_they_learned_outlasts_an_interruption(
    recipe: Recipe, prepared: PreparedSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = prepare(recipe, prepared, "32-true")
    before = torch.get_rng_state()
    after = apart.learned(ready, recipe.seed, tmp_path)
    assert torch.equal(torch.get_rng_state(), before)  # or a resumed run would go on otherwise
    assert not after.arrays["train"].present[:, 1:].any()  # the training hears them not
    assert after.arrays["train"].present[:, 0].any()
    assert {path.name for path in tmp_path.iterdir()} == {
        "apart-poster.safetensors", "apart-second.safetensors"
    }  # fmt: skip
    said = ready.model.encoders["second"].classify.weight.clone()  # type: ignore[union-attr,operator]

    def again(*given: object) -> None:
        raise AssertionError("taught twice")

    monkeypatch.setattr(Classifier, "learn", again)
    anew = prepare(recipe, prepared, "32-true")
    apart.learned(anew, recipe.seed, tmp_path)
    assert torch.equal(anew.model.encoders["second"].classify.weight, said)  # type: ignore[union-attr]
    fresh = {name for name, part in anew.model.named_parameters() if part.requires_grad}
    assert not any(name.startswith(("encoders.poster", "encoders.second")) for name in fresh)


def test_nothing_to_learn_from(recipe: Recipe, prepared: PreparedSet, tmp_path: Path) -> None:
    ready = prepare(recipe, prepared, "32-true")
    train = ready.arrays["train"]
    column = train.columns["second"]
    assert isinstance(column, StoredColumn)
    bare = replace(column, at=np.full(len(train), -1))
    without = replace(train, columns={**train.columns, "second": bare})
    with pytest.raises(UserError, match=r"no training film has what \[inputs.second\] reads"):
        apart.learned(replace(ready, arrays={**ready.arrays, "train": without}), 0, tmp_path)


def test_its_weights_are_in_the_checkpoint(
    recipe: Recipe, prepared: PreparedSet, tmp_path: Path
) -> None:
    train(recipe, prepared, tmp_path / "run")
    (tmp_path / "run" / "apart-poster.safetensors").unlink()
    model, _ = load_model(recipe, tmp_path / "run")
    assert model.encoders["poster"].classify.bias.abs().sum() > 0  # type: ignore[union-attr,operator]


@pytest.mark.parametrize("said", ["epochs=0", "learning_rate=0", "pool='none'", "folds=1"])
def test_options_out_of_range(tmp_path: Path, said: str) -> None:
    name, _, value = said.partition("=")
    with pytest.raises(UserError, match=f"encoders.poster.{name}"):
        classifier(tmp_path, **{name: value.strip("'") if "'" in value else int(value)})


def test_a_teacher_is_heard_by_posters_models_and_not_by_bags(
    recipe: Recipe, prepared: PreparedSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_bag = replace(recipe, encoders=recipe.encoders | {"second": recipe.encoders["poster"],
                                                            "words": {"type": "bag"}},
                       inputs=recipe.inputs | {"words": recipe.inputs["text"]},
                       modalities=("text", "words", "poster"))  # fmt: skip
    ready = prepare(with_bag, prepared, "32-true")
    train = ready.arrays["train"]
    soft = replace(train, target=np.full(train.truth.shape, 0.25, np.float32))
    heard: dict[str, set[float]] = {}
    for kind in (Bag, Classifier):

        def listen(self: object, column: object, target: np.ndarray, *more: object) -> None:
            heard[type(self).__name__] = set(np.unique(target).tolist())

        monkeypatch.setattr(kind, "learn", listen)
    apart.learned(replace(ready, arrays={**ready.arrays, "train": soft}), 0, tmp_path)
    assert heard == {"Bag": {0.0, 1.0}, "Classifier": {0.25}}
