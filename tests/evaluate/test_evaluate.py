from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from cinegenre import Movie, Tagger, UserError
from cinegenre.data.dataset import PreparedSet
from cinegenre.evaluate import Result, evaluate, measure
from cinegenre.evaluate.masking import masked
from cinegenre.evaluate.published import beside
from cinegenre.metrics.summary import HEADLINES
from cinegenre.taxonomy import TMDB


@pytest.fixture(scope="module")
def out(bundle: Path, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("report") / "out"


@pytest.fixture(scope="module")
def result(bundle: Path, data: Path, out: Path) -> Result:
    return evaluate(bundle, data, out)


def test_metrics_json_is_what_is_returned(result: Result, out: Path) -> None:
    stored = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
    assert stored == json.loads(json.dumps(result.as_dict(), allow_nan=False))
    assert Result.from_dict(stored).as_dict() == stored
    assert list(stored) == [
        "model", "data", "taxonomy_genres", "selection", "inputs", "summary", "modes", "masked",
        "slices", "published", "date", "cinegenre", "command",
    ]  # fmt: skip
    assert list(stored["modes"][-1]) == [
        "inputs", "films", *HEADLINES, "calibration", "intervals", "other_language",
    ]  # fmt: skip
    assert list(stored["summary"]["decisions"]) == ["at_0.5", "fitted"]
    assert list(stored["summary"]["by_genre"][0])[:4] == ["genre", "positives", "at_0.5", "fitted"]


def test_the_figures_are_those_of_predict(result: Result, bundle: Path, data: Path) -> None:
    films = [
        film
        for film in PreparedSet.open(data).films("test")
        if {"title", "overview", "poster"} <= set(film.inputs)
    ]
    summary = result.summary
    assert summary.films == len(films)
    predictions = list(Tagger.load(bundle).predict(films))
    for row in summary.by_genre:
        genre = row.genre
        hits = sum(
            genre in f.genres and genre in p.genres for f, p in zip(films, predictions, strict=True)
        )
        false = sum(
            genre not in f.genres and genre in p.genres
            for f, p in zip(films, predictions, strict=True)
        )
        assert (row.fitted.tp, row.fitted.fp) == (hits, false)


def test_the_mode_with_everything_is_the_headline(result: Result) -> None:
    whole = result.modes[-1]
    assert whole.inputs == ("title", "overview", "poster")
    assert whole.figures["micro_f1"] == pytest.approx(result.summary.headline["micro_f1"])
    assert len(result.modes) == 7


def test_need_chooses_the_films(bundle: Path, data: Path) -> None:
    found = measure(bundle, data, split="validation", need=["title"]).result
    every = sum(1 for _ in PreparedSet.open(data).films("validation"))
    assert found.summary.films == every
    assert found.selection.need == ("title",)


def test_what_stands_in_the_way(bundle: Path, data: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="unknown split 'dev'"):
        evaluate(bundle, data, tmp_path / "out", split="dev")
    with pytest.raises(UserError, match="unknown input 'trailer'"):
        evaluate(bundle, data, tmp_path / "out", need=["trailer"])
    with pytest.raises(UserError, match="row with published figures"):
        evaluate(bundle, data, tmp_path / "out", recipe="cnn_lstm_slides", row="model_9")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine")
    with pytest.raises(UserError, match="holds no report"):
        evaluate(bundle, data, tmp_path / "mine")
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_bundle_is_judged_on_the_labels_it_learned(
    bundle: Path, data: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(bundle, tmp_path / "copy"))
    config = json.loads((copy / "config.json").read_text())
    config["data"]["labels"] = "imdb"
    (copy / "config.json").write_text(json.dumps(config))
    with pytest.raises(
        UserError, match=r"no label set 'imdb': prepare it again .* --labels imdb=title"
    ):
        evaluate(copy, data, tmp_path / "out")


def test_labels_of_ones_choice(bundle: Path, data: Path) -> None:
    with pytest.raises(UserError, match="no label set 'imdb'"):
        measure(bundle, data, labels="imdb")
    assert measure(bundle, data, labels="").result.summary.films > 0


def test_published_figures_stand_beside_the_same_of_ours(result: Result) -> None:
    found = beside("cnn_lstm_slides", "model_1", result.summary)
    at_half = result.summary.decisions.at_half
    assert found.figures["recall"] == 0.7197
    assert found.ours["recall"] == at_half.means["micro"]["recall"]
    assert found.ours["accuracy"] == at_half.accuracy["element_wise"]
    assert found.ours["roc_auc"] == result.summary.ranking.roc_auc["macro"]
    assert found.notes


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("A romantic comedy about WAR", "A     about  "),
        ("The Science Fiction classic", "The   classic"),
        ("Dramatist at a warehouse", "Dramatist at a warehouse"),
        ("Sci-fi horror; musical!", "  ;  !"),
    ],
)
def test_genre_words_are_masked_and_no_others(text: str, left: str) -> None:
    film = masked(Movie(title=text, overview=text, companies=("Drama Films",)), TMDB)
    assert (film.title or "").split() == left.split()
    assert (film.overview or "").split() == left.split()
    assert film.companies == ("Drama Films",)
