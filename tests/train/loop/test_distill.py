"""A teacher's judgement of films it has not seen, beside the labels."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from cinegenre.data.dataset import PreparedSet
from cinegenre.errors import UserError
from cinegenre.train import recipe_files
from cinegenre.train.data.arrays import FilmArrays
from cinegenre.train.data.films import folds_of, rows_kept
from cinegenre.train.loop import distill
from cinegenre.train.loop.prepared import Prepared, prepare
from cinegenre.train.loop.train import train
from cinegenre.train.recipe import Recipe, load_recipe
from cinegenre.train.recipe_files import recipe_names, scores_file

from ...conftest import SMALL


def recipe(teacher: str, *more: str) -> Recipe:
    sets = [*SMALL, f"distill.recipe={teacher}", "distill.folds=2", "train.epochs=2", *more]
    return load_recipe("cnn_lstm_slides", overrides=sets)


@pytest.fixture
def teacher(tmp_path: Path) -> Path:
    """A recipe file of a poster model."""
    path = tmp_path / "teacher.toml"
    path.write_text(
        """
        name = "teacher"
        [data]
        taxonomy = "tmdb"
        [inputs.poster]
        kind = "poster"
        height = 32
        width = 32
        [encoders.poster]
        type = "cnn"
        filters = [8, 16]
        out = 16
        [train]
        precision = "32-true"
        batch_size = 16
        epochs = 12
        learning_rate = 1e-2
        """
    )
    return path


def test_every_fold_is_left_out_once() -> None:
    left = [set(range(10)) - set(rows_kept(10, f"{k}/3", seed=4).tolist()) for k in (1, 2, 3)]
    assert set.union(*left) == set(range(10)) and sum(map(len, left)) == 10
    assert {len(part) for part in left} == {3, 4}
    fold = folds_of(10, 3, seed=4)
    assert left[1] == set(np.flatnonzero(fold == 1).tolist())


def test_targets_lie_between_truth_and_the_teacher() -> None:
    truth = np.array([[True, False], [False, True]])
    arrays = FilmArrays(["a", "b"], truth, {})
    mixed = distill.with_targets(arrays, {"a": np.float32([0.5, 0.25])}, weight=0.4)
    assert mixed.target is not None
    assert mixed.target == pytest.approx(np.array([[0.8, 0.1], [0, 1]]))
    assert mixed.take(np.array([1])).target == pytest.approx(np.array([[0, 1]]))


def test_no_model_judges_a_film_it_was_trained_on(
    prepared: PreparedSet, teacher: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, set[str]] = {}
    judged: dict[str, set[str]] = {}
    judge = distill._judge
    precisions = set()

    def watched(
        ready: Prepared, who: Recipe, run: Path, arrays: FilmArrays, precision: str
    ) -> np.ndarray:
        config = json.loads((run / "config.json").read_text())
        part = load_recipe(
            str(teacher), overrides=[f"data.leave_out={config['data']['leave_out']}"]
        )
        seen[run.name] = set(prepare(part, prepared, "32-true").arrays["train"].ids)
        judged[run.name] = set(arrays.ids)
        precisions.add(precision)
        return judge(ready, who, run, arrays, precision)

    monkeypatch.setattr(distill, "_judge", watched)
    student = recipe(str(teacher), "train.precision=bf16-mixed")
    scores = distill.soft_targets(student, prepared, tmp_path / "out", train)
    assert precisions == {"32-true"}  # its own, not the student's
    assert set(judged) == {"fold-1", "fold-2"}
    assert not any(seen[fold] & judged[fold] for fold in judged)
    assert set.union(*judged.values()) == set(scores) == set.union(*seen.values())
    # What they say of unseen films is worth something.
    whole = prepare(load_recipe(str(teacher)), prepared, "32-true").arrays["train"]
    table = np.stack([scores[film] for film in whole.ids])
    assert table[whole.truth].mean() > 2 * table[~whole.truth].mean()


def test_a_student_learns_from_it_and_resumes(
    prepared: PreparedSet, teacher: Path, tmp_path: Path
) -> None:
    student = recipe(str(teacher))
    first = train(student, prepared, tmp_path / "run")
    assert (tmp_path / "run" / "teacher" / "fold-2" / "checkpoints" / "best.ckpt").exists()
    assert train(student, prepared, tmp_path / "run", resume=True) == first
    alone = train(recipe('""'), prepared, tmp_path / "alone")
    assert alone.val_macro_ap != first.val_macro_ap


def test_what_a_teacher_said_is_kept_and_read_elsewhere(
    prepared: PreparedSet, teacher: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = train(recipe(str(teacher)), prepared, tmp_path / "first")
    said = tmp_path / "first" / "teacher" / "scores.npz"
    monkeypatch.delattr(distill, "_judge")  # it is not asked again
    second = train(recipe("", f"distill.scores={said}"), prepared, tmp_path / "second")
    assert second.val_macro_ap == first.val_macro_ap
    assert not (tmp_path / "second" / "teacher").exists()


def test_scores_of_no_teacher(prepared: PreparedSet, tmp_path: Path) -> None:
    path = tmp_path / "scores.npz"
    told = recipe("", f"distill.scores={path}")
    for broken in (b"", b"PK\x03\x04 cut", b"text"):
        path.write_bytes(broken)
        with pytest.raises(UserError, match="holds no scores of a teacher"):
            distill.soft_targets(told, prepared, tmp_path, train)
    for scores in (np.zeros((2, 19)), np.full((1, 19), np.nan), np.full((1, 19), 1.5)):
        np.savez(path, ids=["a"], scores=scores, genres=told.genres)
        with pytest.raises(UserError, match="holds no scores of a teacher"):
            distill.soft_targets(told, prepared, tmp_path, train)
    with pytest.raises(UserError, match=r"no scores .* with the recipe default: name .*_cpu"):
        distill.soft_targets(recipe("", "distill.scores=default"), prepared, tmp_path, train)
    np.savez(path, ids=["a"], scores=np.zeros((1, 2)), genres=["Drama", "Comedy"])
    with pytest.raises(UserError, match="predicts other genres"):
        distill.soft_targets(told, prepared, tmp_path, train)


def test_scores_of_other_films(prepared: PreparedSet, tmp_path: Path) -> None:
    path = tmp_path / "scores.npz"
    told = recipe("", f"distill.scores={path}")
    np.savez(path, ids=["elsewhere"], scores=np.zeros((1, 19)), genres=told.genres)
    with pytest.raises(UserError, match="scores for 1 films, but for none of the training films"):
        train(told, prepared, tmp_path / "run")


def test_teachers_that_will_not_do(teacher: Path) -> None:
    with pytest.raises(UserError, match="predicts other genres"):
        distill.teacher_of(recipe(str(teacher), "data.taxonomy=tmdb-18"))
    teacher.write_text(teacher.read_text() + '[distill]\nrecipe = "default"\n')
    with pytest.raises(UserError, match="has a teacher itself"):
        distill.teacher_of(recipe(str(teacher)))
    with pytest.raises(UserError, match=r'data.leave_out is .*: write it as "2/5"'):
        load_recipe("cnn_lstm_slides", overrides=["data.leave_out='half'"])


@pytest.mark.parametrize("name", [n for n in recipe_names() if scores_file(n).is_file()])
def test_scores_that_come_with_a_recipe(
    name: str, prepared: PreparedSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are probabilities of its genres, found by the recipe's name wherever one stands."""
    monkeypatch.chdir(tmp_path)
    theirs = load_recipe(name)
    student = load_recipe("default", overrides=[f"distill.scores={name}"])
    scores = distill.soft_targets(student, prepared, tmp_path, train)
    table = np.stack(list(scores.values()))
    assert table.shape[1] == len(theirs.genres) and table.dtype == np.float32
    assert 0 <= table.min() < 0.01 and 0.99 < table.max() <= 1
    with np.load(scores_file(name)) as kept:
        assert len(set(kept["ids"].tolist())) == len(table)  # each film once
        if "labels" in kept:  # of films that have none
            assert not (kept["labels"] & (kept["scores"] == 0)).any()


def test_scores_bear_the_name_of_a_recipe() -> None:
    """Others would never be found."""
    scores = Path(recipe_files.__file__).with_name("recipes").glob("*.npz")
    assert {path.stem for path in scores} <= set(recipe_names())


def test_scores_of_whole_numbers_are_shares_of_255(prepared: PreparedSet, tmp_path: Path) -> None:
    path = tmp_path / "scores.npz"
    told = recipe("", f"distill.scores={path}")
    np.savez(path, ids=["a"], scores=np.full((1, 19), 51, np.uint8), genres=told.genres)
    assert distill.soft_targets(told, prepared, tmp_path, train)["a"] == pytest.approx(0.2)
