"""A head for a user's own genres: the parts against independent implementations, and whole."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from cinegenre import Movie, Tagger, UserError
from cinegenre.fit import FitReport, crossval, fit
from cinegenre.fit.columns import OWN, Block, Columns
from cinegenre.fit.crossval import NAMESAKE, cross_fit, namesakes
from cinegenre.fit.features import encode
from cinegenre.fit.films import FOLDS, folds_of, labelled
from cinegenre.fit.solve import fit_logistic
from cinegenre.metrics.arrays import sigmoid, truth_of
from cinegenre.metrics.ranking import average_precision
from cinegenre.metrics.summary import HEADLINES
from cinegenre.movie import BadRow
from cinegenre.tagger import bundle_folder as bundles
from cinegenre.tagger.linear import LinearHead
from cinegenre.tagger.modes import every_set, only, score_modes, subsets
from cinegenre.tagger.runtime import Runtime

from ..cli.test_cli import call, failed
from ..tiny import broken
from ..tiny.films import films

module = import_module("cinegenre.fit.fit")  # the function of that name hides it

MOODS = {
    "Funny": ("Comedy", "Animation"),
    "Dark": ("Horror", "Drama"),
    "Real": ("Documentary",),
    "Elsewhere": ("Science Fiction", "Action"),
}
"""The tests' own genres, of the tiny films'."""

FIELDS = ("title", "overview", "companies", "poster")


def own_films(count: int = 150, seed: int = 5) -> list[Movie]:
    """Tiny films that the bundle has not seen, with genres of our own."""
    return [
        replace(film, genres=tuple(m for m, of in MOODS.items() if set(of) & set(film.genres)))
        for film in films(count, seed)
    ]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def fitted(
    bundle: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, FitReport]:
    out = tmp_path_factory.mktemp("fitted") / "moods"
    facts = fit(own_films(), out, model=bundle, cache=cache, test=own_films(60, seed=9))
    return out, facts


@pytest.mark.parametrize("penalty", [3.0, 0.1])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_the_solver_finds_what_scikit_learn_finds(penalty: float, kind: type) -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=(300, 40)) * np.linspace(2, 0.1, 40)
    truth = x @ random.normal(size=(40, 5)) + random.normal(size=(300, 5)) * 3 > np.arange(5)
    weights = fit_logistic(x.astype(kind), truth, penalty)
    again = fit_logistic(x.astype(kind), truth, penalty, fit_logistic(x.astype(kind), truth, 10.0))
    for genre in range(5):
        theirs = LogisticRegression(C=1 / penalty, tol=1e-10, max_iter=10_000)
        theirs.fit(x, truth[:, genre])
        both = np.append(theirs.coef_, theirs.intercept_)
        np.testing.assert_allclose(weights[:, genre], both, atol=5e-3 * np.abs(both).max())
        np.testing.assert_allclose(again[:, genre], both, atol=5e-3 * np.abs(both).max())


def test_the_solver_is_steady_with_few_films_and_many_columns() -> None:
    random = np.random.default_rng(1)
    x = random.normal(size=(16, 400)).astype(np.float32)
    truth = np.zeros((16, 2), bool)
    truth[:8, 0] = truth[15, 1] = True
    weights = fit_logistic(x, truth, 1e-3)
    assert np.isfinite(weights).all()
    assert ((x @ weights[:-1] + weights[-1] > 0) == truth).all()


def test_columns_keep_standardised_products_and_weights_come_back() -> None:
    random = np.random.default_rng(2)
    text = random.normal(size=(50, 9)) * np.linspace(1, 30, 9) + 7
    text[:, 4] = 3.0  # says nothing
    poster = random.normal(size=(50, 80))  # wider than there are films
    own = random.normal(size=(50, 3))
    present = np.ones((50, 2), bool)
    present[:10, 1] = False
    z = np.delete((text - text.mean(axis=0)) / np.maximum(text.std(axis=0), 1e-9), 4, axis=1)
    turned = Block.learn(text).of(text)
    np.testing.assert_allclose(turned @ turned.T, z @ z.T / 8, atol=1e-4)

    features = {"text": text.astype(np.float32), "poster": poster.astype(np.float32)}
    columns = Columns.learn(features, present, own)
    assert list(columns.blocks) == ["text", "poster", OWN]
    for chosen in ((True, True), (False, True), (False, False)):
        x = columns.of(features, present, own, chosen)
        weights = random.normal(size=(x.shape[1] + 1, 4))
        back, bias = columns.taken_back(weights, chosen)
        everything = np.concatenate([text, poster, own], axis=1)
        rows = present[:, 1]
        expected = x[rows] @ weights[:-1] + weights[-1]
        np.testing.assert_allclose(everything[rows] @ back + bias, expected, atol=2e-3)


class TestLinearHead:
    @pytest.fixture
    def head(self) -> LinearHead:
        present = np.array([[0, 0], [0, 1], [1, 1]], bool)
        weights = np.random.default_rng(3).normal(size=(3, 7, 2)).astype(np.float32)
        weights[0, :5] = weights[1, :2] = 0
        return LinearHead(present, weights, np.array([[1, 2], [3, 4], [5, 6]], np.float32))

    def test_a_film_goes_by_the_largest_set_it_has(self, head: LinearHead) -> None:
        present = np.array([[1, 1], [0, 1], [1, 0], [0, 0]], bool)
        assert head.choose(present).tolist() == [2, 1, 0, 0]
        text, poster, base = (np.random.default_rng(4).normal(size=(4, w)) for w in (2, 3, 2))
        logits = head.logits([text, poster], base, present)
        x = np.concatenate([text, poster, base], axis=1)
        for film, chosen in enumerate((2, 1, 0, 0)):
            expected = x[film] @ head.weights[chosen] + head.bias[chosen]
            np.testing.assert_allclose(logits[film], expected, rtol=1e-4)

    def test_it_comes_back_from_disk(self, head: LinearHead, tmp_path: Path) -> None:
        head.save(tmp_path / "head.safetensors")
        again = LinearHead.load(tmp_path / "head.safetensors", 2, 7, 2)
        for name in ("present", "weights", "bias"):
            assert (getattr(again, name) == getattr(head, name)).all()

    @pytest.mark.parametrize("fault", ["width", "nan", "no empty set", "no tensors", "no file"])
    def test_what_does_not_fit_is_refused(
        self, head: LinearHead, tmp_path: Path, fault: str
    ) -> None:
        weights, present = head.weights.copy(), head.present.copy()
        if fault == "nan":
            weights[0, 0, 0] = np.nan
        if fault == "no empty set":
            present[0] = True
        path = tmp_path / "head.safetensors"
        replace(head, weights=weights, present=present).save(path)
        if fault == "no tensors":
            path.write_bytes(b"nothing")
        with pytest.raises(UserError, match=r"head\.safetensors|none\.safetensors"):
            LinearHead.load(
                tmp_path / "none.safetensors" if fault == "no file" else path,
                2,
                8 if fault == "width" else 7,
                2,
            )


class TestLabelled:
    def test_every_row_is_accounted_for(self) -> None:
        good = own_films(100)
        rows: list[Movie | BadRow] = [
            *good,
            Movie(id="a", title="No genre"),
            Movie(id="b", genres=("Dark",), people=("Someone",)),
            Movie(id="c", title="Rare", genres=("Rare",)),
            BadRow(where="films.csv line 7", error="broken"),
        ]
        found = labelled(rows, FIELDS)
        unlabelled = sum(not film.genres for film in good)
        assert len(found.films) == 100 - unlabelled
        assert found.genres == tuple(sorted(MOODS))
        assert found.dropped == {"Rare": 1}
        assert found.left_out == {
            "without a genre": 1 + unlabelled,
            "without title or overview or companies or poster": 1,
            "with other genres only": 1,
            "unreadable row": 1,
        }
        assert found.quoted == ["films.csv line 7: broken"]

    def test_genres_may_be_restricted(self) -> None:
        found = labelled(own_films(100), FIELDS, genres=["Real", "Dark"])
        assert found.genres == ("Real", "Dark")
        assert {genre for film in found.films for genre in film.genres} == {"Real", "Dark"}
        with pytest.raises(UserError, match="did you mean 'Real'"):
            labelled(own_films(100), FIELDS, genres=["Rael", "Dark"])

    def test_too_little_is_an_error(self) -> None:
        with pytest.raises(UserError, match="0 genres of 0 can be fitted on 0 labelled films"):
            labelled([], FIELDS)
        every = [Movie(title=f"{i}", genres=("Film",)) for i in range(30)]
        with pytest.raises(UserError, match=r"0 genres of 1 .* \(Film 30\)"):
            labelled(every, FIELDS)

    @pytest.mark.parametrize(
        "row",
        [
            Movie(id="tt1", title="Ghost", genres=("Dark",)),
            Movie(overview="The same.", genres=("Dark",)),
            Movie(title="Ghost", collection="All", genres=("Dark",)),
        ],
    )
    def test_rows_of_one_film_alone_cannot_be_folded(self, row: Movie) -> None:
        with pytest.raises(UserError, match="all 20 rows share an id, overview or collection"):
            folds_of([row] * 20)

    def test_rows_of_one_film_share_a_fold_and_genres_are_spread(self) -> None:
        some = [film for film in own_films(200) if film.genres]
        copies = [replace(film, title="Again", collection=None) for film in some[:40]]
        said = [replace(film, id=f"x{i}") for i, film in enumerate(some[:60]) if film.overview]
        fold = folds_of([*some, *copies, *said])
        assert fold[: len(some)][:40].tolist() == fold[len(some) : len(some) + 40].tolist()
        at = {film.id: fold[i] for i, film in enumerate(some)}
        for film, number in zip(said, fold[len(some) + 40 :], strict=True):
            if "overview" in film.inputs:
                [first] = [f for f in some if f.overview == film.overview][:1]
                assert number == at[first.id]
        single = folds_of(some)
        truth = truth_of(some, sorted(MOODS))
        counts = np.array([truth[single == k].sum(axis=0) for k in range(FOLDS)])
        assert (np.abs(counts - counts.mean(axis=0)) <= 3).all()


def test_scores_in_cross_validation_are_of_heads_that_have_not_seen_the_film(
    bundle: Path, cache: Path
) -> None:
    runtime = Tagger.load(bundle).runtime
    some = [film for film in own_films() if film.genres]
    genres = sorted(MOODS)
    truth, fold = truth_of(some, genres), folds_of(some)
    encoded = encode(runtime, some, cache)
    prior = namesakes(runtime.bundle.genres, genres)
    assert not prior.any()  # none of our own has a name that the base knows
    found = cross_fit(runtime, encoded.whole(runtime), truth, fold, prior)
    assert [head.chosen for head in found.heads] == [
        (False, False), (False, True), (True, False), (True, True),
    ]  # fmt: skip
    last = list(every_set(runtime.bundle, some, encoded.parts))[-1]
    assert last.inputs == runtime.bundle.fields
    head = found.heads[-1]
    whole = encoded.whole(runtime)
    own = runtime.classify(whole.features, whole.present)
    x = found.columns.of(whole.features, whole.present, own, (True, True))
    unseen = found.unseen(last)
    for k in (0, 3):
        theirs = LogisticRegression(C=1 / head.penalty, tol=1e-8, max_iter=5000)
        theirs.fit(x[fold != k], truth[fold != k, 0])
        rows = fold[last.rows] == k
        expected = theirs.decision_function(x[last.rows[rows]])
        np.testing.assert_allclose(unseen[rows, 0], expected, atol=0.05)


def test_the_solver_fits_what_an_offset_leaves() -> None:
    """At the minimum the gradient of the loss, offset in, is nought."""
    random = np.random.default_rng(7)
    x, offset = random.normal(size=(200, 6)), random.normal(size=(200, 3))
    truth = x[:, :3] + 2 * offset + random.normal(size=(200, 3)) > 0
    weights = fit_logistic(x, truth, 0.5, offset=offset)
    wrong = sigmoid(x @ weights[:-1] + weights[-1] + offset) - truth
    np.testing.assert_allclose(x.T @ wrong + 0.5 * weights[:-1], 0, atol=0.05)
    np.testing.assert_allclose(wrong.sum(axis=0), 0, atol=0.05)


def test_a_genre_the_base_knows_by_name_starts_from_what_it_says(
    bundle: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = Tagger.load(bundle)
    prior = namesakes(base.genres, ["drama", "Sci-Fi", "Dark"])
    assert prior[base.genres.index("Drama")].tolist() == [NAMESAKE, 0, 0]
    assert prior[base.genres.index("Science Fiction")].tolist() == [0, NAMESAKE, 0]
    assert prior.sum() == 2 * NAMESAKE

    some = [film for film in own_films() if film.genres]
    genres = sorted(MOODS)
    monkeypatch.setattr(crossval, "PENALTIES", (1e7,))  # nothing is fitted but the intercepts
    encoded = encode(base.runtime, some, cache)
    named = namesakes(base.genres, ["Horror", "Drama", "Comedy", "Action"])
    found = cross_fit(
        base.runtime, encoded.whole(base.runtime), truth_of(some, genres), folds_of(some), named
    )
    whole = encoded.whole(base.runtime)
    own = base.runtime.classify(whole.features, whole.present)
    parts = [whole.features[name] for name in base.bundle.inputs]
    logits = found.linear().logits(parts, own, whole.present)
    horror = own[:, base.genres.index("Horror")]
    full = whole.present.all(axis=1)
    np.testing.assert_allclose(
        np.diff(logits[full, 0]), NAMESAKE * np.diff(horror[full]), atol=1e-2
    )


def test_a_fitted_bundle_predicts_with_any_input_missing(
    fitted: tuple[Path, FitReport],
) -> None:
    tagger = Tagger.load(fitted[0])
    assert tagger.genres == tuple(sorted(MOODS))
    whole = [f for f in own_films(80, seed=9) if {"title", "overview", "poster"} <= set(f.inputs)]
    for inputs in subsets(("title", "overview", "poster")):
        some = [only(film, inputs, FIELDS) for film in whole[:4]]
        for prediction in tagger.predict(some):
            assert prediction.inputs == list(inputs)
            assert prediction.genres
            assert all(0 < score < 1 for score in prediction.scores.values())
    [error] = tagger.predict([Movie(id="bare")])
    assert "no input at all" in (error.error or "")


def test_it_has_learned_genres_that_the_base_does_not_know(
    fitted: tuple[Path, FitReport],
) -> None:
    _, facts = fitted
    for summary in (facts.summary, facts.test):
        assert summary is not None
        truth = np.mean([row.positives for row in summary.by_genre]) / summary.films
        assert summary.headline["macro_ap"] > truth + 0.25


def test_its_modes_are_what_predict_says(fitted: tuple[Path, FitReport]) -> None:
    tagger = Tagger.load(fitted[0])
    some = own_films(40, seed=9)
    for mode in score_modes(tagger.runtime, some):
        row = int(mode.rows[0])
        scores, _ = tagger.decide(mode.logits[:1], [mode.situation])
        [prediction] = tagger.predict([only(some[row], mode.inputs, tagger.bundle.fields)])
        assert list(prediction.scores.values()) == pytest.approx(scores[0].tolist(), abs=1e-5)
    assert set(tagger.bundle.calibrations) == {
        tuple(sorted(mode.inputs)) for mode in fitted[1].modes
    }


def test_what_the_bundle_holds(fitted: tuple[Path, FitReport], bundle: Path) -> None:
    out, facts = fitted
    assert {path.name for path in out.iterdir()} == {
        "BASE.md", "README.md", "config.json", "encoder-poster.onnx", "encoder-text.onnx",
        "head.onnx", "head.safetensors", "thresholds.json", "tokenizer.json",
    }  # fmt: skip
    assert (out / "head.onnx").read_bytes() == (bundle / "head.onnx").read_bytes()
    card = (out / "README.md").read_text(encoding="utf-8")
    for row in facts.summary.by_genre:
        assert f"| {row.genre} | {row.positives:,} | {row.average_precision:.3f}" in card
    assert "On the films given with --test" in card
    stored = json.loads(json.dumps(facts.as_dict(), allow_nan=False))
    assert FitReport.from_dict(stored).as_dict() == stored
    assert list(stored) == [
        "name", "base", "films", "genres", "min_films", "dropped", "left_out", "quoted",
        "unreadable_posters", "unfetched_posters", "penalties", "seed", "modes", "summary", "test",
        "seconds",
    ]  # fmt: skip
    assert list(stored["modes"][0]) == ["inputs", "films", "thresholds", *HEADLINES]


def test_an_older_cinegenre_refuses_it_by_name_and_reads_other_bundles(
    fitted: tuple[Path, FitReport], bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundles, "FORMAT_VERSION", 1)
    with pytest.raises(UserError, match="format_version 2, this cinegenre reads up to 1"):
        Tagger.load(fitted[0])
    Tagger.load(bundle)


def test_a_head_can_be_fitted_on_a_fitted_bundle(
    fitted: tuple[Path, FitReport], cache: Path, tmp_path: Path
) -> None:
    facts = fit(own_films(), tmp_path / "again", model=fitted[0], cache=cache)
    assert facts.summary == fitted[1].summary  # it stands on the same encoders and logits
    assert Tagger.load(tmp_path / "again").genres == tuple(sorted(MOODS))


def test_films_without_posters_teach_a_head_that_takes_posters_too(
    bundle: Path, cache: Path, tmp_path: Path
) -> None:
    without = [replace(film, poster=None) for film in own_films()]
    fit(without, tmp_path / "out", model=bundle, cache=cache)
    poster_only = [Movie(id=f.id, poster=f.poster, genres=f.genres) for f in own_films(60, seed=9)]
    some = [film for film in poster_only if film.poster and film.genres]
    tagger = Tagger.load(tmp_path / "out")
    found = list(tagger.predict(some))
    assert all(prediction.inputs == ["poster"] for prediction in found)
    truth = truth_of(some, tagger.genres)
    scores = np.array([list(prediction.scores.values()) for prediction in found])
    told = average_precision(truth, scores)
    assert told.mean() > 1.5 * truth.mean()


def test_a_genre_without_posters_costs_the_others_none(
    bundle: Path, cache: Path, tmp_path: Path
) -> None:
    some = [film for film in own_films() if film.genres]
    bare = [replace(film, poster=None) if "Real" in film.genres else film for film in some]
    fit(bare, tmp_path / "out", model=bundle, cache=cache)
    tagger = Tagger.load(tmp_path / "out")
    head = tagger.bundle.linear
    assert head is not None and len(head.present) == 4
    real, dark = tagger.genres.index("Real"), tagger.genres.index("Dark")
    [poster] = [i for i, present in enumerate(head.present.tolist()) if present == [False, True]]
    [none] = [i for i, present in enumerate(head.present.tolist()) if present == [False, False]]
    width = tagger.bundle.widths["text"] + tagger.bundle.widths["poster"]
    assert (head.weights[poster, :width, real] == 0).all()
    assert np.abs(head.weights[poster, :width, dark]).max() > 0
    np.testing.assert_allclose(
        head.weights[poster, width:, real], head.weights[none, width:, real], rtol=1e-6
    )


def test_a_second_fit_encodes_nothing(
    bundle: Path, cache: Path, fitted: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*given: object) -> None:
        raise AssertionError("encoded anew")

    monkeypatch.setattr(Runtime, "encode", never)
    facts = fit(own_films(), tmp_path / "two", model=bundle, cache=cache, genres=["Dark", "Funny"])
    assert facts.genres == ("Dark", "Funny")


def test_a_broken_cache_is_passed_over(bundle: Path, tmp_path: Path) -> None:
    runtime = Tagger.load(bundle).runtime
    some = own_films(20)
    first = encode(runtime, some, tmp_path / "cache")
    for path in (tmp_path / "cache").rglob("*.safetensors"):
        path.write_bytes(path.read_bytes()[:-9])
    again = encode(runtime, some, tmp_path / "cache")
    for name, parts in first.parts.items():
        for fields, part in parts.items():
            other = again.parts[name][fields]
            np.testing.assert_allclose(part.features[name], other.features[name], atol=1e-6)


def test_what_is_kept_is_what_the_encoders_say(bundle: Path, cache: Path, fitted: object) -> None:
    runtime = Tagger.load(bundle).runtime
    some = own_films(40)
    kept, anew = encode(runtime, some, cache), encode(runtime, some, None)
    for name, parts in kept.parts.items():
        for fields, part in parts.items():
            other = anew.parts[name][fields]
            assert (part.present == other.present).all()
            np.testing.assert_allclose(part.features[name], other.features[name], atol=1e-5)


def test_an_unreadable_poster_is_told_and_the_texts_count(
    bundle: Path, cache: Path, tmp_path: Path
) -> None:
    some = [film for film in own_films() if film.genres]
    some[0] = replace(some[0], poster=broken.truncated_jpeg())
    some[1] = replace(some[1], poster=tmp_path / "none.jpg")
    some.append(Movie(id="only", poster=tmp_path / "none.jpg", genres=("Dark",)))
    facts = fit(some, tmp_path / "out", model=bundle, cache=cache)
    assert len(facts.unreadable_posters) == 3
    assert facts.summary.films == facts.films - 1


def test_a_stopped_fit_leaves_nothing_half_written(bundle: Path, tmp_path: Path) -> None:
    @contextmanager
    def stage(name: str, count: int) -> Iterator[Any]:
        if name == "fitting heads":
            raise KeyboardInterrupt
        yield lambda films: None

    with pytest.raises(KeyboardInterrupt):
        fit(own_films(), tmp_path / "out", model=bundle, cache=tmp_path / "cache", stage=stage)
    assert [path.name for path in tmp_path.iterdir()] == ["cache"]
    names = [path.suffix for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert set(names) == {".safetensors"}


def test_raw_scores_are_probabilities_of_the_logits(fitted: tuple[Path, FitReport]) -> None:
    tagger = Tagger.load(fitted[0])
    some = own_films(5)
    encoded = tagger.runtime.encode(some)
    logits = tagger.runtime.classify(encoded.features, encoded.present)
    assert logits.shape == (5, len(MOODS))
    np.testing.assert_allclose(tagger.bundle.probabilities(logits), sigmoid(logits))


class TestCommand:
    @pytest.fixture
    def table(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
            monkeypatch.setenv(name, str(tmp_path / "user"))
        path = tmp_path / "films.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(("id", "title", "overview", "companies", "poster", "genres"))
            for film in own_films(100):
                poster = tmp_path / f"{film.id}.jpg"
                if isinstance(film.poster, bytes):
                    poster.write_bytes(film.poster)
                rows.writerow((film.id, film.title, film.overview, "|".join(film.companies),
                               poster.name if film.poster else "",
                               "|".join(film.genres)))  # fmt: skip
        return path

    def test_from_a_table_to_a_bundle(
        self, capsys: pytest.CaptureFixture[str], table: Path, bundle: Path
    ) -> None:
        out = table.parent / "out"
        words = ("fit", table, "--out", out, "--model", bundle)
        code, shown, _ = call(capsys, *words, "--test", table)
        assert code == 0
        assert "cross-validated" in shown
        assert "without a genre" in shown
        assert list((table.parent / "user").rglob("*.safetensors"))
        code, said, _ = call(capsys, *words, "--json", "--genres", "Dark, Funny", "--no-cache")
        facts = json.loads(said)
        assert facts["genres"] == ["Dark", "Funny"]
        assert Tagger.load(out).genres == ("Dark", "Funny")

    def test_bad_input_is_one_line(
        self, capsys: pytest.CaptureFixture[str], table: Path, bundle: Path, tmp_path: Path
    ) -> None:
        bare = tmp_path / "bare.csv"
        bare.write_text("id,title\n1,The Ghost\n")
        other = tmp_path / "other"
        other.mkdir()
        (other / "letter.txt").write_text("mine")
        end = ("--out", tmp_path / "o", "--model", bundle)
        assert "has no column genres or genre or labels" in failed(capsys, "fit", bare, *end)
        assert "did you mean 'Dark'" in failed(capsys, "fit", table, *end, "--genres", "Drak,Real")
        assert "can be fitted" in failed(capsys, "fit", table, *end, "--min-films", 90)
        assert "no model bundle" in failed(
            capsys, "fit", table, "--out", tmp_path / "o", "--model", tmp_path / "no"
        )
        assert "holds no bundle" in failed(capsys, "fit", table, "--out", other, "--model", bundle)
        (other / "config.json").write_text("{}")  # as in the folder of a training run
        said = failed(capsys, "fit", table, "--out", other, "--model", bundle)
        assert "also holds 'letter.txt', which would be lost" in said
        for place in (table, table / "new"):
            said = failed(capsys, "fit", table, "--out", place, "--model", bundle)
            assert f"{table} is a file" in said
        bare.write_text("title,genres\nThe Ghost,Other\n")
        assert "no film to test on" in failed(capsys, "fit", table, *end, "--test", bare)
        assert not (tmp_path / "o").exists()

    def test_it_needs_no_torch(self, table: Path, bundle: Path) -> None:
        code = (
            "import sys; from cinegenre.fit import fit; "
            f"fit({str(table)!r}, {str(table.parent / 'o')!r}, model={str(bundle)!r}, keep=False); "
            "print(sorted(set(sys.modules) & {'torch', 'scipy', 'sklearn', 'onnx', 'pandas'}))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == "[]"


def test_the_fits_module_is_not_the_function() -> None:
    assert callable(fit)
    assert module.fit is fit
