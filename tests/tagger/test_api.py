"""What other tools expect of a tagger: classes, probabilities as an array, laziness, the Hub."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import huggingface_hub
import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from cinegenre import BadMovie, Movie, Tagger, UserError
from cinegenre.data.dataset import PreparedSet
from cinegenre.metrics.arrays import truth_of
from cinegenre.metrics.ranking import average_precision

from ..tiny.films import films


@pytest.fixture(scope="module")
def tagger(bundle: Path) -> Tagger:
    return Tagger.load(bundle)


def test_probabilities_are_what_predict_says(tagger: Tagger) -> None:
    some = films(40)
    found = tagger.predict_proba(some)
    assert (found.shape, found.dtype) == ((40, len(tagger.classes_)), np.float64)
    assert tagger.classes_.tolist() == list(tagger.genres)
    for row, said in zip(found, tagger.predict(some), strict=True):
        assert dict(zip(tagger.classes_.tolist(), row.tolist(), strict=True)) == said.scores


def test_scikit_learn_judges_them(tagger: Tagger, data: Path) -> None:
    test = list(PreparedSet.open(data).films("test"))
    truth = truth_of(test, tagger.genres)
    kept = truth.sum(axis=0) > 2
    scores = tagger.predict_proba(iter(test))[:, kept]
    theirs = average_precision_score(truth[:, kept], scores, average="macro")
    assert theirs == pytest.approx(average_precision(truth[:, kept], scores).mean())
    assert roc_auc_score(truth[:, kept], scores) > 0.6


def test_a_film_that_cannot_be_scored_is_named(tagger: Tagger) -> None:
    with pytest.raises(BadMovie, match="film 2 of those given: film bare has no input at all"):
        tagger.predict_proba([*films(2), Movie(id="bare")])


def test_no_films_are_no_rows(tagger: Tagger) -> None:
    assert tagger.predict_proba([]).shape == (0, len(tagger.genres))
    assert list(tagger.predict([])) == []


def test_an_endless_source_is_read_a_chunk_ahead(tagger: Tagger) -> None:
    taken = 0

    def endless() -> Iterator[Movie]:
        nonlocal taken
        while True:
            taken += 1
            yield Movie(title="The Ghost")

    predictions = tagger.predict(endless(), chunk=8)
    assert taken == 0
    for count in range(1, 20):
        next(predictions)
        assert count <= taken <= 8 * -(-count // 8)


class Hub:
    """The Hub at the edge of its library: one repository in a folder, and what was asked of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[dict[str, Any]] = []

    def snapshot_download(self, name: str, **options: Any) -> str:
        self.asked.append({"name": name, **options})
        return str(self.folder)


@pytest.fixture
def hub(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    found = Hub(bundle)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", found.snapshot_download)
    return found


@pytest.mark.parametrize(("model", "revision"), [("org/name", None), ("org/name@v1.2", "v1.2")])
def test_a_hub_id_is_fetched(hub: Hub, model: str, revision: str | None) -> None:
    [prediction] = Tagger.load(model).predict([Movie(title="The Ghost")])
    assert prediction.genres
    [asked] = hub.asked
    assert (asked["name"], asked["revision"]) == ("org/name", revision)
    kept = huggingface_hub.utils.filter_repo_objects(
        ["config.json", "encoder-text.onnx", "head.safetensors", "head-imdb.safetensors",
         "thresholds-imdb.json", "head-imdb.md", "model.safetensors", "README.md",
         "weights.pkl", "pytorch_model.bin", "onnx/model.onnx", ".gitattributes"],
        allow_patterns=asked["allow_patterns"], ignore_patterns=asked["ignore_patterns"],
    )  # fmt: skip
    assert list(kept) == [
        "config.json", "encoder-text.onnx", "head.safetensors", "head-imdb.safetensors",
        "thresholds-imdb.json", "head-imdb.md", "README.md",
    ]  # fmt: skip


def test_a_folder_comes_before_the_hub(
    hub: Hub, bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(bundle, tmp_path / "org" / "name")
    monkeypatch.chdir(tmp_path)
    assert Tagger.load("org/name").bundle.folder == Path("org/name")
    assert hub.asked == []


@pytest.mark.parametrize("model", ["name", "a/b/c", "../models/x", "/none/here", "org/na me"])
def test_what_is_no_hub_id_is_a_missing_folder(hub: Hub, model: str) -> None:
    with pytest.raises(UserError, match="no model bundle at"):
        Tagger.load(model)
    assert hub.asked == []


def test_offline_the_error_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(
        UserError, match=r"no folder .* here, and the Hub cannot be reached"
    ) as said:
        Tagger.load("org/none")
    assert "\n" not in str(said.value)


def test_offline_the_cached_copy_serves(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    repository = tmp_path / "models--org--name"
    shutil.copytree(bundle, repository / "snapshots" / commit)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(commit)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    assert Tagger.load("org/name").bundle.folder == repository / "snapshots" / commit
    assert Tagger.load(f"org/name@{commit}").bundle.name == "tiny"


class Api:
    """`HfApi` without a network: what it was told."""

    told: list[tuple[str, dict[str, Any]]]

    def __init__(self, **options: Any) -> None:
        Api.told = [("open", options)]

    def create_repo(self, name: str, **options: Any) -> str:
        Api.told.append(("create", {"name": name, **options}))
        return f"https://huggingface.co/{name}"

    def upload_folder(self, **options: Any) -> None:
        files = sorted(p.relative_to(options["folder_path"]).as_posix()
                       for p in Path(options["folder_path"]).rglob("*") if p.is_file())  # fmt: skip
        sent = huggingface_hub.utils.filter_repo_objects(
            files, allow_patterns=options["allow_patterns"],
            ignore_patterns=options["ignore_patterns"],
        )  # fmt: skip
        Api.told.append(("upload", {"repo": options["repo_id"], "files": list(sent)}))


def test_a_bundle_goes_to_the_hub_whole(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = Path(shutil.copytree(bundle, tmp_path / "copy"))
    (copy / "notes.xlsx").write_bytes(b"mine")
    (copy / ".cache").mkdir()
    (copy / ".cache" / "private.json").write_text("{}")
    monkeypatch.setattr(huggingface_hub, "HfApi", Api)
    address = Tagger.load(copy).push_to_hub("org/name", private=True, token="t")
    assert address == "https://huggingface.co/org/name"
    opened, created, uploaded = Api.told
    assert opened[1]["token"] == "t"
    assert created[1] == {"name": "org/name", "private": True, "exist_ok": True}
    assert uploaded[1]["repo"] == "org/name"
    assert uploaded[1]["files"] == sorted(p.name for p in bundle.iterdir())


def test_a_refusal_of_the_hub_is_one_line(tagger: Tagger, monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing(Api):
        def create_repo(self, name: str, **options: Any) -> str:
            raise huggingface_hub.errors.LocalTokenNotFoundError("Token is required\nbut absent")

    monkeypatch.setattr(huggingface_hub, "HfApi", Refusing)
    with pytest.raises(UserError, match=r"not be put on the Hub \(Token is required\): log in"):
        tagger.push_to_hub("org/name")
    with pytest.raises(UserError, match="names no repository: write org/name"):
        tagger.push_to_hub("name")
