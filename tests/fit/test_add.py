"""Further heads: other genres over a bundle's own encoders."""

from __future__ import annotations

import json
import pickle
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.core import TyperOption

from cinegenre import Movie, Tagger, UserError
from cinegenre.cli.commands import COMMANDS, whole
from cinegenre.data.dataset import PreparedSet
from cinegenre.evaluate.evaluate import evaluate
from cinegenre.explain import explain
from cinegenre.fit import FitReport, add_head, fit
from cinegenre.fit.crossval import namesakes
from cinegenre.fit.features import encode
from cinegenre.fit.films import folds_of
from cinegenre.fit.shared import SHOWN, Judges, Shared, go_abroad, shared_fit
from cinegenre.inputs import TextInput
from cinegenre.metrics.arrays import truth_of
from cinegenre.score import Options
from cinegenre.score import score as score_files
from cinegenre.tagger.linear import LinearHead
from cinegenre.tagger.modes import every_set, only, score_modes, subsets
from cinegenre.tagger.runtime import Runtime
from cinegenre.taxonomy import taxonomy

from ..cli.test_cli import call, failed
from ..score.made import results, write_csv
from ..serve.running import running
from ..tiny.films import films
from ..tiny.planted import planted_bundle
from .test_fit import FIELDS, MOODS, own_films

GENRES = tuple(sorted(MOODS))


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def added(
    bundle: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, FitReport]:
    """A copy of the tiny bundle with a head for moods, and its report."""
    copy = Path(shutil.copytree(bundle, tmp_path_factory.mktemp("added") / "tiny"))
    report = add_head(own_films(), copy, "moods", cache=cache, test=own_films(60, seed=9))
    return copy, report


@pytest.fixture
def own(added: tuple[Path, FitReport], tmp_path: Path) -> Path:
    """A copy of that bundle to change."""
    return Path(shutil.copytree(added[0], tmp_path / "own"))


class TestTheHead:
    def test_it_tells_its_own_genres_and_the_bundle_still_its(
        self, added: tuple[Path, FitReport], bundle: Path
    ) -> None:
        some = own_films(20, seed=9)
        before, after = Tagger.load(bundle), Tagger.load(added[0])
        assert np.array_equal(before.predict_proba(some), after.predict_proba(some))
        moods = Tagger.load(added[0], taxonomy="moods")
        assert moods.genres == GENRES
        assert (after.name, moods.name) == ("tiny 1", "tiny 1 (moods)")
        assert after.bundle.taxonomies == ("moods",)
        whole_films = [f for f in some if {"title", "overview", "poster"} <= set(f.inputs)]
        for inputs in subsets(("title", "overview", "poster")):
            for found in moods.predict([only(film, inputs, FIELDS) for film in whole_films[:3]]):
                assert found.inputs == list(inputs)
                assert found.genres and set(found.scores) == set(GENRES)
                assert found.model == "tiny 1 (moods)"

    def test_it_has_learned_genres_that_the_base_does_not_know(
        self, added: tuple[Path, FitReport]
    ) -> None:
        for summary in (added[1].summary, added[1].test):
            assert summary is not None
            share = np.mean([row.positives for row in summary.by_genre]) / summary.films
            assert summary.headline["macro_ap"] > share + 0.25

    def test_its_modes_are_what_predict_says(self, added: tuple[Path, FitReport]) -> None:
        tagger = Tagger.load(added[0], taxonomy="moods")
        some = own_films(40, seed=9)
        for mode in score_modes(tagger.runtime, some):
            scores, _ = tagger.decide(mode.logits[:1], [mode.situation])
            film = only(some[int(mode.rows[0])], mode.inputs, tagger.bundle.fields)
            [found] = tagger.predict([film])
            assert list(found.scores.values()) == pytest.approx(scores[0].tolist(), abs=1e-5)
        assert set(tagger.bundle.calibrations) == {
            tuple(sorted(mode.inputs)) for mode in added[1].modes
        }

    def test_it_is_one_small_file_beside_its_thresholds_and_card(
        self, added: tuple[Path, FitReport], bundle: Path
    ) -> None:
        names = {path.name for path in added[0].iterdir()}
        assert names - {path.name for path in bundle.iterdir()} == {
            "head-moods.md", "head-moods.safetensors", "thresholds-moods.json",
        }  # fmt: skip
        head = Tagger.load(added[0], taxonomy="moods").bundle.linear
        assert head is not None and len(head.weights) == 1
        card = (added[0] / "head-moods.md").read_text(encoding="utf-8")
        for row in added[1].summary.by_genre:
            assert f"| {row.genre} | {row.positives:,} | {row.average_precision:.3f}" in card
        assert "## Cross-validated" in card and "On the films given with --test" in card
        assert "validation" not in added[1].as_dict()

    def test_explanations_and_copies_are_of_its_genres(self, added: tuple[Path, FitReport]) -> None:
        tagger = Tagger.load(added[0], taxonomy="moods")
        film = next(f for f in own_films(20, seed=9) if f.poster and "overview" in f.inputs)
        reasons = explain(tagger, film, ["Dark"]).genres["Dark"]
        [found] = tagger.predict([film])
        assert reasons.probability == pytest.approx(found.scores["Dark"])
        copy: Tagger = pickle.loads(pickle.dumps(tagger))
        assert copy.genres == GENRES
        assert np.array_equal(copy.predict_proba([film]), tagger.predict_proba([film]))

    def test_a_second_head_and_a_newer_one_of_the_same_name(self, own: Path, cache: Path) -> None:
        add_head(own_films(), own, "two", genres=["Dark", "Funny"], cache=cache)
        assert Tagger.load(own, taxonomy="two").genres == ("Dark", "Funny")
        add_head(own_films(), own, "moods", genres=["Dark", "Real"], cache=cache)
        assert Tagger.load(own, taxonomy="moods").genres == ("Dark", "Real")
        assert Tagger.load(own).bundle.taxonomies == ("moods", "two")

    def test_a_fitted_bundle_takes_one_and_a_fit_takes_none_along(
        self, own: Path, cache: Path, tmp_path: Path
    ) -> None:
        fit(own_films(), tmp_path / "fitted", model=own, cache=cache)
        assert Tagger.load(tmp_path / "fitted").bundle.taxonomies == ()
        add_head(own_films(), tmp_path / "fitted", "again", genres=["Dark", "Real"], cache=cache)
        tagger = Tagger.load(tmp_path / "fitted", taxonomy="again")
        assert (tagger.genres, Tagger.load(tmp_path / "fitted").genres) == (
            ("Dark", "Real"), GENRES,
        )  # fmt: skip


class TestShared:
    def test_scores_are_of_heads_that_have_not_seen_the_film(
        self, bundle: Path, cache: Path
    ) -> None:
        runtime = Tagger.load(bundle).runtime
        some = [film for film in own_films() if film.genres]
        truth, fold = truth_of(some, GENRES), folds_of(some)
        encoded, prior = encode(runtime, some, cache), namesakes(runtime.bundle.genres, GENRES)
        found = shared_fit(runtime, some, encoded, truth, fold, prior)
        last = list(every_set(runtime.bundle, some, encoded.parts))[-1]
        unseen = found.unseen(last)
        for k in range(5):
            rows = fold[last.rows] == k
            alone = replace(found, weights=found.by_fold[k], fold=None)
            np.testing.assert_allclose(unseen[rows], alone.unseen(last)[rows], rtol=1e-5)
        self.agrees_with_the_file(replace(found, fold=None), runtime, some, encoded)

    def test_judges_choose_the_penalty_and_teach_nothing(self, bundle: Path, cache: Path) -> None:
        runtime = Tagger.load(bundle).runtime
        some = [film for film in own_films() if film.genres]
        others = [film for film in own_films(90, seed=9) if film.genres]
        truth, fold = truth_of(some, GENRES), folds_of(some)
        prior = namesakes(runtime.bundle.genres, GENRES)
        encoded, theirs = (encode(runtime, each, cache) for each in (some, others))
        judges = Judges(others, theirs, truth_of(others, GENRES))
        found = shared_fit(runtime, some, encoded, truth, fold, prior, judges)
        contrary = replace(judges, truth=~judges.truth)
        misled = shared_fit(runtime, some, encoded, truth, fold, prior, contrary)
        assert misled.penalty > found.penalty  # they believe less of what the films teach
        shown = list(every_set(runtime.bundle, others, theirs.parts))[-1]
        right = judges.truth[shown.rows]
        for head in (found, misled):
            logits = head.unseen(shown)
            assert logits[right].mean() > logits[~right].mean()
        self.agrees_with_the_file(found, runtime, some, encoded)

    def agrees_with_the_file(
        self, found: Shared, runtime: Runtime, some: list[Movie], encoded: Any
    ) -> None:
        """What the bundle's head says is what was fitted, whatever inputs are missing."""
        head = found.linear()
        sets = list(every_set(runtime.bundle, some, encoded.parts))
        assert len(sets) > SHOWN
        for shown in sets:
            own = runtime.base_logits(shown.features, shown.present)
            parts = [shown.features[name] for name in runtime.bundle.inputs]
            logits = head.logits(parts, own, shown.present)
            np.testing.assert_allclose(logits, found.unseen(shown), atol=2e-3)

    def test_some_texts_are_shown_as_if_in_another_language(self, tmp_path: Path) -> None:
        planted = Tagger.load(planted_bundle(tmp_path / "planted")).bundle
        text = planted.inputs["text"]
        assert isinstance(text, TextInput)
        present = np.ones((400, 3), bool)
        present[:100, 1] = False  # nothing else reads these
        for languages in (("en",), ("en", "de")):
            inputs = {
                "text": replace(text, languages=("en",)),
                "more": replace(text, languages=languages),
                "poster": planted.inputs["poster"],
            }
            shown = present.copy()
            go_abroad(replace(planted, inputs=inputs), shown, np.random.default_rng(0))
            hidden = present & ~shown
            assert not hidden[:, 1:].any() and not hidden[:100].any()
            assert (20 < hidden.sum() < 80) == (languages != ("en",))

    def test_what_counts_as_absent_is_not_read(self) -> None:
        random = np.random.default_rng(0)
        head = LinearHead(
            np.zeros((1, 2), bool), random.normal(size=(1, 7, 2)).astype(np.float32),
            np.ones((1, 2), np.float32), np.array([[1, 2], [3, 4]], np.float32),
        )  # fmt: skip
        text, poster, base = (random.normal(size=(3, width)) for width in (2, 3, 2))
        present = np.array([[1, 1], [1, 0], [0, 0]], bool)
        found = head.logits([text, poster], base, present)
        weights = head.weights[0]
        for film, (has_text, has_poster) in enumerate(present):
            expected = 1 + base[film] @ weights[5:]
            expected = expected + has_text * (text[film] @ weights[:2] + [1, 2])
            expected = expected + has_poster * (poster[film] @ weights[2:5] + [3, 4])
            np.testing.assert_allclose(found[film], expected, rtol=1e-4)


class TestOfPreparedFilms:
    @pytest.fixture
    def made(self, bundle: Path, data: Path, cache: Path, tmp_path: Path) -> tuple[Path, FitReport]:
        copy = Path(shutil.copytree(bundle, tmp_path / "tiny"))
        return copy, add_head(data, copy, "again", test=data, cache=cache)

    def test_validation_films_judge_and_test_films_test(
        self, made: tuple[Path, FitReport], prepared: PreparedSet, tmp_path: Path
    ) -> None:
        folder, report = made
        counts = {
            split: sum(
                bool(set(film.genres) & set(report.genres)) for film in prepared.films(split)
            )
            for split in ("train", "validation", "test")
        }
        assert (report.films, report.validation) == (counts["train"], counts["validation"])
        assert report.test is not None and report.test.films == counts["test"]
        assert all(mode.films <= counts["validation"] for mode in report.modes)
        assert report.as_dict()["validation"] == counts["validation"]
        assert "## On validation films" in (folder / "head-again.md").read_text(encoding="utf-8")
        table = json.loads((folder / "config.json").read_text())["heads"]["again"]
        assert table["data"]["fingerprint"] == prepared.fingerprint
        assert table["films"] == {"train": counts["train"], "validation": counts["validation"]}

    def test_it_is_evaluated_with_its_own_card(
        self, made: tuple[Path, FitReport], data: Path, tmp_path: Path, quick: None
    ) -> None:
        folder, report = made
        found = evaluate(
            folder, data, tmp_path / "report", taxonomy="again", need=["title"], card=True
        )
        assert found.taxonomy_genres == report.genres
        assert found.model.name == "tiny (again)"
        assert "--taxonomy again" in found.command
        assert found.model.films_trained == report.films
        assert "On test films" in (folder / "head-again.md").read_text(encoding="utf-8")
        assert "--taxonomy again" not in (folder / "README.md").read_text(encoding="utf-8")


class TestTheShippedModel:
    def test_it_tells_imdbs_genres(self) -> None:
        tagger = Tagger.load(taxonomy="imdb", threads=1)
        assert set(tagger.genres) <= set(taxonomy("imdb")) and len(tagger.genres) == 22
        boxer = "A small-time boxer gets a shot at the heavyweight championship of the world."
        [found] = tagger.predict({"title": "Rocky", "overview": boxer})
        assert found.genres == ["Drama", "Sport"]
        [german] = tagger.predict("Ein Boxer trainiert für den Titel und verliert seine Familie.")
        assert german.language == "German" and "Drama" in german.genres

    def test_it_has_thresholds_for_every_set_of_inputs(self) -> None:
        bundle = Tagger.load(taxonomy="imdb").bundle
        sets = {tuple(sorted(inputs)) for inputs in subsets(bundle.fields)}
        assert set(bundle.calibrations) == sets

    def test_the_whole_bundle_is_at_most_85_megabytes(self) -> None:
        folder = Tagger.load(taxonomy="imdb").bundle.folder
        assert sum(path.stat().st_size for path in folder.iterdir()) <= 85_000_000


@contextmanager
def stopped(name: str, count: int) -> Iterator[Any]:
    if name == "fitting the head":
        raise KeyboardInterrupt
    yield lambda films: None


def test_a_stopped_fit_leaves_the_bundle_as_it_was(own: Path, cache: Path) -> None:
    before = {path.name: path.read_bytes() for path in own.iterdir()}
    with pytest.raises(KeyboardInterrupt):
        add_head(own_films(), own, "moods", cache=cache, stage=stopped, genres=["Dark", "Real"])
    assert {path.name: path.read_bytes() for path in own.iterdir()} == before


@pytest.mark.parametrize("name", ["", "../up", "Two Words", "ümlaut", ".hidden", "a/b"])
def test_a_name_is_part_of_a_files_name(own: Path, cache: Path, name: str) -> None:
    with pytest.raises(UserError, match=r"cannot be called .*small letters"):
        add_head(own_films(), own, name, cache=cache)


def test_labels_are_those_of_a_prepared_set(own: Path, data: Path, cache: Path) -> None:
    with pytest.raises(UserError, match=r'"imdb" is named, but the films are not a prepared'):
        add_head(own_films(), own, "imdb", labels="imdb", cache=cache)
    with pytest.raises(UserError, match="has no label set 'imdb'"):
        add_head(data, own, "imdb", labels="imdb", cache=cache)
    with pytest.raises(UserError, match="no model bundle at default"):
        add_head(own_films(), "default", "moods", cache=cache)


def test_an_unknown_taxonomy_names_those_there_are(own: Path, bundle: Path) -> None:
    with pytest.raises(
        UserError, match=r"tiny 1 'mods': did you mean 'moods'.*leave --taxonomy out"
    ):
        Tagger.load(own, taxonomy="mods")
    with pytest.raises(UserError, match=r'tiny 1 has no taxonomy "imdb", only its own genres: .*'
                                        r"cinegenre fit FILMS --add-to"):  # fmt: skip
        Tagger.load(bundle, taxonomy="imdb")


@pytest.mark.parametrize(
    "fault", ["no weights", "no thresholds", "other genres", "width", "outside"]
)
def test_a_head_that_is_not_whole_is_refused(own: Path, fault: str) -> None:
    config = json.loads((own / "config.json").read_text())
    table = config["heads"]["moods"]
    if fault == "no weights":
        (own / "head-moods.safetensors").unlink()
    elif fault == "no thresholds":
        (own / "thresholds-moods.json").unlink()
    elif fault == "other genres":
        table["id2label"]["0"] = "Darker"
    elif fault == "width":
        config["encoders"]["text"]["out_dim"] += 1
    else:
        table["file"] = "../head-moods.safetensors"
    (own / "config.json").write_text(json.dumps(config))
    with pytest.raises(UserError) as said:
        Tagger.load(own, taxonomy="moods")
    assert "moods" in str(said.value) and "\n" not in str(said.value)
    if fault != "width":
        assert Tagger.load(own).genres  # its own genres need none of it


ONLY_ENCODERS = {"fit", "audit"}
"""Commands that take a model for its encoders alone."""


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_that_predicts_with_a_model_takes_a_taxonomy(name: str) -> None:
    options = {o for p in whole(name).params if isinstance(p, TyperOption) for o in p.opts}
    predicts = ("--model" in options and name not in ONLY_ENCODERS) or name == "evaluate"
    assert ("--taxonomy" in options) == predicts


class TestCommands:
    @pytest.fixture
    def planted(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
        """A bundle written by hand, and a table of films with genres that it does not know."""
        for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
            monkeypatch.setenv(name, str(tmp_path / "user"))
        folder = planted_bundle(tmp_path / "planted")
        table = tmp_path / "films.csv"
        rows = [f"{n},The Ghost {n} of the crypt,Scary" for n in range(20)]
        rows += [f"{n},A clown in the saddle {n},Silly" for n in range(20, 40)]
        table.write_text("id,title,genres\n" + "\n".join(rows) + "\n")
        return folder, table

    def test_a_head_is_added_and_used(
        self, capsys: pytest.CaptureFixture[str], planted: tuple[Path, Path], tmp_path: Path
    ) -> None:
        folder, table = planted
        code, out, _ = call(capsys, "fit", table, "--add-to", folder, "--name", "moods",
                            "--test", table)  # fmt: skip
        assert code == 0
        assert f"cinegenre predict FILMS --model {folder} --taxonomy moods" in out
        words = ("--model", folder, "--taxonomy", "moods")
        code, out, _ = call(capsys, "predict", "--title", "The Ghost", *words, "--json")
        assert list(json.loads(out)["scores"]) == ["Scary", "Silly"]
        code, out, _ = call(capsys, "explain", "--title", "The Ghost", *words, "--json")
        assert (code, list(json.loads(out)["genres"])) == (0, ["Scary"])
        library = tmp_path / "films" / "The Ghost (1950)"
        library.mkdir(parents=True)
        (library / "movie.nfo").write_text("<movie><title>The Ghost</title></movie>")
        code, out, _ = call(capsys, "tag", library.parent, "--write", *words)
        assert code == 0
        assert "<genre>Scary</genre>" in (library / "movie.nfo").read_text()
        assert "predicts nothing" in failed(capsys, "tag", library.parent, "--clean", *words)

    def test_a_scoring_goes_on_with_the_same_head_alone(
        self, capsys: pytest.CaptureFixture[str], planted: tuple[Path, Path], tmp_path: Path
    ) -> None:
        folder, table = planted
        add_head(table, folder, "moods", keep=False)
        source = write_csv(tmp_path, films(6))
        out = tmp_path / "out"
        options = Options(format="csv", taxonomy="moods")
        summary = score_files(source, out, model=str(folder), options=options)
        assert summary["model"] == "planted 1 (moods)"
        assert all(row["genres"] in ("Scary", "Silly", "Scary|Silly") for row in results(out))
        said = failed(capsys, "score", source, "--out", out, "--format", "csv", "--model", folder)
        assert "began with the model planted 1 (moods), now it is planted 1" in said

    def test_options_that_do_not_go_together(
        self, capsys: pytest.CaptureFixture[str], planted: tuple[Path, Path], tmp_path: Path
    ) -> None:
        folder, table = planted
        to = ("--add-to", folder)
        assert "neither --out nor --add-to" in failed(capsys, "fit", table)
        assert "without --name" in failed(capsys, "fit", table, *to)
        named = (*to, "--name", "moods")
        assert "--out and --add-to" in failed(capsys, "fit", table, *named, "--out", tmp_path / "o")
        assert "--model and --add-to" in failed(capsys, "fit", table, *named, "--model", "default")
        words = ("fit", table, "--out", tmp_path / "o", "--labels", "imdb")
        assert "--labels imdb is given without --add-to" in failed(capsys, *words)

    def test_a_service_of_a_head(self, planted: tuple[Path, Path]) -> None:
        import httpx

        from cinegenre.serve.settings import Settings

        folder, table = planted
        add_head(table, folder, "moods", keep=False)
        settings = Settings(model=str(folder), taxonomy="moods", threads=1)
        with running(settings, settings.load()) as address:
            told = httpx.get(f"{address}/v1/model").json()
            assert (told["taxonomy"], told["genres"]) == ("moods", ["Scary", "Silly"])
            assert told["card"].startswith("# moods: further genres of planted 1")
            answer = httpx.post(f"{address}/v1/predict", json={"title": "The Ghost"}).json()
            assert set(answer["scores"]) == {"Scary", "Silly"}
