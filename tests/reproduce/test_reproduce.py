"""A made-up paper of four rows, run whole on the tiny films."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import f1_score

from cinegenre.data.dataset import PreparedSet
from cinegenre.errors import UserError
from cinegenre.reproduce import rows as rows_module
from cinegenre.reproduce.reproduce import reproduce
from cinegenre.taxonomy import TMDB
from cinegenre.train.data.films import select_films
from cinegenre.train.loop.task import GenreTask
from cinegenre.train.recipe import load_recipe

PAPER = """
name = "tiny"
title = "Tiny et al."

[data]
taxonomy = "tmdb"
need = ["overview", "poster"]

[inputs.text]
kind = "words"
vocabulary = 300

[inputs.poster]
kind = "poster"
height = 32
width = 32

[encoders.text]
type = "lstm"
embedding = 16
units = 16
[encoders.poster]
type = "cnn"
filters = [8, 16]
out = 16

[train]
learning_rate = 1e-2
batch_size = 16
epochs = 3

[rows.naive]
title = "always Drama"
always = "Drama"

[rows.text]
modalities = ["text"]

[rows.poster]
modalities = ["poster"]

[rows.merged]
title = "both"
start = { text = "text", poster = "poster" }
train.epochs = 2

[report]
measures = ["weighted_f1"]
whole_set = true
films = ["tt9000001", "tt9000002", "tt0000404"]

[published]
notes = ["Films: theirs were large."]

[published.naive]
weighted_f1 = 0.209

[published.merged]
weighted_f1 = 0.5
"""


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("paper") / "tiny.toml"
    path.write_text(PAPER, encoding="utf-8")
    return str(path)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory, paper: str, data: Path) -> Path:
    folder = tmp_path_factory.mktemp("papers") / "tiny"
    reproduce(paper, data, folder)
    return folder


def test_every_row_is_there_and_the_report(out: Path) -> None:
    for row in ("naive", "text", "poster", "merged"):
        assert (out / row / "metrics.json").is_file()
    page = (out / "report.html").read_text(encoding="utf-8")
    for text in ("Tiny et al.", "always Drama", "both", "Films: theirs were large."):
        assert text in page
    for text in ("The paper’s own films", "Not in this data set: tt0000404", "What needs no model",
                 "cinegenre data prepare the_movies_dataset movies_metadata.csv"):  # fmt: skip
        assert text in page
    assert (out / "plots" / "all_cooccurrence.png").is_file()
    said = json.loads((out / "merged" / "metrics.json").read_text())
    assert said["training"]["begun"]["text"]["run"].endswith("text/run")
    assert said["training"]["epochs"] == 2
    assert said["published"]["figures"] == {"weighted_f1": 0.5}
    assert not (out / "merged" / "run" / "checkpoints" / "last.ckpt").exists()


def test_a_row_may_train_on_films_that_it_is_not_scored_on(data: Path) -> None:
    recipe = load_recipe("cnn_lstm_slides", row="model_1_all")
    plain = load_recipe("cnn_lstm_slides", row="model_1")
    prepared = PreparedSet.open(data)
    scored = rows_module.test_films(recipe, prepared)
    assert scored == rows_module.test_films(plain, prepared)
    assert all({"overview", "poster"} <= set(film.inputs) for film in scored)
    many, few = (list(select_films(prepared, "train", one)[0]) for one in (recipe, plain))
    assert len(many) > len(few) == sum("poster" in film.inputs for film in many)


def test_always_drama_is_what_scikit_learn_makes_of_it(out: Path) -> None:
    said = json.loads((out / "naive" / "metrics.json").read_text())
    with np.load(out / "naive" / "scores.npz") as kept:
        truth = kept["truth"]
    always = np.zeros_like(truth)
    always[:, TMDB.index("Drama")] = True
    expected = f1_score(truth, always, average="weighted", zero_division=0)
    assert said["published"]["ours"]["weighted_f1"] == pytest.approx(expected)


def test_scores_are_those_of_the_bundle(out: Path, prepared: PreparedSet) -> None:
    from cinegenre.tagger import Tagger

    films = rows_module.test_films(load_recipe_of(out), prepared)
    predictions = list(Tagger.load(out / "merged" / "bundle").predict(films))
    with np.load(out / "merged" / "scores.npz") as kept:
        assert kept["ids"].tolist() == [film.id for film in films]
        for row, prediction in zip(kept["scores"], predictions, strict=True):
            np.testing.assert_allclose(row, list(prediction.scores.values()), atol=1e-6)


def load_recipe_of(out: Path):  # type: ignore[no-untyped-def]
    from cinegenre.train.config import from_table
    from cinegenre.train.recipe import Recipe

    return from_table(Recipe, json.loads((out / "merged" / "recipe.json").read_text()), "recipe")


def test_finished_rows_are_not_run_again(
    out: Path, paper: str, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows_module, "train", None)
    outcome = reproduce(paper, data, out)
    assert list(outcome.rows) == ["naive", "text", "poster", "merged"]
    assert not outcome.pending


def test_rows_run_with_other_settings_are_refused(out: Path, paper: str, data: Path) -> None:
    with pytest.raises(UserError, match="was run with another recipe: give the same --set"):
        reproduce(paper, data, out, overrides=["train.batch_size=8"])


def test_one_row_alone(paper: str, data: Path, tmp_path: Path) -> None:
    outcome = reproduce(paper, data, tmp_path / "out", only=["naive"])
    assert list(outcome.rows) == ["naive"]
    assert outcome.pending == ["text", "poster", "merged"]
    with pytest.raises(UserError, match="starts from row text, which is not finished"):
        reproduce(paper, data, tmp_path / "out", only=["merged"])
    with pytest.raises(UserError, match="did you mean 'merged'"):
        reproduce(paper, data, tmp_path / "out", only=["merge"])


def test_an_interrupted_row_goes_on(
    paper: str, data: Path, tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    whole = rows_module.export
    monkeypatch.setattr(rows_module, "export", stop)
    with pytest.raises(KeyboardInterrupt):
        reproduce(paper, data, tmp_path / "out", only=["text"])
    assert not (tmp_path / "out" / "text" / "metrics.json").exists()
    monkeypatch.setattr(rows_module, "export", whole)
    monkeypatch.setattr(GenreTask, "training_step", lambda *_: pytest.fail("trained again"))
    outcome = reproduce(paper, data, tmp_path / "out", only=["text"])
    with np.load(out / "text" / "scores.npz") as kept:
        np.testing.assert_allclose(outcome.rows["text"].scored.raw, kept["raw"], atol=1e-6)


def test_pictures_are_looked_at(paper: str, data: Path, out: Path, tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (40, 60), "red").save(tmp_path / "red.png")
    (tmp_path / "notes.txt").write_text("no picture")
    outcome = reproduce(paper, data, out, pictures=tmp_path)
    [picture] = outcome.pictures
    assert picture.path.name == "red.png"
    assert set(picture.scores) == set(TMDB)


def test_pictures_that_are_not_there_are_missed_before_hours_of_training(
    paper: str, data: Path, tmp_path: Path
) -> None:
    empty, new = tmp_path / "empty", tmp_path / "new"
    empty.mkdir()
    for folder, said in ((empty, "no pictures in"), (tmp_path / "none", "no folder")):
        with pytest.raises(UserError, match=said):
            reproduce(paper, data, new, pictures=folder)
    assert not new.exists()


def test_a_recipe_without_rows(data: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"has no \[rows\]"):
        reproduce("default", data, tmp_path / "out")


def test_always_drama_has_bavejas_figure_on_bavejas_own_frequencies() -> None:
    """Their Table 1 gives their 0.209: ten thousand films with its validation frequencies."""
    from cinegenre.metrics.decisions import averages
    from cinegenre.train.recipe_files import read_recipe

    tables = read_recipe("baveja_srinivasan")
    shares = {g: f["validation"] for g, f in tables["published"]["frequencies"].items()}
    films = np.arange(10_000)
    truth = np.stack([films < share * len(films) for share in shares.values()], axis=1)
    always = np.zeros_like(truth)
    always[:, list(shares).index("Drama")] = True
    found = averages(truth, always)["weighted"]["f1"]
    assert found == pytest.approx(f1_score(truth, always, average="weighted", zero_division=0))
    assert round(found, 3) == tables["published"]["naive"]["weighted_f1"] == 0.209
