"""scikit-learn is the oracle for every figure it has."""

from __future__ import annotations

import json
import warnings
from inspect import signature
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as oracle

from cinegenre.metrics import bootstrap, calibration, decisions, ranking, thresholds
from cinegenre.metrics.arrays import logit, sigmoid, truth_of
from cinegenre.metrics.calibration import Calibration
from cinegenre.metrics.figures import Summary
from cinegenre.metrics.summary import Scored, summarize
from cinegenre.movie import Movie

GENRES = ("Drama", "Comedy", "Horror", "War", "Western")


def made(films: int = 400, seed: int = 0, digits: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Truth and scores that know something of it, with many ties; War has no positive."""
    random = np.random.default_rng(seed)
    truth = random.random((films, 5)) < (0.5, 0.3, 0.1, 0.0, 0.02)
    scores = sigmoid(2 * truth - 1.5 + random.normal(0, 1.2, truth.shape))
    return truth, np.round(scores, digits)


@pytest.mark.parametrize("digits", [1, 6])
def test_ranking_agrees_with_scikit_learn(digits: int) -> None:
    truth, scores = made(digits=digits)
    kept = truth.any(axis=0)
    precision, area = ranking.average_precision(truth, scores), ranking.roc_auc(truth, scores)
    np.testing.assert_allclose(
        precision[kept],
        oracle.average_precision_score(truth[:, kept], scores[:, kept], average=None),
    )
    np.testing.assert_allclose(
        area[kept], oracle.roc_auc_score(truth[:, kept], scores[:, kept], average=None)
    )
    assert np.isnan(precision[~kept]).all()
    assert np.isnan(area[~kept]).all()


def test_roc_auc_needs_a_negative_too() -> None:
    assert np.isnan(ranking.roc_auc(np.ones((3, 1), bool), np.ones((3, 1)))).all()


@pytest.mark.parametrize("mean", ["micro", "macro", "weighted", "samples"])
def test_means_agree_with_scikit_learn(mean: str) -> None:
    truth, scores = made()
    kept = truth.any(axis=0)
    decided = scores >= 0.5
    ours = decisions.averages(truth, decided)[mean]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = oracle.precision_recall_fscore_support(
            # The macro mean leaves out genres without a positive; the others count every decision.
            truth[:, kept] if mean == "macro" else truth,
            decided[:, kept] if mean == "macro" else decided,
            average=mean,
            zero_division=0,
        )
    assert [ours["precision"], ours["recall"], ours["f1"]] == pytest.approx(theirs[:3])


def test_confusion_agrees_with_scikit_learn() -> None:
    truth, scores = made()
    decided = scores >= 0.5
    for counts, matrix in zip(
        decisions.confusion(truth, decided),
        oracle.multilabel_confusion_matrix(truth, decided),
        strict=True,
    ):
        (tn, fp), (fn, tp) = matrix
        assert counts.tolist() == [tp, fp, fn, tn]


def test_three_accuracies() -> None:
    truth = np.array([[1, 1, 0], [0, 0, 1], [1, 0, 0]], bool)
    decided = np.array([[1, 0, 1], [0, 0, 1], [0, 1, 0]], bool)
    assert decisions.accuracies(truth, decided) == pytest.approx(
        {"element_wise": 5 / 9, "at_least_one": 2 / 3, "subset": 1 / 3}
    )


def test_macro_means_leave_out_and_count() -> None:
    truth, _ = made()
    values = np.array([0.8, 0.6, 0.4, 0.0, 0.2])
    assert truth.sum(axis=0)[4] < 10
    positives = truth.sum(axis=0)
    assert decisions.macro(values, positives) == pytest.approx(0.5)
    assert decisions.macro(values, positives, at_least=10) == pytest.approx(0.6)
    assert decisions.macro(np.array([0.2, np.nan]), np.array([5, 5])) == pytest.approx(0.2)
    assert np.isnan(decisions.macro(values, np.zeros(5)))


def test_thresholds_have_the_best_f1_where_probabilities_are_right() -> None:
    random = np.random.default_rng(1)
    calibrated = random.beta((1, 2, 0.5), (2, 4, 3), (20_000, 3))
    truth = random.random(calibrated.shape) < calibrated
    found = thresholds.fit_thresholds(calibrated)
    for genre in range(3):
        every = [
            oracle.f1_score(truth[:, genre], calibrated[:, genre] >= cut)
            for cut in np.linspace(0.05, 0.95, 91)
        ]
        ours = oracle.f1_score(truth[:, genre], calibrated[:, genre] >= found[genre])
        assert ours == pytest.approx(max(every), abs=5e-3)
        assert found[genre] == pytest.approx(max(every) / 2, abs=0.02)  # Lipton et al. 2014


@pytest.mark.parametrize("films", range(1, 8))
def test_thresholds_decide_the_films_with_the_largest_expected_f1(films: int) -> None:
    """Every choice of the k likeliest films, tried one by one, where one film more matters."""
    for seed in range(20):
        column = np.random.default_rng(seed).uniform(0.15, 0.95, films)
        ranked = np.sort(column)[::-1]
        expected = [2 * ranked[:k].sum() / (k + ranked.sum()) for k in range(1, films + 1)]
        [threshold] = thresholds.fit_thresholds(column[:, None])
        assert (column >= threshold).sum() == 1 + int(np.argmax(expected))


def test_a_threshold_does_not_part_equal_scores_and_is_never_very_low() -> None:
    equal = np.repeat([[0.9], [0.4], [0.001]], (5, 20, 200), axis=0)
    assert thresholds.fit_thresholds(equal)[0] == pytest.approx((0.4 + 0.001) / 2)
    rare = np.full((50, 2), 0.01)
    assert (thresholds.fit_thresholds(rare) == thresholds.LEAST).all()


def test_calibration_error_does_not_depend_on_the_order_of_films() -> None:
    truth = np.arange(100)[:, None] < 40
    constant = np.full((100, 1), 0.4)
    assert calibration.expected_calibration_error(truth, constant)[0] == pytest.approx(0)
    assert calibration.expected_calibration_error(truth, constant + 0.2)[0] == pytest.approx(0.2)


def test_calibration_undoes_a_distortion() -> None:
    random = np.random.default_rng(1)
    honest = random.random((6000, 2))
    truth = random.random(honest.shape) < honest
    distorted = sigmoid(2.5 * logit(honest) + 1)
    fitted = Calibration.fit(truth, distorted, GENRES[:2])
    np.testing.assert_allclose(fitted.slope, 1 / 2.5, rtol=0.1)
    before = calibration.expected_calibration_error(truth, distorted)
    after = calibration.expected_calibration_error(truth, fitted.apply(distorted))
    assert (after < 0.03).all()
    assert (after < before / 3).all()


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), films=st.integers(2, 60))
def test_calibration_keeps_the_ranking_and_stays_finite(seed: int, films: int) -> None:
    truth, scores = made(films, seed)
    fitted = Calibration.fit(truth, scores, GENRES)
    calibrated = fitted.apply(scores)
    assert (fitted.slope > 0).all()
    assert np.isfinite(calibrated).all()
    assert ((calibrated > 0) & (calibrated < 1)).all()
    assert (np.diff(np.sort(scores, axis=0), axis=0) >= 0).all()
    order = np.argsort(scores, axis=0, kind="stable")
    assert (np.diff(np.take_along_axis(calibrated, order, axis=0), axis=0) >= -1e-12).all()


def test_calibration_is_right_for_the_typical_films() -> None:
    """Others have genres more often at the same score, and are more: they must not win."""
    random = np.random.default_rng(2)
    scores = random.random((4000, 2))
    typical = np.arange(4000) < 800
    chance = sigmoid(logit(scores) + np.where(typical, -1.0, 1.0)[:, None])
    truth = random.random(scores.shape) < chance
    fitted = Calibration.fit(truth, scores, GENRES[:2], typical)
    off = np.abs(fitted.apply(scores[typical]) - chance[typical]).mean()
    assert off < 0.02
    everyone = Calibration.fit(truth, scores, GENRES[:2])
    assert np.abs(everyone.apply(scores[typical]) - chance[typical]).mean() > 5 * off


def test_typical_films_without_a_positive_keep_what_the_others_taught() -> None:
    truth, scores = made(300)
    few = np.arange(300) < 5
    everyone, drawn = (Calibration.fit(truth, scores, GENRES, part) for part in (None, few))
    np.testing.assert_allclose(drawn.slope, everyone.slope, rtol=0.3)


def test_every_film_is_given_a_genre() -> None:
    truth, scores = made()
    fitted = Calibration.fit(truth, scores, GENRES)
    low = np.full((2, 5), 1e-6)
    low[1, 2] = fitted.threshold[2] - 1e-9
    assert fitted.decide(low).sum(axis=1).tolist() == [1, 1]
    assert fitted.decide(low)[1, 2]


def test_calibration_survives_json() -> None:
    truth, scores = made()
    fitted = Calibration.fit(truth, scores, GENRES)
    again = Calibration.from_json(json.loads(json.dumps(fitted.to_json())))
    np.testing.assert_allclose(again.apply(scores), fitted.apply(scores), atol=1e-5)
    np.testing.assert_allclose(again.threshold, fitted.threshold, atol=1e-6)
    assert (again.genres, again.films) == (GENRES, fitted.films)
    assert len(set(fitted.threshold)) > 1
    with pytest.raises(ValueError, match="finite, and slopes above 0"):
        Calibration.from_json(fitted.to_json() | {"slope": [1.0, 1.0, 1.0, 0.0, 1.0]})
    with pytest.raises(ValueError, match="other lengths"):
        Calibration.from_json(fitted.to_json() | {"slope": [1.0]})


def test_cross_validation_decides_films_by_other_films() -> None:
    """On labels that are pure chance, fitting on the judged films would look better than it is."""
    random = np.random.default_rng(0)
    truth, scores = random.random((60, 3)) < 0.2, random.random((60, 3))
    _, decided = Calibration.cross_validated(truth, scores, GENRES[:3])
    fitted = Calibration.fit(truth, scores, GENRES[:3])
    cheating = fitted.decide(fitted.apply(scores))
    f1 = [decisions.averages(truth, d)["micro"]["f1"] for d in (decided, cheating)]
    assert f1[0] < f1[1]


def test_cross_validation_fits_each_fold_on_the_other_films_with_every_option(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An option of `fit` that is not handed on would judge another rule than the bundle's."""
    truth, scores = made(20)
    fit, calls = Calibration.fit, []

    def recorded(known: np.ndarray, given: np.ndarray, *rest: Any, **options: Any) -> Calibration:
        calls.append((known, given, rest, options))
        return fit(known, given, GENRES)

    shared = signature(fit).parameters.keys() - {"truth", "scores", "genres", "typical"}
    assert shared <= signature(Calibration.cross_validated).parameters.keys()
    options = {name: object() for name in shared}
    monkeypatch.setattr(Calibration, "fit", recorded)
    Calibration.cross_validated(truth, scores, GENRES, folds=4, **options)
    assert len(calls) == 4
    for known, scored, rest, handed_on in calls:
        assert len(known) == len(scored) == 15
        assert {(*t, *s) for t, s in zip(known, scored, strict=True)} <= {
            (*t, *s) for t, s in zip(truth, scores, strict=True)
        }
        assert (rest, handed_on) == ((GENRES,), options)


def test_brier_skill_is_zero_for_the_base_rate_and_one_for_the_truth() -> None:
    truth, _ = made()
    base = np.broadcast_to(truth.mean(axis=0), truth.shape)
    skill = calibration.brier_skill(truth, base)
    np.testing.assert_allclose(skill[[0, 1, 2, 4]], 0, atol=1e-9)
    assert np.isnan(skill[3])
    np.testing.assert_allclose(calibration.brier_skill(truth, truth.astype(float))[:3], 1)


def test_interval_holds_the_figure_and_narrows_with_more_films() -> None:
    values = np.random.default_rng(0).normal(5, 1, 4000)
    widths = []
    for films in (40, 4000):
        low, high = bootstrap.interval(lambda rows: float(values[rows].mean()), films, 300)
        assert low < values[:films].mean() < high
        widths.append(high - low)
    assert widths[1] < widths[0] / 5


def test_paired_bootstrap_sees_a_small_steady_gain_and_no_gain() -> None:
    random = np.random.default_rng(0)
    first = random.normal(0, 5, 300)
    better = first + 0.2 + random.normal(0, 0.1, 300)
    gain = bootstrap.paired(
        lambda rows: float(first[rows].mean()), lambda rows: float(better[rows].mean()), 300, 500
    )
    assert gain.low > 0
    assert gain.p < 0.01
    none = bootstrap.paired(
        lambda rows: float(first[rows].mean()), lambda rows: float(first[rows].mean()), 300, 500
    )
    assert none.p == 1.0


def test_a_summary_is_whole_and_json() -> None:
    truth, scores = made()
    scored = Scored(GENRES, truth, scores, scores, scores >= 0.4)
    summary = json.loads(json.dumps(summarize(scored, samples=20).as_dict(), allow_nan=False))
    assert Summary.from_dict(summary).as_dict() == summary
    assert summary["without_positives"] == ["War"]
    assert summary["below_headline"] == ["War", "Western"]
    nothing = summary["trivial"]["predict_nothing"]
    assert nothing["micro"]["f1"] == 0
    assert nothing["accuracy"]["element_wise"] == pytest.approx(1 - truth.mean())
    drama = summary["trivial"]["always_drama"]
    assert drama["accuracy"]["at_least_one"] == pytest.approx(truth[:, 0].mean())
    assert summary["by_genre"][3]["average_precision"] is None
    row = summary["by_genre"][0]
    assert sum(row["fitted"][cell] for cell in ("tp", "fp", "fn", "tn")) == 400
    for name, (low, high) in summary["intervals"].items():
        assert low <= summary["headline"][name] <= high


def test_truth_of_films() -> None:
    films = [Movie(genres=("War", "Foreign")), Movie()]
    assert truth_of(films, GENRES).tolist() == [[False, False, False, True, False], [False] * 5]
    assert truth_of([], GENRES).shape == (0, 5)
