from __future__ import annotations

from pathlib import Path

import pytest

from cinegenre.errors import UserError
from cinegenre.train.config import merge, parse_override
from cinegenre.train.recipe import Recipe, load_recipe
from cinegenre.train.recipe_files import read_recipe, recipe_names

SLIDES = "cnn_lstm_slides"


@pytest.mark.parametrize("name", recipe_names())
def test_every_shipped_recipe_and_each_of_its_rows_is_sound(name: str) -> None:
    assert load_recipe(name).name == name
    for row in read_recipe(name).get("rows", {}):
        assert load_recipe(name, row=row).used


def test_model_1_has_the_slides_layers() -> None:
    recipe = load_recipe(SLIDES, row="model_1")
    assert recipe.encoders["text"]["units"] == 64
    assert recipe.encoders["text"]["dropout"] == 0.3
    assert recipe.encoders["poster"]["filters"] == [32, 64, 128, 128]
    assert recipe.model.hidden == (512, 256)
    assert recipe.train.batch_size == 256
    assert recipe.title.endswith("model 1, text and poster")


def test_model_0_differs_where_the_slides_say() -> None:
    recipe = load_recipe(SLIDES, row="model_0")
    assert recipe.encoders["text"]["dropout"] == 0.0
    assert recipe.encoders["poster"]["filters"] == [64, 128]
    assert recipe.train.batch_size == 128


def test_single_rows_use_one_modality() -> None:
    assert load_recipe(SLIDES, row="model_1_text").used == ("text",)
    assert load_recipe(SLIDES, row="model_0_poster").used == ("poster",)


def test_overrides_reach_any_depth() -> None:
    recipe = load_recipe(
        SLIDES,
        overrides=["train.epochs=3", "encoders.text.units=8", "inputs.text.fields=['title']"],
    )
    assert recipe.train.epochs == 3
    assert recipe.encoders["text"]["units"] == 8
    assert recipe.inputs["text"].fields == ("title",)


def test_a_recipe_survives_being_written_and_read(tmp_path: Path) -> None:
    import json

    from cinegenre.train.config import from_table

    recipe = load_recipe(SLIDES, row="model_0")
    again = from_table(Recipe, json.loads(json.dumps(recipe.as_dict())), "recipe")
    assert again == recipe


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("train.epoch=3", "did you mean 'epochs'?"),
        ("trian.epochs=3", "did you mean 'train'?"),
        ("train.epochs=many", 'train.epochs is "many"'),
        ("data.leave_out=9/5", "data.leave_out is '9/5'"),
        ("train.epochs=0", "train.epochs is 0: it must be at least 1"),
        ("train.learning_rate=0", "it must be above 0"),
        ("train.learning_rate=inf", "it must be a finite number"),
        ("train.weight_decay=-1", "it must be at least 0"),
        ("train.patience=-1", "it must be at least 0"),
        ("train.precision=bf16", "known: 16-mixed, 32-true, auto, bf16-mixed"),
        ("train.precision=16-true", "did you mean '32-true'? known: 16-mixed, 32-true"),
        ("train.precision=16", "unknown recipe.train.precision 16: known: 16-mixed, 32-true"),
        ("train.precision=true", "unknown recipe.train.precision True: "),
        ("train.precision=['32-true']", "unknown recipe.train.precision ['32-true']: "),
        ("train.logger=x", "known: csv, tensorboard"),
        ("train.pool_batches=0", "it must be at least 1"),
        ("train.checkpoint_minutes=0", "it must be above 0"),
        ("model.hidden=[64, 0]", "model.hidden is 0: it must be at least 1"),
        ("model.dropout=1", "it must be at least 0, below 1"),
        ("seed=-1", "recipe.seed is -1"),
        ("inputs.poster.height=0", "it must be at least 1"),
        ("inputs.text.vocabulary=1", "it must be at least 3"),
        ("inputs.text.fields=[]", "[inputs.text] has no fields"),
        ("inputs.text.fields=['poster']", "unknown field of [inputs.text] 'poster'"),
        ("data.oversample=0.5", "data.oversample is "),
        ("data.oversample=-1", "data.oversample is "),
        ("data.oversample=nan", "data.oversample is "),
        ("data.oversample=inf", "data.oversample is "),
        ("train.epochs=true", "it must be a whole number"),
        ("data.taxonomy=tmbd", "did you mean 'tmdb'?"),
        ("inputs.text.fields=['plot']", "unknown field of [inputs.text] 'plot'"),
        ("inputs.text.kind=words2", "did you mean 'words'?"),
        ("modalities=['sound']", "unknown modality 'sound'"),
        ("train.batch_size", "is not of the form key=value"),
    ],
)
def test_what_is_wrong_is_named_with_its_cure(override: str, said: str) -> None:
    with pytest.raises(UserError) as error:
        load_recipe(SLIDES, overrides=[override])
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_unknown_names_and_broken_files(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="did you mean 'cnn_lstm_slides'"):
        load_recipe("cnn_lstm_slide")
    with pytest.raises(UserError, match="unknown row"):
        load_recipe(SLIDES, row="model_2")
    with pytest.raises(UserError, match="cannot be read"):
        load_recipe(str(tmp_path / "none.toml"))
    broken = tmp_path / "broken.toml"
    broken.write_text("name = ")
    with pytest.raises(UserError, match="is not valid TOML"):
        load_recipe(str(broken))
    bare = tmp_path / "bare.toml"
    bare.write_text('name = "bare"')
    with pytest.raises(UserError, match="no \\[inputs"):
        load_recipe(str(bare))


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_recipe_is_utf8_with_or_without_a_mark(tmp_path: Path, coding: str) -> None:
    path = tmp_path / "bare.toml"
    path.write_bytes('name = "é"\n'.encode(coding))
    said = r"no \[inputs" if coding.startswith("utf-8") else "is not UTF-8 text: save it as UTF-8"
    with pytest.raises(UserError, match=said):
        load_recipe(str(path))


def test_parse_override_and_merge() -> None:
    assert parse_override("a.b=[1, 2]") == (["a", "b"], [1, 2])
    assert parse_override("a=word") == (["a"], "word")
    assert merge({"a": {"x": 1, "y": 2}, "b": 3}, {"a": {"y": 5}}) == {
        "a": {"x": 1, "y": 5},
        "b": 3,
    }
