from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from cinegenre import Movie, Tagger, UserError
from cinegenre.data.dataset import PreparedSet
from cinegenre.export.export import export
from cinegenre.export.join import join
from cinegenre.export.parts import parts_of
from cinegenre.fit import add_head, fit
from cinegenre.tagger.bundle import OTHER_LANGUAGE
from cinegenre.tagger.bundle_folder import default_folder
from cinegenre.tagger.modes import score_modes
from cinegenre.train.loop.train import train
from cinegenre.train.recipe import Recipe
from examples import get_universal_sentence as laid_out

from ..tiny.films import films
from ..tiny.pretrained import BERT
from ..train.kinds import recipe_of, tables
from ..train.model.test_classifier import recipe  # noqa: F401  (two encoders of the poster, a text)

GERMAN = "Ein alter Fischer findet am Strand eine Kiste, die seit Jahren niemand öffnete."
GREEK = "Ένας ψαράς βρίσκει ένα γράμμα που δεν έφτασε ποτέ."


@pytest.fixture(scope="module")
def german(tmp_path_factory: pytest.TempPathFactory) -> Recipe:
    """A recipe over overviews, in the name of German; its tokenizer is written as `.model`."""
    models = tables(tmp_path_factory.mktemp("models"))
    file = Path(str(models["universal_sentence"]["model"])) / "tokenizer.json"
    words = sorted(set(Tokenizer.from_file(str(file)).get_vocab()) - set(BERT))
    pieces = [*((piece, 0.0) for piece in laid_out.SPECIAL), *((f"▁{w}", -5.0) for w in words)]
    charsmap = laid_out.read_pieces((default_folder() / "tokenizer-languages.model").read_bytes())[
        1
    ]
    laid_out.tokenizer_of(pieces, charsmap).save(str(file))
    made = recipe_of({"german": "universal_sentence"}, models)
    return replace(made, languages=("de",), train=replace(made.train, epochs=1))


@pytest.fixture(scope="module")
def bundles(
    recipe: Recipe,  # noqa: F811
    german: Recipe,
    prepared: PreparedSet,
    tmp_path_factory: pytest.TempPathFactory,
    quick: None,
) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("joined")
    for name, each in {"english": replace(recipe, languages=("en",)), "german": german}.items():
        train(each, prepared, folder / f"{name}-run")
        export(folder / f"{name}-run", folder / name, data=prepared, version="1")
    return folder / "english", folder / "german"


@pytest.fixture(scope="module")
def both(
    bundles: tuple[Path, Path], prepared: PreparedSet, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    out = tmp_path_factory.mktemp("both") / "both"
    germans = [replace(film, overview=GERMAN) for film in films(40) if film.genres]
    abroad = prepared_of(germans, prepared)
    english = Path(shutil.copytree(bundles[0], out.parent / "english"))
    add_head(films(80), english, "moods", keep=False)
    pair = (english, bundles[1])
    report = join(pair, out, prepared, also=[abroad], name="two tongues", version="2")
    assert report.joined == ("english 1", "german 1")
    assert report.heads == ("moods",)  # it goes with the English encoders alone
    return out


def prepared_of(validation: list[Movie], prepared: PreparedSet) -> PreparedSet:
    """`prepared` with other validation films."""

    class Abroad(PreparedSet):
        def films(self, split: str, labels: str = "") -> Iterator[Movie]:
            return iter(validation)

    return Abroad(prepared.folder, prepared.manifest)


def test_a_text_is_read_by_the_encoders_of_its_language(both: Path) -> None:
    tagger = Tagger.load(both)
    assert tagger.name == "two tongues 2"
    assert tagger.bundle.home == ("en",) and tagger.bundle.languages == ("en", "de")
    names = list(tagger.bundle.inputs)
    texts = {"title": "Die Kiste", "overview": GERMAN}
    english = "A fisherman finds a box on the beach that nobody has opened for many years."
    asked = [Movie(**texts), Movie(title="The Box", overview=english), Movie(title="Kiste")]
    ran = tagger.runtime.encode(asked).present
    assert {n for n, here in zip(names, ran[0], strict=True) if here} == {"german"}
    assert {n for n, here in zip(names, ran[1], strict=True) if here} == {"text"}
    assert {n for n, here in zip(names, ran[2], strict=True) if here} == {"text"}
    foreign, home, _ = tagger.predict(asked)
    assert (foreign.language, home.language) == ("German", None)
    assert foreign.as_dict()["language"] == "German" and "language" not in home.as_dict()
    assert foreign.notes == () and foreign.inputs == ["overview"]


def test_tokenizers_are_taken_over_in_their_own_format(
    both: Path, bundles: tuple[Path, Path]
) -> None:
    config = json.loads((both / "config.json").read_text("utf-8"))
    assert config["format_version"] == 3
    names = {key: table.get("tokenizer") for key, table in config["inputs"].items()}
    assert names["german"] == "tokenizer-german.model"
    assert names["text"] == "tokenizer-text.json"
    before = json.loads((bundles[1] / "config.json").read_text("utf-8"))["inputs"]["german"]
    assert config["inputs"]["german"]["around"] == before["around"]
    content = (bundles[1] / before["tokenizer"]).read_bytes()
    assert (both / "tokenizer-german.model").read_bytes() == content


def test_what_none_reads_is_passed_over_as_ever(both: Path) -> None:
    poster = next(film.poster for film in films(40) if film.poster)
    [said] = Tagger.load(both).predict([Movie(title="Γράμμα", overview=GREEK, poster=poster)])
    assert said.inputs == ["poster"] and said.language is None
    assert said.note == "overview is in Greek, which two tongues 2 does not read: passed over"


def test_a_head_fitted_on_both_leaves_texts_to_their_encoders(both: Path, tmp_path: Path) -> None:
    some = [replace(film, poster=None) for film in films(80) if film.genres]
    fit(
        [*some, *(replace(film, overview=GERMAN) for film in some[:20])],
        tmp_path / "mine",
        model=both,
    )
    tagger = Tagger.load(tmp_path / "mine")
    assert tagger.bundle.languages == ()
    ran = tagger.runtime.encode([Movie(overview=GERMAN), Movie(overview="A ship is lost.")]).present
    names = np.array(list(tagger.bundle.inputs))
    assert names[ran[0]].tolist() == ["german"] and names[ran[1]].tolist() == ["text"]
    poster = next(film.poster for film in films(40) if film.poster)
    [german, greek] = tagger.predict([Movie(overview=GERMAN), Movie(overview=GREEK, poster=poster)])
    assert german.language == "German" and german.notes == ()
    assert greek.inputs == ["overview", "poster"] and greek.notes == ()


def test_a_further_head_reads_what_the_bundle_reads(both: Path, tmp_path: Path) -> None:
    assert Tagger.load(both).bundle.taxonomies == ()
    copy = Path(shutil.copytree(both, tmp_path / "copy"))
    add_head(films(80), copy, "moods", keep=False)
    tagger = Tagger.load(copy, taxonomy="moods")
    own = Tagger.load(both)
    assert (tagger.bundle.languages, tagger.bundle.spared) == (
        own.bundle.languages, own.bundle.spared,
    )  # fmt: skip
    poster = next(film.poster for film in films(40) if film.poster)
    [german, greek] = tagger.predict(
        [Movie(overview=GERMAN), Movie(title="Γράμμα", overview=GREEK, poster=poster)]
    )
    assert german.language == "German" and german.inputs == ["overview"] and german.genres
    assert greek.inputs == ["poster"]


def test_other_languages_are_calibrated_apart(both: Path, prepared: PreparedSet) -> None:
    tagger = Tagger.load(both)
    told = json.loads((both / "thresholds.json").read_text())["sets"]
    assert [entry["inputs"] for entry in told if entry.get("texts") == OTHER_LANGUAGE]
    [foreign, home] = tagger.predict([Movie(overview=GERMAN), Movie(overview="A ship is lost.")])
    assert not np.array_equal(tagger.thresholds(foreign), tagger.thresholds(home))
    some = [replace(film, overview=GERMAN) for film in films(30)] + list(films(30))
    modes = list(score_modes(tagger.runtime, some))
    of_overviews = [mode for mode in modes if mode.inputs == ("overview",)]
    assert [mode.is_other_language for mode in of_overviews] == [False, True]
    for mode in of_overviews:
        shown = [replace(some[row], title=None, poster=None, companies=()) for row in mode.rows]
        scores, _ = tagger.decide(mode.logits, [mode.situation] * len(mode.rows))
        assert np.allclose(scores, tagger.predict_proba(shown), atol=1e-5)


def test_each_part_is_what_its_bundle_said(
    bundles: tuple[Path, Path], both: Path, prepared: PreparedSet
) -> None:
    old, new = (Tagger.load(folder).runtime for folder in (bundles[1], both))
    foreign = [Movie(overview=GERMAN), Movie(overview=f"{GERMAN} Er lacht.")]
    ours, theirs = old.encode(foreign), new.encode(foreign)
    assert np.allclose(ours.features["german"], theirs.features["german"], atol=1e-5)
    before = old.classify(ours.features, ours.present)
    assert np.allclose(new.classify(theirs.features, theirs.present), before, atol=1e-4)
    assert list(parts_of(new)) == ["text", "poster", "second", "german"]


def test_the_card_says_of_what_it_is_made(both: Path) -> None:
    card = (both / "README.md").read_text()
    assert "**Joined** from english 1 and german 1" in card
    assert "(other languages)" in card
    assert "cinegenre join BUNDLE-1 BUNDLE-2 --data DATA" in card


def test_some_encoders_of_a_bundle_replace_those_of_another(
    bundles: tuple[Path, Path], both: Path, prepared: PreparedSet, tmp_path: Path
) -> None:
    old = Path(shutil.copytree(bundles[0], tmp_path / "old"))
    take = {both: ["german", "second", "text"], old: ["poster"]}
    report = join([both, old], tmp_path / "new", prepared, take=take, version="3")
    assert report.joined == ("two tongues 2", "english 1")
    assert report.taken == (("german", "second", "text"), ("poster",))
    assert report.as_dict()["taken"] == [["german", "second", "text"], ["poster"]]
    new, before = (Tagger.load(folder).bundle for folder in (tmp_path / "new", both))
    assert list(new.inputs) == ["text", "second", "german", "poster"]
    assert (new.languages, new.home) == (before.languages, before.home)
    config = json.loads((new.folder / "config.json").read_text())
    names = [entry["name"] for entry in config["joined"]]
    assert names == ["english 1", "german 1", "english 1"]
    parts, own = (parts_of(Tagger.load(folder).runtime) for folder in (new.folder, old))
    assert np.allclose(parts["poster"].weight, own["poster"].weight, atol=1e-4)
    card = (new.folder / "README.md").read_text()
    assert "**Joined** from two tongues 2 (german, second, text) and english 1 (poster)" in card
    assert "--take BUNDLE-1=german,second,text --take BUNDLE-2=poster" in card


@pytest.mark.parametrize("names", [["mouse"], ["poster", "mouse"]])
def test_an_encoder_that_a_bundle_does_not_have_cannot_be_taken(
    bundles: tuple[Path, Path], prepared: PreparedSet, tmp_path: Path, names: list[str]
) -> None:
    with pytest.raises(UserError, match=r"encoder of .*'mouse'"):
        join(bundles, tmp_path / "out", prepared, take={bundles[0]: names})


def test_what_cannot_be_joined(
    bundles: tuple[Path, Path], prepared: PreparedSet, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match="both have a modality"):
        join([bundles[0], bundles[0]], tmp_path / "out", prepared)
    changed = tmp_path / "changed"
    changed.mkdir()
    for path in bundles[1].iterdir():
        (changed / path.name).write_bytes(path.read_bytes())
    config = json.loads((changed / "config.json").read_text())
    (changed / "config.json").write_text(json.dumps(config | {"weights": "float16"}))
    with pytest.raises(UserError, match=r'has weights "float16".*export or convert both alike'):
        join([bundles[0], changed], tmp_path / "out", prepared)
    some = [film for film in films(80) if film.genres]
    fit(some, tmp_path / "mine", model=bundles[0])
    with pytest.raises(UserError, match="join the model it stands on"):
        join([tmp_path / "mine", bundles[1]], tmp_path / "out", prepared)
    assert not (tmp_path / "out").exists()


def test_a_head_that_is_no_sum_is_refused(
    german: Recipe, bundles: tuple[Path, Path], prepared: PreparedSet, tmp_path: Path, quick: None
) -> None:
    deep = replace(german, model=replace(german.model, hidden=(16,)))
    train(deep, prepared, tmp_path / "run")
    export(tmp_path / "run", tmp_path / "deep", data=prepared)
    with pytest.raises(UserError, match="does not add up what its encoders say"):
        join([bundles[0], tmp_path / "deep"], tmp_path / "out", prepared)
