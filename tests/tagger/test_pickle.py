"""A tagger and what it says travel between processes, as joblib, Spark and Dask send them."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
import shutil
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import huggingface_hub
import numpy as np
import pytest
from joblib import Parallel, delayed

from cinegenre import BadMovie, Movie, Tagger, UserError
from cinegenre.tagger import tagger as module

from ..tiny.films import films
from ..tiny.planted import planted_bundle

FILMS = [Movie(id=str(i), title="The Ghost and the Clown") for i in range(4)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planted_bundle(tmp_path_factory.mktemp("planted") / "bundle")


def probabilities(tagger: Tagger, some: list[Movie]) -> np.ndarray:
    return tagger.predict_proba(some)


def sent(tagger: Tagger) -> Tagger:
    other = pickle.loads(pickle.dumps(tagger))
    assert isinstance(other, Tagger)
    return other


@pytest.mark.parametrize("again", [sent, copy.copy, copy.deepcopy])
def test_it_says_the_same_with_the_same_options(
    folder: Path, again: Callable[[Tagger], Tagger]
) -> None:
    tagger = Tagger.load(folder, threads=3)
    expected = tagger.predict_proba(FILMS)  # its sessions are open, and stay here
    other = again(again(tagger))
    assert not {"bundle", "runtime"} & set(vars(other)), "opened before it was asked"
    assert np.array_equal(other.predict_proba(FILMS), expected)
    assert (other.runtime.threads, other.runtime.sessions.device) == (3, "cpu")
    assert other.runtime is not tagger.runtime
    assert (other.name, other.genres) == (tagger.name, tagger.genres)
    assert len(pickle.dumps(tagger)) < 1000


def test_all_cores_are_those_of_the_other_side(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = pickle.dumps(Tagger.load(folder))
    monkeypatch.setattr("os.cpu_count", lambda: 77)
    assert pickle.loads(data).runtime.threads == 77


def test_the_shipped_model_is_the_other_sides_own(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = shutil.copytree(folder, tmp_path / "site-packages")
    monkeypatch.setattr(module, "default_folder", lambda: folder)
    data = [pickle.dumps(Tagger.load(model)) for model in (None, "default", folder)]
    monkeypatch.setattr(module, "default_folder", lambda: elsewhere)
    assert [pickle.loads(one).bundle.folder for one in data] == [elsewhere] * 3
    assert all(str(folder).encode() not in one for one in data)


def test_a_folder_is_found_from_another_working_folder(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    tagger = Tagger.load(folder.name)
    monkeypatch.chdir(tmp_path)
    assert sent(tagger).bundle.folder == folder


def test_a_hub_id_is_fetched_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def snapshot_download(name: str, **options: object) -> str:
        asked.append((name, options["revision"]))
        return str(folder)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)
    other = sent(sent(Tagger.load("org/name@v1")))
    assert len(asked) == 1
    other.predict_proba(FILMS)
    assert asked == [("org/name", "v1")] * 2


def test_processes_that_are_spawned_take_it(folder: Path) -> None:
    tagger = Tagger.load(folder, threads=1)
    expected = tagger.predict_proba(FILMS)
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawn) as pool:
        found = list(pool.map(probabilities, [tagger] * 2, [FILMS[:2], FILMS[2:]]))
        assert np.array_equal(np.concatenate(found), expected)
        with pytest.raises(BadMovie, match="film bare has no input at all") as error:
            pool.submit(probabilities, tagger, [Movie(id="bare")]).result()
    assert error.value.what.startswith("film 0 of those given")


def test_joblib_takes_it(folder: Path) -> None:
    tagger = Tagger.load(folder, threads=1)
    parts = [FILMS[:1], FILMS[1:]]
    found = Parallel(n_jobs=2)(delayed(tagger.predict_proba)(part) for part in parts)
    assert np.array_equal(np.concatenate(found), tagger.predict_proba(FILMS))


def test_a_folder_that_is_missing_there_is_one_line_and_no_hang(
    folder: Path, tmp_path: Path
) -> None:
    moved = shutil.copytree(folder, tmp_path / "mine")
    tagger = Tagger.load(moved)
    shutil.rmtree(moved)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        waiting = pool.apply_async(probabilities, (tagger, FILMS))
        with pytest.raises(UserError) as error:
            waiting.get(timeout=120)
    assert error.value.what == f"no model bundle at {moved}"
    assert error.value.cure


def test_predictions_and_explanations_travel(folder: Path) -> None:
    tagger = Tagger.load(folder)
    [with_poster] = [film for film in films(40) if "poster" in film.inputs and film.title][:1]
    [said] = tagger.predict([with_poster])
    assert pickle.loads(pickle.dumps(said)) == copy.deepcopy(said) == said
    explanation = tagger.explain(with_poster, tagger.genres)
    other = pickle.loads(pickle.dumps(explanation))
    assert other.as_dict() == explanation.as_dict()
    assert other.page() == explanation.page()
