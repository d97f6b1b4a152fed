from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cinegenre import Tagger, UserError
from cinegenre.cli import tables
from cinegenre.data.dataset import PreparedSet
from cinegenre.export.convert import convert
from cinegenre.export.export import export
from cinegenre.export.quantize import WEIGHTS
from cinegenre.fit import add_head
from cinegenre.fit import fit as adapt
from cinegenre.movie import Movie
from cinegenre.train.loop.train import train
from cinegenre.train.recipe import Recipe

from ..tiny.films import films
from ..train.model.test_classifier import recipe  # noqa: F401  (a model with two encoders of the poster)


@pytest.fixture(scope="module")
def floats(
    recipe: Recipe,  # noqa: F811
    prepared: PreparedSet,
    tmp_path_factory: pytest.TempPathFactory,
    quick: None,
) -> Path:
    folder = tmp_path_factory.mktemp("converted")
    train(recipe, prepared, folder / "run")
    export(folder / "run", folder / "floats", data=prepared, name="two posters", version="3")
    return folder / "floats"


@pytest.fixture(scope="module")
def test_films(prepared: PreparedSet) -> list[Movie]:
    return list(prepared.films("test"))


@pytest.mark.parametrize("weights", WEIGHTS)
def test_in_other_weights_it_says_the_same(
    floats: Path, prepared: PreparedSet, test_films: list[Movie], tmp_path: Path, weights: str
) -> None:
    report = convert(floats, tmp_path / "new", prepared, weights=weights)
    tagger = Tagger.load(tmp_path / "new")
    assert tagger.name == "two posters 3"
    assert tagger.bundle.weights == weights
    assert tagger.bundle.optimized == (weights == "int8")
    assert (report.lost is None) == (weights == "float32")
    before = Tagger.load(floats).predict_proba(test_films)
    apart = np.abs(tagger.predict_proba(test_films) - before)
    assert apart.mean() < {"float32": 1e-6, "float16": 0.002, "int8": 0.03}[weights]
    card = (tmp_path / "new" / "README.md").read_text()
    assert "**Converted** from two posters 3, whose weights were kept in float32." in card
    assert "| title + overview + poster |" in card
    assert not (tmp_path / "new" / "BASE.md").exists()


def test_with_an_encoder_spared(
    floats: Path, prepared: PreparedSet, test_films: list[Movie], tmp_path: Path
) -> None:
    spare = {"second": ["overview"]}
    report = convert(floats, tmp_path / "new", prepared, name="quick", version="4", spare=spare)
    old, new = Tagger.load(floats), Tagger.load(tmp_path / "new")
    assert new.name == "quick 4" and new.bundle.spared == {"second": ("overview",)}
    assert "**Does not run** second beside overview" in (tmp_path / "new" / "README.md").read_text()
    posters = [replace(film, title=None, overview=None) for film in test_films if film.poster]
    # The calibration is fitted anew, to the same optimum but for its last digits.
    assert np.abs(old.predict_proba(posters) - new.predict_proba(posters)).max() < 1e-4
    whole = [film for film in test_films if film.poster and film.overview][:8]
    assert new.runtime.encode(whole).present[0].tolist() == [True, True, False]
    fitted = new.bundle.calibrations["overview", "poster", "title"]
    assert not np.allclose(fitted.slope, old.bundle.calibrations[tuple(sorted(
        ("overview", "poster", "title")))].slope)  # fmt: skip
    again = convert(tmp_path / "new", tmp_path / "third", prepared)
    assert [mode.inputs for mode in again.modes] == [mode.inputs for mode in report.modes]
    for one, other in zip(again.modes, report.modes, strict=True):
        assert vars(one.figures) == pytest.approx(vars(other.figures))
    assert Tagger.load(tmp_path / "third").bundle.spared == {"second": ("overview",)}


def test_further_heads_are_named_and_left_out(
    floats: Path, prepared: PreparedSet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = Path(shutil.copytree(floats, tmp_path / "old"))
    add_head(films(80), old, "moods", keep=False)
    report = convert(old, tmp_path / "new", prepared, weights="int8")
    assert report.heads == ("moods",) and report.as_dict()["left_out_heads"] == ["moods"]
    assert Tagger.load(tmp_path / "new").bundle.taxonomies == ()
    assert not list((tmp_path / "new").glob("*moods*"))
    tables.bundle(report, tmp_path / "new", as_json=False)
    assert "left out the head moods" in capsys.readouterr().out
    add_head(films(80), tmp_path / "new", "moods", keep=False)
    assert Tagger.load(tmp_path / "new", taxonomy="moods").genres


def test_what_cannot_be_converted(floats: Path, prepared: PreparedSet, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="unknown kind of weights 'int4'"):
        convert(floats, tmp_path / "new", prepared, weights="int4")
    with pytest.raises(UserError, match="unknown modality in spared"):
        convert(floats, tmp_path / "new", prepared, spare={"third": ["overview"]})
    convert(floats, tmp_path / "small", prepared, weights="int8")
    with pytest.raises(UserError, match="begin with the bundle in float32"):
        convert(tmp_path / "small", tmp_path / "new", prepared, weights="float16")
    adapt([replace(f, genres=f.genres[:1]) for f in films(80)], tmp_path / "mine", model=floats,
          keep=False, min_films=6)  # fmt: skip
    with pytest.raises(UserError, match="convert the model it stands on"):
        convert(tmp_path / "mine", tmp_path / "new", prepared)
    config = json.loads((floats / "config.json").read_text())
    other = config | {"data": config["data"] | {"fingerprint": "0"}}
    (tmp_path / "small" / "config.json").write_text(json.dumps(other))
    with pytest.raises(UserError, match="is not the data that"):
        convert(tmp_path / "small", tmp_path / "new", prepared)
    assert not (tmp_path / "new").exists()
