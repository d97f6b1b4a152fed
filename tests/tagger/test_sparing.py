"""Encoders that are not run beside certain texts."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cinegenre import Movie, Tagger, UserError
from cinegenre.fit import fit
from cinegenre.metrics.calibration import Calibration
from cinegenre.tagger.bundle_folder import write_thresholds
from cinegenre.tagger.modes import score_modes, subsets
from cinegenre.tagger.runtime import Runtime
from cinegenre.train.recipe import load_recipe

from ..tiny.films import films
from ..tiny.planted import GENRES, planted_bundle

FIELDS = ("companies", "overview", "poster", "title")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The planted bundle with its poster's encoder twice; the second is spared beside overviews.

    The head counts each: with both the poster speaks twice. Probabilities of sets with an overview
    and a poster are calibrated with a bias of their own.
    """
    folder = planted_bundle(tmp_path / "bundle", posters=2)
    config = json.loads((folder / "config.json").read_text())
    config["spared"] = {"second": ["overview"]}
    (folder / "config.json").write_text(json.dumps(config))
    one = np.ones(len(GENRES))
    write_thresholds(folder, {
        names: Calibration(GENRES, one, one * (0.5 if {"overview", "poster"} <= set(names) else 0),
                           0.5 * one, 100)
        for names in subsets(FIELDS)
    })  # fmt: skip
    return folder


def opened(tagger: Tagger) -> set[str]:
    return {path.stem.removeprefix("encoder-") for path in tagger.runtime.sessions.opened} - {
        "head"
    }


def film(**more: Any) -> Movie:
    poster = next(f.poster for f in films(9) if f.poster)
    return Movie(title="Saddle", poster=poster, **more)


def test_it_is_not_run_where_the_text_is(folder: Path) -> None:
    tagger = Tagger.load(folder)
    [told] = tagger.predict([film(overview="A ghost.")])
    assert opened(tagger) == {"text", "poster"}
    assert told.inputs == ["title", "overview", "poster"]
    [untold] = tagger.predict([film()])
    assert opened(tagger) == {"text", "poster", "second"}
    assert untold.inputs == ["title", "poster"]


def test_each_film_of_a_batch_by_itself(folder: Path) -> None:
    some = [film(overview="A ghost.") if i % 3 else film() for i in range(40)]
    tagger = Tagger.load(folder)
    together = tagger.predict_proba(some)
    alone = np.concatenate([tagger.predict_proba([one]) for one in some])
    assert np.abs(together - alone).max() < 1e-6
    assert len(np.unique(together.round(6), axis=0)) == 2


def test_a_text_that_reaches_no_encoder_spares_none(folder: Path) -> None:
    runtime = Tagger.load(folder).runtime
    poster = film().poster
    shown = [Movie(overview="!!!", poster=poster), Movie(overview="ghost", poster=poster)]
    assert runtime.encode(shown).present.tolist() == [[False, True, True], [True, True, False]]
    broken = [Movie(overview="ghost", poster=b"no image")]
    found = runtime.encode(broken)
    assert found.present.tolist() == [[True, False, False]] and list(found.faults) == [0]


def test_asked_for_by_name_it_runs(folder: Path) -> None:
    runtime = Tagger.load(folder).runtime
    assert runtime.encode([film(overview="A ghost.")], ("second",)).present.all()


def test_every_set_is_scored_as_it_is_predicted(folder: Path) -> None:
    tagger = Tagger.load(folder)
    some = [film(overview="A ghost.", companies=("Hammer Films",)), film(overview="The crypt.")]
    whole = tagger.runtime.encode(some)
    for given in (None, whole):
        modes = {mode.inputs: mode for mode in score_modes(tagger.runtime, some, given)}
        assert len(modes) == 15
        for inputs, mode in modes.items():
            shown = [
                replace(some[row], **{name: () if name == "companies" else None
                                      for name in FIELDS if name not in inputs})
                for row in mode.rows
            ]  # fmt: skip
            scores, _ = tagger.decide(mode.logits, [frozenset(inputs)] * len(shown))
            assert np.abs(scores - tagger.predict_proba(shown)).max() < 1e-6, inputs


def test_explained_without_the_text_it_runs(folder: Path) -> None:
    tagger = Tagger.load(folder)
    whole = film(overview="A ghost.")
    found = tagger.explain(whole, ["Western"]).genres["Western"]
    for name, less in {"overview": replace(whole, overview=None),
                       "poster": replace(whole, poster=None)}.items():  # fmt: skip
        [said] = tagger.predict([less])
        assert found.inputs[name].without == pytest.approx(said.scores["Western"], abs=1e-6)
    [said] = tagger.predict([Movie(poster=whole.poster)])
    assert found.inputs["poster"].alone == pytest.approx(said.scores["Western"], abs=1e-6)


def test_a_head_is_fitted_on_all_of_them(folder: Path, tmp_path: Path) -> None:
    labelled = [replace(f, genres=f.genres[:1]) for f in films(80)]
    fit(labelled, tmp_path / "mine", model=folder, keep=False, min_films=6)
    fitted = Tagger.load(tmp_path / "mine")
    assert fitted.bundle.spared == {}
    assert fitted.runtime.encode([film(overview="A ghost.")]).present.all()


@pytest.mark.parametrize(
    ("spared", "message"),
    [
        (["overview"], r"spared is \['overview'\]: write it as"),
        ({"second": "overview"}, "write it as"),
        ({"second": []}, "write it as"),
        ({"secnd": ["overview"]}, "unknown modality in spared .* did you mean 'second'"),
        ({"second": ["poster"]}, "unknown text in spared"),
        ({"second": ["people"]}, "unknown text in spared"),
        ({"text": ["title"]}, "nothing else reads title, overview, companies"),
        ({"second": ["title"], "poster": ["title"]}, "nothing else reads poster"),
    ],
)
def test_a_table_that_cannot_be(folder: Path, spared: object, message: str) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"spared": spared}))
    with pytest.raises(UserError, match=message):
        Tagger.load(folder)


def test_a_recipe_says_it(tmp_path: Path) -> None:
    assert load_recipe("default").model.spare == {"poster_lite2": ("overview",)}
    with pytest.raises(UserError, match="unknown modality in spared of recipe 'default'"):
        load_recipe("default", overrides=["model.spare.poster_lite3=['overview']"])


def test_the_shipped_model_spares_one_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    tagger = Tagger.load()
    assert tagger.bundle.spared == {"poster_lite2": ("overview",)}
    list(tagger.predict([film(overview="A ghost haunts a house.")]))
    assert opened(tagger) == {"text", "words", "languages", "poster_lite0"}
    assert isinstance(tagger.runtime, Runtime)
