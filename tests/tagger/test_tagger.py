from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from cinegenre import (
    BadMovie,
    BadRow,
    Fault,
    FaultCode,
    Movie,
    Prediction,
    Tagger,
    UserError,
)
from cinegenre.data.dataset import PreparedSet
from cinegenre.metrics.arrays import truth_of
from cinegenre.metrics.ranking import average_precision
from cinegenre.tagger.modes import only, score_modes, subsets

from ..tiny import broken
from ..tiny.films import films


@pytest.fixture(scope="module")
def tagger(bundle: Path) -> Tagger:
    return Tagger.load(bundle)


def whole_films(count: int) -> list[Movie]:
    """Tiny films that have title, overview and poster."""
    wanted = {"title", "overview", "poster"}
    return [film for film in films(20 + 4 * count) if wanted <= set(film.inputs)][:count]


def test_a_prediction_has_every_genre_and_the_decided_ones_first_to_last(tagger: Tagger) -> None:
    for film, prediction in zip(films(30), tagger.predict(films(30)), strict=True):
        assert prediction.id == film.id
        assert tuple(prediction.scores) == tagger.genres
        assert all(0 < score < 1 for score in prediction.scores.values())
        assert prediction.genres
        scores = [prediction.scores[genre] for genre in prediction.genres]
        assert scores == sorted(scores, reverse=True)
        assert prediction.inputs == [n for n in ("title", "overview", "poster") if n in film.inputs]
        assert prediction.error is None


def test_it_has_learned_the_tiny_films(tagger: Tagger, data: Path) -> None:
    test = list(PreparedSet.open(data).films("test"))
    scores = np.array([list(p.scores.values()) for p in tagger.predict(test)])
    truth = truth_of(test, tagger.genres)
    kept = truth.sum(axis=0) > 2
    found = average_precision(truth, scores)[kept].mean()
    assert found > 2 * truth[:, kept].mean()


def test_one_film_says_the_same_alone_and_among_others(tagger: Tagger) -> None:
    some = films(70)
    together = list(tagger.predict(some))
    for i in (0, 9, 33, 69):
        [alone] = tagger.predict([some[i]])
        assert alone.genres == together[i].genres
        assert alone.scores == pytest.approx(together[i].scores, abs=1e-5)


def test_films_are_predicted_as_they_come(tagger: Tagger) -> None:
    taken = 0

    def endless():  # type: ignore[no-untyped-def]
        nonlocal taken
        while True:
            taken += 1
            yield Movie(id=str(taken), title="The Ghost")

    predictions = tagger.predict(endless(), chunk=10)
    assert [next(predictions).id for _ in range(15)] == [str(i) for i in range(1, 16)]
    assert taken == 20


@pytest.mark.parametrize("inputs", subsets(("title", "overview", "poster")))
def test_any_input_may_be_missing(tagger: Tagger, inputs: tuple[str, ...]) -> None:
    part = [only(film, inputs, ("title", "overview", "poster")) for film in whole_films(8)]
    for prediction in tagger.predict(part):
        assert prediction.inputs == list(inputs)
        assert prediction.genres


def test_what_is_missing_is_not_a_zero_image(tagger: Tagger) -> None:
    film = whole_films(1)[0]
    black = Movie(title=film.title, poster=broken.saved(broken.Image.new("RGB", (60, 90)), "PNG"))
    with_black, without = tagger.predict([black, replace(black, poster=None)])
    assert with_black.scores != pytest.approx(without.scores, abs=1e-4)


def test_a_film_without_input_is_an_error_row_and_the_rest_goes_on(tagger: Tagger) -> None:
    bad = [Movie(id="bare"), Movie(id="other", people=("Someone",)), Movie(id="p", overview="N/A")]
    predictions = list(tagger.predict([films(1)[0], *bad, films(2)[1]]))
    codes = [p.fault and p.fault.code for p in predictions]
    assert codes == [None, *["no_input"] * 3, None]
    assert "film bare has no input at all" in (predictions[1].error or "")
    assert "only people" in (predictions[2].error or "")
    assert "reads title, overview, poster" in (predictions[2].error or "")
    assert predictions[1].scores == {}


@pytest.mark.parametrize("chunk", [1, 2, 512])
def test_a_row_that_is_no_film_keeps_its_place(tagger: Tagger, chunk: int) -> None:
    bad = BadRow(where="films.csv line 3", error="2 cells\nof 5", id="x")
    first, second, *_ = films(2)
    rows: list[Movie | BadRow] = [bad, first, bad, bad, second, bad]
    predictions = list(tagger.predict(rows, chunk=chunk))
    assert [p.id for p in predictions] == ["x", first.id, "x", "x", second.id, "x"]
    scored = [p for p in predictions if p.fault is None]
    assert scored == list(tagger.predict([first, second]))
    fault = Fault(FaultCode.BAD_ROW, "films.csv line 3: 2 cells of 5")
    failed = Prediction(id="x", genres=[], scores={}, inputs=[], model=tagger.name, fault=fault)
    assert [p for p in predictions if p.fault is not None] == [failed] * 4
    with pytest.raises(BadMovie, match=r"film 1 of those given: films\.csv line 3: ") as error:
        tagger.predict_proba([first, bad])
    assert error.value.fault == fault


def test_a_bad_row_does_not_change_its_neighbours(tagger: Tagger) -> None:
    some, bad = films(12), BadRow(where="line 3", error="2 cells")
    rows: list[Movie | BadRow] = [row for film in some for row in (film, bad)]
    assert list(tagger.predict(rows))[::2] == list(tagger.predict(some))


@pytest.mark.parametrize("name", sorted(broken.REFUSED))
def test_an_unreadable_poster_is_passed_over_and_said(tagger: Tagger, name: str) -> None:
    poster = broken.REFUSED[name]()
    text, poster_only = tagger.predict(
        [Movie(id="a", title="The Ghost", poster=poster), Movie(id="b", poster=poster)]
    )
    assert text.inputs == ["title"]
    [note] = text.notes
    assert text.genres and "poster" in note.what
    assert note.code is FaultCode.UNREADABLE_POSTER
    assert (poster_only.fault, poster_only.notes) == (note, ())


@pytest.mark.parametrize(
    "overview",
    ["قصة حب في القاهرة", "一个关于爱情的故事", "😀🎬👻", "ghost " * 100_000, "\x00\ufffe"],
)
def test_text_of_any_kind_gives_a_prediction(tagger: Tagger, overview: str) -> None:
    [prediction] = tagger.predict([Movie(title="The Ghost", overview=overview)])
    assert prediction.error is None
    assert len(prediction.scores) == len(tagger.genres)


def test_modes_are_what_predict_says(tagger: Tagger) -> None:
    some = films(40)
    seen = set()
    for mode in score_modes(tagger.runtime, some):
        seen.add(mode.inputs)
        assert all(set(mode.inputs) <= set(some[row].inputs) for row in mode.rows)
        row = int(mode.rows[0])
        scores, _ = tagger.decide(mode.logits[:1], [mode.situation])
        [prediction] = tagger.predict([only(some[row], mode.inputs, tagger.bundle.fields)])
        assert list(prediction.scores.values()) == pytest.approx(scores[0].tolist(), abs=1e-5)
    assert seen == set(subsets(("title", "overview", "poster")))


def test_each_set_of_inputs_has_its_own_thresholds(tagger: Tagger) -> None:
    found = tagger.bundle.calibrations
    assert len(found) == 7
    assert not np.allclose(found["poster",].threshold, found["title",].threshold)
    assert tagger.bundle.calibration(frozenset({"poster", "people"})) is found["poster",]


class TestBrokenBundles:
    @pytest.fixture
    def copy(self, bundle: Path, tmp_path: Path) -> Path:
        return Path(shutil.copytree(bundle, tmp_path / "copy"))

    @pytest.mark.parametrize(
        "name",
        ["config.json", "thresholds.json", "head.onnx", "encoder-text.onnx", "tokenizer.json"],
    )
    def test_a_missing_file_is_named(self, copy: Path, name: str) -> None:
        (copy / name).unlink()
        with pytest.raises(UserError, match=name):
            Tagger.load(copy)

    @pytest.mark.parametrize("name", ["weights.pkl", "model.pt", "pytorch_model.bin"])
    def test_a_pickle_is_refused(self, copy: Path, name: str) -> None:
        (copy / name).write_bytes(b"\x80\x04.")
        with pytest.raises(UserError, match=f"{name}, which may be a pickle"):
            Tagger.load(copy)

    def test_a_newer_format_is_refused_by_name(self, copy: Path) -> None:
        config = json.loads((copy / "config.json").read_text())
        (copy / "config.json").write_text(json.dumps(config | {"format_version": 99}))
        with pytest.raises(UserError, match="format_version 99"):
            Tagger.load(copy)

    @pytest.mark.parametrize("text", ["{", "[]", "{}", '{"format_version": 1}'])
    def test_a_broken_config(self, copy: Path, text: str) -> None:
        (copy / "config.json").write_text(text)
        with pytest.raises(UserError) as error:
            Tagger.load(copy)
        assert "\n" not in str(error.value)

    def test_a_broken_onnx_file(self, copy: Path) -> None:
        (copy / "head.onnx").write_bytes(b"no model")
        with pytest.raises(UserError, match=r"head\.onnx is not an ONNX model"):
            list(Tagger.load(copy).predict([Movie(title="x")]))

    def test_a_name_that_leads_out_of_the_bundle(self, copy: Path) -> None:
        config = json.loads((copy / "config.json").read_text())
        (copy / "config.json").write_text(json.dumps(config | {"head": "../head.onnx"}))
        with pytest.raises(UserError, match="files stand in the bundle itself"):
            Tagger.load(copy)

    def test_an_encoder_is_opened_only_when_its_input_is_there(self, copy: Path) -> None:
        (copy / "encoder-poster.onnx").write_bytes(b"never read")
        [prediction] = Tagger.load(copy).predict([Movie(title="The Ghost")])
        assert prediction.inputs == ["title"]

    def test_no_bundle(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="no model bundle"):
            Tagger.load(tmp_path / "none")


def test_the_shipped_model_judges_a_film_by_itself() -> None:
    """Activations in 8 bits have the range of a whole run: no other film may be in it."""
    tagger = Tagger.load()
    film = Movie(title="Orbit", overview="A crew wakes too early.", companies=("Lantern Films",))
    others = [
        Movie(title=f"Film {i}", overview="A long and golden road home. " * i) for i in range(20)
    ]
    [alone] = tagger.predict([film])
    among = list(tagger.predict([*others, film, *others]))[len(others)]
    assert among.scores == alone.scores


def test_a_device_that_is_not_there(bundle: Path) -> None:
    with pytest.raises(UserError, match="unknown device 'tpu'"):
        Tagger.load(bundle, device="tpu")
    if "CUDAExecutionProvider" not in onnxruntime.get_available_providers():
        with pytest.raises(UserError, match=r"has no cuda: run: .* install onnxruntime-gpu"):
            list(Tagger.load(bundle, device="cuda").predict([Movie(title="Orbit")]))


def test_results_do_not_depend_on_the_number_of_threads(bundle: Path) -> None:
    films = [Movie(id=str(i), title=f"Film {i}", overview="golden helicopter " * i)
             for i in range(100)]  # fmt: skip
    one, four = (list(Tagger.load(bundle, threads=n).predict(films)) for n in (1, 4))
    assert [f.id for f in four] == [f.id for f in films]
    for a, b in zip(one, four, strict=True):
        assert a.scores == pytest.approx(b.scores, abs=1e-6) and a.genres == b.genres


def test_onnxruntime_reports_to_nobody(bundle: Path) -> None:
    code = (
        "import os, sys; from cinegenre import Movie, Tagger; "
        "Tagger.load(sys.argv[1]).predict_proba([Movie(title='A ghost')]); "
        "import onnxruntime; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    )
    clean = {k: v for k, v in os.environ.items() if k != "ORT_DISABLE_TELEMETRY"}
    run = subprocess.run(
        [sys.executable, "-c", code, str(bundle)], capture_output=True, text=True, env=clean,
        check=True,
    )  # fmt: skip
    assert run.stdout.split() == ["1"]
