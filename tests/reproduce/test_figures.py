"""What the report computes, each against an independent formula."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import kendalltau, spearmanr
from sklearn.metrics import confusion_matrix, f1_score, precision_score, roc_auc_score

from cinegenre.errors import UserError
from cinegenre.evaluate.published import MEASURES, measure, published_rows, readings
from cinegenre.metrics.bootstrap import paired
from cinegenre.metrics.decisions import macro
from cinegenre.metrics.ranking import average_precision
from cinegenre.reproduce import choice, one_choice
from cinegenre.reproduce.agreement import differ, kendall, spearman
from cinegenre.reproduce.films import disagreed, likeliest, right
from cinegenre.reproduce.grid import effects, gather, looked_up, spread
from cinegenre.reproduce.labels import together
from cinegenre.reproduce.mistakes import leaning
from cinegenre.reproduce.one_choice import per_cent
from cinegenre.reproduce.outcome import Outcome
from cinegenre.reproduce.questions import apart, steps
from cinegenre.reproduce.sets import distinct
from cinegenre.reproduce.slices import languages, sliced, years
from cinegenre.train.recipe_files import read_recipe, recipe_names

from .made import FILMS, GENRES, films_of, outcome, scored


@pytest.mark.parametrize("ties", [False, True])
def test_orders_agree_as_scipy_says(ties: bool) -> None:
    random = np.random.default_rng(0)
    for _ in range(5):
        a, b = random.random((2, 9))
        if ties:
            a, b = np.round(a, 1), np.round(b, 1)
        assert kendall(a, b) == pytest.approx(kendalltau(a, b).statistic)
        assert spearman(a, b) == pytest.approx(spearmanr(a, b).statistic)
    assert kendall([1, 1], [1, 2]) is spearman([1, 1], [1, 2]) is None


def test_the_difference_of_rows_is_the_paired_bootstraps() -> None:
    first, second = scored(2.0, 1, 80), scored(1.5, 2, 80)
    positives = first.truth.sum(axis=0)
    slow = paired(
        lambda r: macro(average_precision(first.truth[r], first.raw[r]), positives),
        lambda r: macro(average_precision(second.truth[r], second.raw[r]), positives),
        80, 60,
    )  # fmt: skip
    found = differ(first, second, samples=60)
    assert (found.difference, found.low, found.high, found.p) == pytest.approx(
        (slow.difference, slow.low, slow.high, slow.p)
    )


def test_measures_are_those_of_the_summary_by_their_names() -> None:
    made = outcome()
    row = made.rows["both"]
    at_half = row.scored.raw >= 0.5
    truth, summary = row.scored.truth, row.result.summary
    expected = {
        "accuracy": (truth == at_half).mean(),
        "at_least_one": np.mean([(t & d).any() for t, d in zip(truth, at_half, strict=True)]),
        "subset": (truth == at_half).all(axis=1).mean(),
        "f1": f1_score(truth, at_half, average="micro"),
        "macro_f1": f1_score(truth, at_half, average="macro"),
        "weighted_f1": f1_score(truth, at_half, average="weighted"),
        "macro_precision": precision_score(truth, at_half, average="macro"),
        "micro_roc_auc": roc_auc_score(truth, row.scored.raw, average="micro"),
        "weighted_roc_auc": roc_auc_score(truth, row.scored.raw, average="weighted"),
        "roc_auc_of_decisions": roc_auc_score(truth, at_half, average="macro"),
        "true_genre": truth[np.arange(FILMS), row.scored.raw.argmax(axis=1)].mean(),
        "accuracy_Comedy": (truth[:, 1] == at_half[:, 1]).mean(),
    }
    for name, value in expected.items():
        assert measure(name).of(summary) == pytest.approx(value), name
    assert all(isinstance(each.of(summary), float) for each in MEASURES.values())
    assert measure("accuracy_War").of(summary) is None
    with pytest.raises(UserError, match="unknown measure 'f2'"):
        measure("f2")


def test_a_figure_of_no_known_kind_stands_under_each() -> None:
    tables = {"published": {"readings": [{"stated": "F1", "as": ["macro_f1", "f1"]}],
                            "one": {"macro_f1": 0.3, "accuracy": 0.9}, "two": {"f1": 0.4},
                            "label_sets": {"predicted": 14}}}  # fmt: skip
    assert readings(tables) == [("F1", ("macro_f1", "f1"))]
    assert published_rows(tables) == {
        "one": {"macro_f1": 0.3, "accuracy": 0.9, "f1": 0.3}, "two": {"f1": 0.4},
    }  # fmt: skip


def test_constants_stand_beside_the_rows_unless_they_are_one() -> None:
    made = outcome()
    assert list(choice.trivial(made)) == ["predict nothing"]
    del made.rows["naive"]  # type: ignore[attr-defined]
    found = choice.trivial(made)
    truth = made.rows["both"].scored.truth
    assert measure("first_genre").of(found["predict nothing"]) is None
    assert measure("true_genre").of(found["always Drama"]) == truth[:, 2].mean()
    assert measure("accuracy").of(found["predict nothing"]) == pytest.approx(1 - truth.mean())
    assert measure("macro_ap").of(found["always Drama"]) == pytest.approx(truth.mean())


def test_a_grid_finds_nested_and_dotted_keys_and_the_recipes_own() -> None:
    made = outcome()
    asked = made.tables["report"]["grid"]
    found = gather(made, asked)
    assert (found.down, found.across) == ([80, 107], [1e-4, 1e-3])
    assert found.paper[0].tolist() == [0.9, 0.8]
    assert found.paper[1, 0] == 0.7
    assert math.isnan(found.ours[1, 1])
    at_half = made.rows["title"].scored.raw >= 0.5
    truth = made.rows["title"].scored.truth
    assert found.ours[0, 0] == pytest.approx(f1_score(truth, at_half, average="micro"))
    assert spread(np.array([[0.1, 0.5], [0.3, 0.9]]), 0) == pytest.approx(0.5)
    assert spread(np.array([[0.1, 0.5], [0.3, 0.9]]), 1) == pytest.approx(0.3)
    assert effects(found, asked)[0] == (
        "In the paper, the best cell has 90.0 %, at poster height 80 and learning rate 1e-4."
    )
    assert looked_up({"a.b": {"c": 0}}, "a.b.c") == 0
    assert looked_up({"a": {"b": 1}}, "a.c") is None


def test_false_positives_are_scikit_learns() -> None:
    says = scored(2.0, 4)
    decided = says.raw >= 0.5
    found = leaning(GENRES, says.truth, decided, 2)
    _, fp, fn, tp = confusion_matrix(says.truth[:, 2], decided[:, 2]).ravel()
    assert (found.false, found.missed, found.given) == (fp, fn, tp + fp)
    assert found.share == pytest.approx(fp / (tp + fp))
    false = decided[:, 2] & ~says.truth[:, 2]
    count = {g: int(says.truth[false, i].sum()) for i, g in enumerate(GENRES)}
    assert dict(found.theirs) == {g: count[g] for g, _ in found.theirs}
    assert found.theirs[0][1] == max(count.values())
    for genre, share in found.taken:
        films = says.truth[:, GENRES.index(genre)] & ~says.truth[:, 2]
        assert share == pytest.approx(decided[films, 2].mean())
        assert films.sum() >= 10


def test_genres_together_and_label_sets_are_counted() -> None:
    truth = scored(1.0).truth
    share = together(truth)
    drama = truth[truth[:, 2]]
    assert share[2] == pytest.approx(drama.mean(axis=0))
    assert np.isnan(together(np.zeros((3, 2), bool))).all()
    assert len(distinct(truth)) == len({tuple(line) for line in truth})
    assert len(distinct(np.zeros((4, 19), bool))) == 1


def test_years_merge_until_there_are_enough_films() -> None:
    films = films_of(scored(1.0))
    bins = years(films, least=30)
    assert sorted(np.concatenate(list(bins.values()))) == [
        i for i, film in enumerate(films) if film.year is not None
    ]
    for name, of in bins.items():
        assert len(of) >= 30
        first = int(name[:4])
        last = first + 9 if name.endswith("s") else int(name[-4:])
        assert all(first <= (films[i].year or 0) <= last for i in of)
    assert years(films[:20], least=30) == {}


def test_rare_languages_are_pooled_and_slices_are_scored() -> None:
    says = scored(1.0)
    films = films_of(says)
    groups = languages(films, least=15)
    assert list(groups) == ["en", "fr", "others"]
    assert {films[i].language for i in groups["others"]} == {"ru"}
    for part in sliced(says, groups):
        of = groups[part.name]
        expected = f1_score(says.truth[of], says.decided[of], average="micro")
        assert part.f1 == pytest.approx(expected)
        assert part.low <= part.f1 <= part.high
        assert part.films == len(of)


def test_films_right_and_wrong_are_so_and_differ() -> None:
    says = scored(1.5)
    good, bad = right(says, 3), likeliest(says, 3, right=False)
    assert (says.truth[good] == says.decided[good]).all()
    assert len({says.truth[i].tobytes() for i in good}) == 3
    top = says.scores.argmax(axis=1)
    assert not says.truth[bad, top[bad]].any()
    assert len(set(top[bad])) == 3
    every = ~says.truth[np.arange(FILMS), top]
    assert says.scores[bad[0]].max() == says.scores[every].max(axis=1).max()
    assert right(replace(says, decided=~says.truth), 3) == []


def test_shares_are_whole_per_cent_that_sum_to_a_hundred() -> None:
    assert per_cent([1 / 3, 1 / 3, 1 / 3]) == [34, 33, 33]
    assert per_cent([0.996, 0.002, 0.002]) == [100, 0, 0]
    for seed in range(20):
        shares = np.random.default_rng(seed).dirichlet(np.ones(5)).tolist()
        assert sum(per_cent(shares)) == 100
        assert max(abs(a - 100 * b) for a, b in zip(per_cent(shares), shares, strict=True)) < 1


def test_a_choice_is_right_by_its_likeliest_genre() -> None:
    says = one_choice.as_choice(scored(1.5))
    assert (says.decided.sum(axis=1) == 1).all()
    top = says.raw.argmax(axis=1)
    good, bad = (likeliest(says, 3, right=right) for right in (True, False))
    assert says.truth[good, top[good]].all()
    assert not says.truth[bad, top[bad]].any()
    assert len(set(top[good])) == len(set(top[bad])) == 3


def test_the_films_of_most_opinions_come_first() -> None:
    truth = np.array([[True, False]] * 3)
    one, two = truth.copy(), np.array([[True, False], [False, True], [False, False]])
    three = np.array([[True, False], [False, True], [True, True]])
    assert disagreed(truth, [one, two, three], 2) == [2, 1]


def test_pairs_of_input_sets_differ_by_one_and_their_intervals_decide() -> None:
    modes = outcome().rows["both"].result.modes
    pairs = steps(modes)
    assert [(a.inputs, b.inputs) for a, b in pairs] == [
        (("title",), ("title", "poster")),
        (("poster",), ("title", "poster")),
    ]
    assert [apart(*pair) for pair in pairs] == [True, False]
    assert not apart(replace(modes[0], intervals=None), modes[1])


@pytest.mark.parametrize("name", recipe_names())
def test_what_the_shipped_recipes_ask_of_a_report_exists(name: str) -> None:
    tables = read_recipe(name)
    rows = list(tables.get("rows", {}))
    made = Outcome(name, "", (), [], {}, tables, rows)
    asked = choice.settings(made)
    for key in ("main", "confusion_rows", "compare"):
        value = asked.get(key, [])
        for names in [[value]] if key == "main" and value else [value]:
            for each in names:
                choice.named(made, each if isinstance(each, list) else [each])
    choice.named(made, list(asked.get("per_label", {}).get("rows", [])))
    choice.named(made, list(asked.get("film_rows", [])))
    assert all(re.fullmatch(r"tt\d{7,}", film) for film in asked.get("films", []))
    for figures in published_rows(tables).values():
        assert all(measure(figure) for figure in figures)
    assert all(measure(figure) for figure in choice.measures(made))
    assert set(published_rows(tables)) <= set(rows)
    if "grid" in asked:
        assert np.isfinite(gather(made, asked["grid"]).paper).all()
