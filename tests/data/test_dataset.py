"""The prepared data set: what is written comes back, what is broken is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cinegenre import files
from cinegenre.data import store
from cinegenre.data.dataset import PreparedSet
from cinegenre.data.manifest import LabelSet, Origin
from cinegenre.errors import UserError
from cinegenre.movie import Movie

from ..tiny.films import films, write_posters

ABOUT = Origin(source="tiny", reader="none")

ODD = [
    Movie(id="tt1", title="قصة حب", overview="女孩 🎬👩‍🚀 出发了。", genres=("Drama",)),
    Movie(id="tt2", companies=("Ægir & Söhne", "☃"), people=("Zoë",), year=-1),
    Movie(id="tt3", poster=b"any bytes \0 \xff", language="zh", collection="X", genres=("A|B", "")),
    Movie(id="tt4", title='"quoted", and\\slashed', year=2017),
]  # fmt: skip


def _write(
    folder: Path, by_split: dict[str, list[Movie]], labels: store.Labels | None = None
) -> Path:
    with files.whole(folder) as staged:
        staged.mkdir()
        store.write(staged, by_split, labels or {}, ABOUT)
    return folder


def test_round_trip(tmp_path: Path) -> None:
    made = films(300)
    on_disk = write_posters(tmp_path / "posters", made)
    folder = _write(
        tmp_path / "set", {"train": [*on_disk, *ODD], "validation": [], "test": ODD[:1]}
    )
    prepared = PreparedSet.open(folder)
    assert list(prepared.films("train")) == [*made, *ODD]
    assert list(prepared.films("validation")) == []
    assert list(prepared.films("test")) == ODD[:1]
    assert prepared.manifest.films == {"train": 304, "validation": 0, "test": 1}
    assert prepared.splits == ("train", "validation", "test")
    assert prepared.manifest.label_sets["genres"].genres["A|B"] == 1


def test_shards_are_cut_and_numbered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "SHARD_BYTES", 20_000)
    made = films(60)
    prepared = PreparedSet.open(_write(tmp_path / "set", {"train": made, "test": made[:1]}))
    names = [name for name in prepared.manifest.shards if name.startswith("train")]
    assert len(names) > 3
    assert names[0] == f"train-00000-of-{len(names):05d}.parquet"
    assert sorted(path.name for path in prepared.folder.glob("*.parquet")) == sorted(
        prepared.manifest.shards
    )
    assert list(prepared.films("train")) == made


def test_further_label_sets(tmp_path: Path) -> None:
    labels = {"imdb": {"tt1": ("Sci-Fi", "Drama"), "elsewhere": ("News",)}}
    prepared = PreparedSet.open(_write(tmp_path / "set", {"train": ODD}, labels))
    assert [film.genres for film in prepared.films("train", "imdb")] == [
        ("Sci-Fi", "Drama"), (), (), (),
    ]  # fmt: skip
    assert next(prepared.films("train")).genres == ("Drama",)
    assert prepared.manifest.label_sets["imdb"] == LabelSet(
        films=1, genres={"Sci-Fi": 1, "Drama": 1}
    )
    with pytest.raises(UserError, match="unknown label set 'imbd': did you mean 'imdb'"):
        prepared.films("train", "imbd")
    with pytest.raises(UserError, match="unknown split 'dev': known: train"):
        prepared.films("dev")


def test_the_fingerprint_follows_the_content_only(tmp_path: Path) -> None:
    made = films(20)

    def fingerprint(name: str, some: list[Movie], labels: store.Labels | None = None) -> str:
        return PreparedSet.open(_write(tmp_path / name, {"train": some}, labels)).fingerprint

    first = fingerprint("a", made)
    assert fingerprint("b", write_posters(tmp_path / "p", made)) == first
    others = [
        fingerprint("c", made[1:]),
        fingerprint("d", [replace(made[0], poster=b"x"), *made[1:]]),
        fingerprint("e", [replace(made[0], title="x"), *made[1:]]),
        fingerprint("f", made, {"imdb": {made[0].id or "": ("Drama",)}}),
    ]
    assert len({first, *others}) == 5


def test_hugging_face_opens_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    made = films(30)
    labels = {"imdb": {made[0].id or "": ("Drama",)}}
    folder = _write(
        tmp_path / "set", {"train": made[2:], "validation": [], "test": made[:2]}, labels
    )
    # By the card's front matter, and by what the Parquet files say of themselves.
    by_card = datasets.load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))
    alone = datasets.load_dataset(
        "parquet", data_files=str(folder / "test-*.parquet"), cache_dir=str(tmp_path / "cache")
    )
    assert set(by_card) == {"train", "test"}
    assert isinstance(by_card["train"].features["poster"], datasets.Image)
    assert by_card["train"].features["genres_imdb"] == datasets.List(datasets.Value("string"))
    assert alone["train"].features == by_card["test"].features
    assert [row["id"] for row in by_card["train"]] == [film.id for film in made[2:]]
    for film, row in zip(made[2:], by_card["train"], strict=True):
        assert (row["poster"] is None) == (film.poster is None)
    with_poster = next(row for row in by_card["train"] if row["poster"])
    assert with_poster["poster"].mode == "RGB"
    assert by_card["test"][0]["genres_imdb"] == ["Drama"]
    assert by_card["test"][1]["genres_imdb"] is None


def _missing(folder: Path) -> None:
    (folder / "test-00000-of-00001.parquet").unlink()


def _cut(folder: Path) -> None:
    path = folder / "test-00000-of-00001.parquet"
    path.write_bytes(path.read_bytes()[:-100])


def _zeros(folder: Path) -> None:
    path = folder / "test-00000-of-00001.parquet"
    path.write_bytes(bytes(path.stat().st_size))


def _no_manifest(folder: Path) -> None:
    (folder / "dataset.json").unlink()


def _half_a_manifest(folder: Path) -> None:
    path = folder / "dataset.json"
    path.write_bytes(path.read_bytes()[:50])


def _another_manifest(folder: Path) -> None:
    (folder / "dataset.json").write_text('{"format_version": 1}')


def _newer(folder: Path) -> None:
    path = folder / "dataset.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"format_version": 99}))


@pytest.mark.parametrize(
    ("harm", "error"),
    [
        (_missing, "test-00000-of-00001.parquet is missing: prepare the data set again"),
        (_cut, "bytes instead of"),
        (_zeros, "test-00000-of-00001.parquet is no longer a Parquet file"),
        (_no_manifest, "make one with: cinegenre data prepare"),
        (_half_a_manifest, "cannot be read"),
        (_another_manifest, "is not a manifest of a prepared data set"),
        (_newer, "has format 99, this cinegenre reads up to 1: "),
    ],
)
def test_what_is_broken_is_refused_in_one_line(
    tmp_path: Path, harm: Callable[[Path], None], error: str
) -> None:
    folder = _write(tmp_path / "set", {"train": ODD, "test": ODD})
    harm(folder)
    with pytest.raises(UserError) as caught:
        PreparedSet.open(folder)
    assert error in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("where", [slice(4, 150), slice(-400, -8)])
def test_damage_inside_a_shard_is_one_line(tmp_path: Path, where: slice) -> None:
    folder = _write(tmp_path / "set", {"train": films(40)})
    path = next(folder.glob("train-*"))
    data = bytearray(path.read_bytes())
    data[where] = bytes(0xA5 for _ in data[where])
    path.write_bytes(data)
    prepared = PreparedSet.open(folder)
    with pytest.raises(UserError, match=r"train-00000-of-00001.parquet cannot be read") as caught:
        list(prepared.films("train"))
    assert "\n" not in str(caught.value)


def test_a_full_disk_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.shards, "write", full)
    with pytest.raises(UserError, match="no space left while writing"):
        _write(tmp_path / "set", {"train": ODD})
    assert list(tmp_path.iterdir()) == []


def test_the_target_is_looked_at_first(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    store.check_target(folder, overwrite=False)
    folder.mkdir()
    store.check_target(folder, overwrite=False)
    (folder / "thesis.docx").write_text("years of work")
    for overwrite in (False, True):
        with pytest.raises(UserError, match="is not empty and no prepared data set"):
            store.check_target(folder, overwrite=overwrite)
    ours = _write(tmp_path / "ours", {"train": ODD})
    with pytest.raises(UserError, match="holds a prepared data set already: give --overwrite"):
        store.check_target(ours, overwrite=False)
    store.check_target(ours, overwrite=True)
    (ours / "notes.txt").write_text("mine")
    with pytest.raises(UserError, match=r"also holds 'notes.txt', which would be lost"):
        store.check_target(ours, overwrite=True)
    with pytest.raises(UserError, match="is a file"):
        store.check_target(ours / "notes.txt", overwrite=False)
