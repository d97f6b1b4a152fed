"""The estimator for scikit-learn: its contract, its labels, and against `cinegenre fit`."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.sparse import csr_matrix
from sklearn.base import clone, is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.metrics import f1_score
from sklearn.model_selection import GridSearchCV, KFold, cross_val_predict, cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, MultiLabelBinarizer
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import estimator_checks_generator

from cinegenre import BadMovie, Movie, Tagger, UserError
from cinegenre.fit import fit
from cinegenre.fit.labels import truth_among, truth_and_genres
from cinegenre.sklearn import GenreClassifier
from cinegenre.tagger.runtime import Runtime

from .tiny.planted import planted_bundle

MOODS = ("Funny", "Scary", "Wild")
WORDS = {"Funny": "clown", "Scary": "ghost", "Wild": "saddle"}
TRUTH = np.array([[row & 1, row & 2, row & 4] for row in range(8)] * 8, bool)
"""64 films with every set of three genres, the empty one too."""


def film(row: np.ndarray, number: int) -> dict[str, Any]:
    words = [WORDS[mood] for mood, yes in zip(MOODS, row, strict=True) if yes]
    return {"id": str(number), "title": " ".join(words) or "hammer",
            "overview": f"Film {number} {' '.join(words)}"}  # fmt: skip


FILMS = [film(row, number) for number, row in enumerate(TRUTH)]
NAMED = [[mood for mood, yes in zip(MOODS, row, strict=True) if yes] for row in TRUTH]
HOT = TRUTH.astype(int)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planted_bundle(tmp_path_factory.mktemp("planted") / "bundle")


@pytest.fixture
def estimator(model: Path, tmp_path: Path) -> GenreClassifier:
    return GenreClassifier(model=model, cache=tmp_path / "cache")


@pytest.fixture(scope="module")
def fitted(model: Path, tmp_path_factory: pytest.TempPathFactory) -> GenreClassifier:
    return GenreClassifier(model=model, cache=tmp_path_factory.mktemp("cache")).fit(FILMS, NAMED)


@pytest.mark.filterwarnings("ignore:Can't test estimator")
def test_scikit_learns_checks() -> None:
    """Those that it has for what takes no matrix of numbers."""
    run = [check(made) for made, check in estimator_checks_generator(GenreClassifier())]
    assert run


@pytest.mark.parametrize(
    "name",
    ["check_no_attributes_set_in_init", "check_parameters_default_constructible",
     "check_estimator_repr", "check_get_params_invariance", "check_set_params",
     "check_estimator_tags_renamed", "check_valid_tag_types", "check_mixin_order"],
)  # fmt: skip
def test_its_checks_without_data(name: str) -> None:
    getattr(estimator_checks, name)("GenreClassifier", GenreClassifier())


def test_it_learns_what_is_there_to_learn(fitted: GenreClassifier) -> None:
    assert fitted.classes_.tolist() == list(MOODS)
    assert fitted.constant_ == {}
    assert is_classifier(fitted)
    scores, decided = fitted.predict_proba(FILMS), fitted.predict(FILMS)
    assert (scores.shape, decided.shape, decided.dtype.kind) == ((64, 3), (64, 3), "i")
    assert ((scores > 0) & (scores < 1)).all()
    assert np.array_equal(decided, HOT), "films without any genre are learned too"
    assert fitted.score(FILMS, NAMED) == fitted.score(FILMS, HOT) == 1
    new = fitted.predict(["A ghost on a saddle.", "A hammer."])
    assert new.tolist() == [[0, 1, 1], [0, 0, 0]]


def test_it_says_what_the_command_says(model: Path, tmp_path: Path) -> None:
    """Of films that all have a genre, which is what `fit` learns from."""
    films = [Movie(**each, genres=genres) for each, genres in zip(FILMS, NAMED, strict=True)
             if genres]  # fmt: skip
    fit(films, tmp_path / "mine", model=model, cache=tmp_path / "cache")
    theirs = Tagger.load(tmp_path / "mine")
    ours = GenreClassifier(model=model, cache=tmp_path / "cache").fit(films)
    assert ours.classes_.tolist() == list(theirs.genres)
    some = [*FILMS, {"title": "hammer"}]
    assert np.allclose(ours.predict_proba(some), theirs.predict_proba(some), atol=1e-5)
    said = [[genre in each.genres for genre in theirs.genres] for each in theirs.predict(some)]
    assert np.array_equal(ours.predict(some), np.array(said))
    assert ours.predict([{"title": "hammer"}]).any(), "each film that it saw has a genre"


def test_it_is_cloned_and_set() -> None:
    made = GenreClassifier(penalty=0.3, inputs=["title"])
    other = clone(made).set_params(min_films=3)
    assert other.get_params() == made.get_params() | {"min_films": 3}
    with pytest.raises(NotFittedError):
        other.predict(FILMS)
    with pytest.raises(ValueError, match="Invalid parameter"):
        other.set_params(nonsense=1)


FRAMES: dict[str, Any] = {
    "dicts": FILMS,
    "movies": [Movie(**each) for each in FILMS],
    "pandas": pd.DataFrame(FILMS),
    "polars": pl.DataFrame(FILMS),
    "texts": [each["overview"] for each in FILMS],
    "array of texts": np.array([each["overview"] for each in FILMS]),
    "series": pd.Series([each["overview"] for each in FILMS]),
}


@pytest.mark.parametrize("name", FRAMES)
def test_films_of_every_kind_are_cross_validated(name: str, estimator: GenreClassifier) -> None:
    found = cross_val_score(estimator, FRAMES[name], HOT, cv=3, error_score="raise")
    assert found.min() > 0.9


def test_a_search_in_a_pipeline_encodes_each_film_once(
    estimator: GenreClassifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Pipeline([("without", FunctionTransformer(lambda table: table.drop(columns="id"))),
                      ("genres", estimator)])  # fmt: skip
    grid = {"genres__penalty": [0.1, 1.0], "genres__inputs": [None, ["title"]]}
    encoded: list[int] = []
    encode = Runtime.encode

    def counted(self: Runtime, films: Any, modalities: Any = ()) -> Any:
        encoded.append(len(films))
        return encode(self, films, modalities)

    monkeypatch.setattr(Runtime, "encode", counted)
    folds = KFold(4)
    search = GridSearchCV(whole, grid, cv=folds, scoring="average_precision", error_score="raise")
    search.fit(pd.DataFrame(FILMS), HOT)
    assert search.best_score_ > 0.9
    # A title, an overview, both: and the first split's films to be told, before they are fitted on.
    assert sum(encoded) <= 3 * 64 + 2 * 64
    assert search.predict(pd.DataFrame(FILMS[:2])).shape == (2, 3)
    encoded.clear()
    search.fit(pd.DataFrame(FILMS), HOT)
    assert encoded == []


@pytest.mark.parametrize("scoring", ["f1_macro", "roc_auc", "average_precision", "accuracy"])
def test_scikit_learn_scores_it(fitted: GenreClassifier, scoring: str) -> None:
    found = cross_val_score(clone(fitted), FILMS, HOT, cv=KFold(3), scoring=scoring,
                            error_score="raise")  # fmt: skip
    assert found.min() > 0.8
    told = cross_val_predict(clone(fitted), FILMS, HOT, cv=3, method="predict_proba")
    assert told.shape == (64, 3)


def test_it_travels(fitted: GenreClassifier) -> None:
    other = pickle.loads(pickle.dumps(fitted))
    assert np.array_equal(other.predict_proba(FILMS), fitted.predict_proba(FILMS))
    assert len(pickle.dumps(fitted)) < 100_000


def test_what_is_told_is_not_kept(estimator: GenreClassifier) -> None:
    estimator.fit(FILMS, HOT)
    kept = sorted(Path(str(estimator.cache)).rglob("*.safetensors"))
    assert kept
    estimator.predict([{"title": f"clown {number}"} for number in range(5)])
    assert sorted(Path(str(estimator.cache)).rglob("*.safetensors")) == kept


def test_nothing_is_kept_where_that_is_asked(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cinegenre.fit.cache.user_cache", lambda: tmp_path / "user")
    GenreClassifier(model=model, cache=False).fit(FILMS, HOT)
    assert not (tmp_path / "user").exists()
    GenreClassifier(model=model).fit(FILMS, HOT)
    assert (tmp_path / "user").exists()


LABELS: dict[str, Any] = {
    "lists": NAMED,
    "tuples": [tuple(row) for row in NAMED],
    "sets": [set(row) for row in NAMED],
    "texts": ["|".join(row) for row in NAMED],
    "series": pd.Series(NAMED),
    "spellings": [*NAMED[:-1], [mood.upper() for mood in NAMED[-1]]],
    "frame": pd.DataFrame(HOT, columns=MOODS),
    "polars": pl.DataFrame(HOT, schema=list(MOODS)),
    "booleans": pd.DataFrame(TRUTH, columns=MOODS),
}
UNNAMED: dict[str, Any] = {
    "array": HOT,
    "floats": HOT.astype(float),
    "rows": HOT.tolist(),
    "sparse": csr_matrix(HOT),
    "binarizer": MultiLabelBinarizer(classes=MOODS).fit_transform(NAMED),
}


@pytest.mark.parametrize("name", LABELS | UNNAMED)
def test_labels_of_every_kind(name: str) -> None:
    y = (LABELS | UNNAMED)[name]
    truth, genres = truth_and_genres(y, MOODS if name in UNNAMED else None)
    assert genres == list(MOODS)
    assert np.array_equal(truth, TRUTH)
    assert np.array_equal(truth_among(y, MOODS), TRUTH)


def test_columns_without_names_are_numbered() -> None:
    assert truth_and_genres(HOT)[1] == ["0", "1", "2"]


def test_spellings_of_one_genre() -> None:
    truth, genres = truth_and_genres([["HORROR", "heist"], ["Heist"], ["Heist", "Sci Fi"]])
    assert genres == ["Heist", "Horror", "Sci-Fi"]
    assert truth.tolist() == [[True, True, False], [True, False, False], [True, False, True]]
    assert truth_among([["horror", "x"]], genres).tolist() == [[False, True, False]]
    frame = pd.DataFrame({"x": [1], "Sci-Fi": [1]})
    assert truth_among(frame, genres).tolist() == [[False, False, True]]


WRONG_LABELS: dict[str, tuple[Any, str]] = {
    "text": ("Drama", 'y is "Drama": give a list of genres a film'),
    "number": (5, "y is 5"),
    "counts": ([[0, 2]], "y has 2: write 1 where a film has a genre"),
    "missing": (np.array([[0, np.nan]]), "y has nan"),
    "numbers": ([1, 0], r"y\[0\] is 1 .*give the film's genres"),
    "dicts": ([[{"a": {"b": 1}}]], r"y\[0\] is "),
}


@pytest.mark.parametrize("name", WRONG_LABELS)
def test_what_is_no_label_is_named(name: str) -> None:
    y, said = WRONG_LABELS[name]
    with pytest.raises(UserError, match=said):
        truth_and_genres(y)


@pytest.mark.parametrize(
    ("genres", "said"),
    [(["A"], "y has 3 columns for 1 genres"), (["A", "B", "A"], "have one name: name each once")],
)
def test_names_of_columns(genres: list[str], said: str) -> None:
    with pytest.raises(UserError, match=said):
        truth_and_genres(HOT, genres)
    with pytest.raises(UserError, match="unknown genre 'Fnny': did you mean 'Funny'"):
        truth_and_genres(NAMED, ["Fnny"])


def test_genres_in_x_count_only_without_y(estimator: GenreClassifier) -> None:
    named = [film | {"genres": genres} for film, genres in zip(FILMS, NAMED, strict=True)]
    alone = clone(estimator).fit(named)
    assert alone.classes_.tolist() == list(MOODS)
    assert alone.score(named) == 1
    odd = [film | {"genres": 5} for film in FILMS]
    assert estimator.fit(odd, NAMED).score(odd, NAMED) == 1
    with pytest.raises(BadMovie, match="film 0 of X: genres: 5 is not a name"):
        alone.fit(odd)


def test_rare_genres_are_their_share(estimator: GenreClassifier) -> None:
    y = np.column_stack([HOT, np.zeros(64, int), np.eye(64, dtype=int)[:, 3], np.ones(64, int)])
    estimator.set_params(genres=[*MOODS, "None", "One", "All"]).fit(FILMS, y)
    assert estimator.constant_ == {"None": 0, "One": 1 / 64, "All": 1}
    scores, decided = estimator.predict_proba(FILMS[:2]), estimator.predict(FILMS[:2])
    assert scores[:, 3:].tolist() == [[0, 1 / 64, 1]] * 2
    assert decided[:, 3:].tolist() == [[0, 0, 1]] * 2
    assert np.array_equal(estimator.predict(FILMS)[:, :3], HOT)


def test_the_score_is_micro_f1(fitted: GenreClassifier) -> None:
    y = HOT * [0, 1, 1]
    expected = f1_score(y, fitted.predict(FILMS), average="micro")
    assert fitted.score(FILMS, y) == pytest.approx(expected)
    assert 0 < expected < 1


Xs: dict[str, tuple[Any, str]] = {
    "one film": ({"title": "A"}, "X is one film, .*: give a list of films"),
    "a text": ("A ghost.", "X is one film"),
    "none": ([], "X has no films"),
    "numbers": (np.zeros((64, 3)), "is not a film"),
    "a film without inputs": ([{"id": "7"}] * 64, "film 0 of X has none of"),
    "a dict that is none": ([*FILMS[:-1], {"x": 1}], "film 63 of X: a dict has none of our keys"),
    "a broken poster": ([*FILMS[:-1], {"poster": b"x"}], "film 63 of X: the poster is text"),
}


@pytest.mark.parametrize("name", Xs)
def test_what_is_no_x_is_named(name: str, estimator: GenreClassifier) -> None:
    films, said = Xs[name]
    with pytest.raises(UserError, match=said):
        estimator.fit(films, HOT)


def test_what_cannot_be_fitted_is_named(estimator: GenreClassifier, fitted: Any) -> None:
    with pytest.raises(UserError, match="X has 64 films, y has 3: give one a film"):
        estimator.fit(FILMS, HOT[:3])
    with pytest.raises(UserError, match=r"8 films have 3 genres, and none .* 8 films have and 8"):
        clone(estimator).set_params(min_films=8).fit(FILMS[:8], HOT[:8])
    with pytest.raises(UserError, match="have no genres, and none"):
        estimator.fit(FILMS)
    with pytest.raises(UserError, match="unknown input of the model 'plot'"):
        clone(estimator).set_params(inputs=["plot"]).fit(FILMS, HOT)
    with pytest.raises(BadMovie, match="film 1 of X has none of"):
        fitted.predict([FILMS[0], {"id": "7"}])


def test_a_broken_poster_beside_a_text_is_passed_over(fitted: GenreClassifier) -> None:
    film = {"title": "ghost", "overview": "A ghost."}
    whole, broken = fitted.predict_proba([film, film | {"poster": b"x"}])
    assert np.array_equal(whole, broken)


def test_a_model_that_was_fitted_anew_is_read_anew(model: Path, tmp_path: Path) -> None:
    mine = Path(shutil.copytree(model, tmp_path / "mine"))
    made = GenreClassifier(model=mine, cache=False)
    first = made._base()
    assert made._base() is first
    os.utime(mine / "config.json", ns=(1, 1))
    assert made._base() is not first


WITHOUT = """
import sys
sys.modules["sklearn"] = None
from cinegenre import MissingExtra
try:
    import cinegenre.sklearn
except MissingExtra as error:
    print(error)
"""


def test_without_scikit_learn_the_cure_is_named() -> None:
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True
    )
    assert "'scikit-learn' is not installed: " in run.stdout
    assert "[sklearn]" in run.stdout


def test_a_handful_of_films_is_enough(estimator: GenreClassifier) -> None:
    estimator.fit(FILMS[:8], HOT[:8])
    assert estimator.constant_ == {}
    found = cross_val_score(estimator, FILMS[:16], HOT[:16], cv=4, error_score="raise")
    assert np.isfinite(found).all()
    two = np.zeros((64, 2), int)
    two[:2, 0] = two[::2, 1] = 1
    scores = clone(estimator).fit(FILMS, two).predict_proba(FILMS)
    assert np.isfinite(scores).all()
    assert scores[:, 0].mean() < 0.2


@pytest.mark.parametrize("penalty", [-1, float("nan"), float("inf"), "a", True])
def test_a_penalty_that_is_none_is_named(estimator: GenreClassifier, penalty: Any) -> None:
    with pytest.raises(UserError, match=r"penalty is .*: give a number from 0 on, or None"):
        estimator.set_params(penalty=penalty).fit(FILMS, HOT)


def test_one_name_needs_no_list(estimator: GenreClassifier) -> None:
    estimator.set_params(genres="Scary", inputs="title").fit(FILMS, NAMED)
    assert estimator.classes_.tolist() == ["Scary"]
    with pytest.raises(UserError, match=r"64 films have 1 genre, and none that can be fitted"):
        clone(estimator).set_params(min_films=60).fit(FILMS, NAMED)
