"""What is read of a film, above all of one told in a language that the model does not read."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from cinegenre import BadRow, FaultCode, Movie, Prediction, Tagger, UserError, faults
from cinegenre.tagger.reading import read_films

from ..tiny import broken
from ..tiny.films import films

GERMAN = "Ein Gespenst geht um in dem alten Haus, und niemand weiß, was es von ihnen will."
JAPANESE = "山の村に住む少女が、古い神社で不思議な動物と出会う。"


def with_languages(bundle: Path, folder: Path, languages: object) -> Path:
    copy = Path(shutil.copytree(bundle, folder))
    config = json.loads((copy / "config.json").read_text(encoding="utf-8"))
    (copy / "config.json").write_text(json.dumps(config | {"languages": languages}))
    return copy


@pytest.fixture(scope="module")
def tagger(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Tagger:
    return Tagger.load(with_languages(bundle, tmp_path_factory.mktemp("en") / "b", ["en"]))


@pytest.fixture(scope="module")
def film() -> Movie:
    """With title and poster, told in German."""
    found = next(f for f in films(40) if {"title", "poster"} <= set(f.inputs))
    return replace(found, overview=GERMAN)


def codes(prediction: Prediction) -> list[str]:
    return [note.code for note in prediction.notes]


def told(tagger: Tagger, *films: Movie, any_language: bool = False) -> list[Prediction]:
    return list(tagger.predict(films, any_language=any_language))


def test_the_poster_decides_alone(tagger: Tagger, film: Movie) -> None:
    found, alone = told(tagger, film, replace(film, title=None, overview=None))
    assert found.inputs == ["poster"]
    assert found.scores == pytest.approx(alone.scores, abs=1e-5)
    assert found.genres == alone.genres
    assert found.note == (f"overview is in German, which {tagger.name} does not read: passed over")
    assert (codes(found), codes(alone)) == ([FaultCode.OTHER_LANGUAGE], [])


def test_without_a_poster_the_text_is_read_all_the_same(tagger: Tagger, film: Movie) -> None:
    bare = replace(film, poster=None)
    [found] = told(tagger, bare)
    [anyway] = told(tagger, bare, any_language=True)
    assert found.inputs == ["title", "overview"]
    assert found.scores == anyway.scores
    assert found.note and found.note.endswith("for there is no poster: trust it less")
    assert anyway.note is None


def test_a_broken_poster_brings_the_text_back(tagger: Tagger, film: Movie) -> None:
    """Among films whose posters are whole: only the broken one's text is read."""
    bad = replace(film, poster=broken.truncated_jpeg())
    some = [film, bad, replace(film, overview=JAPANESE), *films(5)]
    whole, found, japanese, *_ = told(tagger, *some)
    [text] = told(tagger, replace(film, poster=None))
    assert found.inputs == ["title", "overview"]
    assert found.scores == pytest.approx(text.scores, abs=1e-5)
    assert codes(found) == [FaultCode.UNREADABLE_POSTER, FaultCode.OTHER_LANGUAGE]
    assert found.note and found.note.endswith("for the poster is unreadable: trust it less")
    assert (whole.inputs, japanese.inputs) == (["poster"], ["poster"])
    assert "Japanese" in (japanese.note or "")


def test_what_was_found_before_comes_first_and_may_be_the_fault(
    tagger: Tagger, film: Movie
) -> None:
    """A poster that was not fetched is known before anything is read."""
    note = faults.unfetched_poster("https://x.invalid/a.jpg")
    rows = [film, replace(film, poster=None), Movie(id="bare"), BadRow(where="line 4", error="-")]
    reading = read_films(tagger.runtime, rows, notes=dict.fromkeys(range(1, 4), note))
    whole, text, bare, bad = tagger.said(reading)
    assert (codes(whole), codes(text)) == (
        [FaultCode.OTHER_LANGUAGE],
        [FaultCode.UNFETCHED_POSTER, FaultCode.OTHER_LANGUAGE],
    )
    assert (bare.fault, bare.notes) == (note, ())
    assert bad.fault == faults.bad_row(BadRow(where="line 4", error="-"))


@pytest.mark.parametrize(
    ("address", "cure"),
    [
        ("https://x.invalid/a.jpg", "--fetch does"),
        ("HTTP://x.invalid/a.jpg", "--fetch does"),
        ("s3://bucket/a.jpg", "fetch it yourself"),
        ("gs://bucket/a.jpg", "fetch it yourself"),
        ("file:///nowhere/a.jpg", "check its address"),
    ],
)
def test_an_address_is_no_poster_yet_and_is_noted(
    tagger: Tagger, film: Movie, address: str, cure: str
) -> None:
    given = [replace(film, poster=address), Movie(id="bare", poster=address)]
    text, bare = tagger.predict(given, any_language=True)
    assert (text.inputs, codes(text)) == (["title", "overview"], [FaultCode.UNFETCHED_POSTER])
    assert address in (text.note or "") and cure in (text.note or "")
    assert bare.fault and bare.fault.code is FaultCode.UNFETCHED_POSTER


def test_any_language_reads_everything(tagger: Tagger, film: Movie) -> None:
    [found] = told(tagger, film, any_language=True)
    assert found.inputs == ["title", "overview", "poster"]
    assert found.note is None
    assert found.scores != pytest.approx(told(tagger, film)[0].scores, abs=1e-4)


def test_english_films_are_read_as_before(tagger: Tagger, bundle: Path) -> None:
    some = films(60)
    for ours, before in zip(told(tagger, *some), Tagger.load(bundle).predict(some), strict=True):
        assert (ours.inputs, ours.note) == (before.inputs, before.note)
        assert ours.scores == pytest.approx(before.scores, abs=1e-5)


@pytest.mark.parametrize("languages", [[], None, ["de"], ["en", "de"]])
def test_a_model_reads_what_it_says(
    bundle: Path, tmp_path: Path, film: Movie, languages: object
) -> None:
    [found] = told(Tagger.load(with_languages(bundle, tmp_path / "b", languages)), film)
    assert found.inputs == ["title", "overview", "poster"]
    assert found.note is None


@pytest.mark.parametrize("languages", ["en", {"en": 1}, [1]])
def test_languages_that_are_no_list_are_refused(
    bundle: Path, tmp_path: Path, languages: object
) -> None:
    with pytest.raises(UserError, match=r"languages of .* write a list of codes"):
        Tagger.load(with_languages(bundle, tmp_path / "b", languages))


def test_the_shipped_model_says_what_it_reads() -> None:
    bundle = Tagger.load().bundle
    assert bundle.home == ("en",)
    assert {"en", "da", "de", "es", "fr", "it", "pl", "pt"} <= set(bundle.languages)
    assert bundle.fields == ("title", "overview", "companies", "people", "poster")


@pytest.mark.parametrize(
    ("overview", "encoders", "language"),
    [
        ("A young doctor comes to a village where nobody is ill.",
         {"text", "words", "languages"}, None),
        ("Ein junger Arzt kommt in ein Dorf, in dem seit Jahren niemand mehr krank war.",
         {"languages"}, "German"),
        ("一个年轻的医生来到没有人生病的村庄。", {"languages"}, "Chinese"),
    ],
)  # fmt: skip
def test_the_shipped_models_encoders_share_the_languages(
    overview: str, encoders: set[str], language: str | None
) -> None:
    tagger = Tagger.load()
    reading = read_films(tagger.runtime, [Movie(title="Arzt", overview=overview)])
    present = zip(tagger.bundle.inputs, reading.features.present[0], strict=True)
    assert {name for name, here in present if here} == encoders
    [said] = tagger.predict([Movie(title="Arzt", overview=overview)])
    assert said.language == language and said.notes == ()
