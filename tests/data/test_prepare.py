"""Preparing from a source on disk to the end, and describing what came out."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from rich.console import Console

from cinegenre.data import prepare as preparing
from cinegenre.data.dataset import PreparedSet
from cinegenre.data.describe import describe, describe_films, show
from cinegenre.data.description import Description
from cinegenre.data.prepare import prepare
from cinegenre.errors import MissingExtra, UserError
from cinegenre.movie import Movie, is_placeholder

from ..tiny.films import films, write_the_movies_dataset

QUIET = Console(file=io.StringIO())


def _broken(made: list[Movie]) -> Movie:
    """The film whose poster is made unreadable."""
    return next(film for film in made[50:] if film.poster)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny films as The Movies Dataset: one twice, one poster broken, one row malformed."""
    folder = tmp_path_factory.mktemp("source")
    made = films(150)
    write_the_movies_dataset(folder, [*made, replace(made[0], overview=None, poster=None)])
    (folder / "posters" / f"{_broken(made).id}.jpg").write_bytes(b"<html>404</html>")
    with (folder / "movies_metadata.csv").open("a", encoding="utf-8") as file:
        file.write("half,a,row\n")
    ids = [film.id or "" for film in made]
    splits = ["train"] * 100 + ["validation"] * 20 + ["test"] * 20
    listed = "\n".join(f"{film},{split}" for film, split in zip(ids, splits, strict=False))
    (folder / "splits.csv").write_text(f"imdb_id,split\n{listed}\n", "utf-8")
    (folder / "imdb.csv").write_text(f"imdb_id,genres\n{ids[0]},Drama|Sci-Fi\n", "utf-8")
    return folder


@pytest.fixture(scope="module")
def prepared(source: Path, tmp_path_factory: pytest.TempPathFactory) -> PreparedSet:
    out = tmp_path_factory.mktemp("out") / "set"
    prepare(
        "the_movies_dataset",
        source,
        out,
        posters=source / "posters",
        splits=source / "splits.csv",
        labels={"imdb": source / "imdb.csv"},
        console=QUIET,
    )
    return PreparedSet.open(out)


def test_given_split_with_counts(prepared: PreparedSet) -> None:
    made = films(150)
    info = prepared.manifest.as_dict()
    stored_as = json.loads((prepared.folder / "dataset.json").read_text(encoding="utf-8"))
    assert stored_as == info
    assert list(info) == [
        "format_version", "cinegenre", "source", "reader", "cleaning", "split", "films",
        "with_poster", "label_sets", "shards", "fingerprint",
    ]  # fmt: skip
    assert list(info["split"]) == ["method", "counts", "file"]
    assert info["cleaning"]["rows"] == 152
    assert info["cleaning"]["dropped"] == {"same film again": 1, "malformed row": 1}
    placeholders = sum(bool(film.overview and is_placeholder(film.overview)) for film in made)
    assert info["cleaning"]["mended"] == {
        "overview that only says there is none": placeholders, "unreadable poster": 1,
    }  # fmt: skip
    leaked = sum(info["split"]["counts"].values())
    assert info["split"]["method"] == "given"
    assert info["films"] == {
        "train": 100 - leaked, "validation": 20, "test": 20, "unlisted": 10 + leaked,
    }  # fmt: skip
    assert info["label_sets"]["imdb"]["genres"] == {"Drama": 1, "Sci-Fi": 1}
    stored = {film.id: film for split in prepared.splits for film in prepared.films(split)}
    broken = _broken(made)
    for film in made:
        assert stored[film.id].poster == (None if film is broken else film.poster)
        assert stored[film.id].genres == film.genres
    assert sorted(path.name for path in prepared.folder.iterdir()) == sorted(
        ["README.md", "dataset.json", *info["shards"]]
    )


def test_own_split_from_posters_as_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = films(100)
    monkeypatch.setattr(preparing, "reader_named", lambda name: lambda source, **_: iter(made))
    info = prepare("any", tmp_path, tmp_path / "set", seed=5, console=QUIET)
    assert info.split is not None
    assert list(info.split.as_dict()) == ["method", "proportions", "seed", "counts"]
    assert (info.split.method, info.split.seed) == ("own", 5)
    assert sum(info.films.values()) == 100
    opened = PreparedSet.open(tmp_path / "set")
    stored = {film.id: film.poster for split in opened.splits for film in opened.films(split)}
    assert stored == {film.id: film.poster for film in made}
    assert not [path for path in opened.folder.iterdir() if path.is_dir()]


def test_interrupted_it_leaves_nothing_and_an_old_set_as_it_was(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "set"
    prepare("the_movies_dataset", source, out, console=QUIET)
    before = {path.name: path.read_bytes() for path in out.iterdir()}

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cinegenre.data.store.card.text", interrupted)
    for target in (out, tmp_path / "new"):
        with pytest.raises(KeyboardInterrupt):
            prepare("the_movies_dataset", source, target, overwrite=True, console=QUIET)
    assert [path.name for path in tmp_path.iterdir()] == ["set"]
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_an_empty_source_a_bad_label_name_and_a_missing_extra(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UserError, match='the label set is called "genres"'):
        prepare(
            "the_movies_dataset", source, tmp_path / "a", labels={"genres": source / "imdb.csv"}
        )
    (source / "others.csv").write_text("id,genres\n1x,Drama\n", "utf-8")
    others = {"imdb": source / "others.csv"}
    with pytest.raises(UserError, match="'imdb' knows none of the films"):
        prepare("the_movies_dataset", source, tmp_path / "a", labels=others, console=QUIET)
    with pytest.raises(UserError, match="unknown reader 'the_movie_dataset': did you mean"):
        prepare("the_movie_dataset", source, tmp_path / "a")
    monkeypatch.setattr(preparing, "reader_named", lambda name: lambda source, **_: iter(()))
    with pytest.raises(UserError, match=r"has no film that can be used \(0 rows read\)"):
        prepare("any", source, tmp_path / "a", console=QUIET)
    monkeypatch.setitem(sys.modules, "arro3.io", None)
    with pytest.raises(MissingExtra, match=r"pip install .*\[data\]"):
        prepare("any", source, tmp_path / "a", console=QUIET)
    assert list(tmp_path.iterdir()) == []


def test_description(prepared: PreparedSet, tmp_path: Path) -> None:
    found = describe(prepared.folder, out=tmp_path)
    stored = json.loads(json.dumps(found.as_dict()))
    assert Description.from_dict(stored) == found
    assert list(stored) == [
        "source", "labels", "fingerprint", "splits", "genres", "cooccurrence", "label_sets",
        "words", "languages", "plots",
    ]  # fmt: skip
    assert found.fingerprint == prepared.fingerprint
    assert {split: about.films for split, about in found.splits.items()} == prepared.manifest.films
    assert sum(found.label_sets.by_size.values()) == 150
    for path in found.plots or ():
        with Image.open(path) as image:
            assert image.width > 500
            assert len(set(image.convert("L").resize((50, 50)).tobytes())) > 10
    console = Console(file=io.StringIO(), width=100)
    show(found, console)
    assert "without poster" in console.file.getvalue()  # type: ignore[attr-defined]
    by_imdb = describe(prepared.folder, labels="imdb")
    assert {genre: counts.films for genre, counts in by_imdb.genres.items()} == {
        "Drama": 1, "Sci-Fi": 1,
    }  # fmt: skip


def test_description_of_a_few_films_by_hand() -> None:
    found = describe_films({
        "train": [
            Movie(title="One two", overview="a b c d", genres=("War", "Drama"), poster=b"x"),
            Movie(id="2", title="One", genres=("Drama",), language="en"),
        ],
        "test": [Movie(id="3", companies=("X",))],
    }).as_dict()  # fmt: skip
    assert found["splits"]["train"] == {
        "films": 2, "labelled": 2,
        "missing": {"title": 0, "overview": 1, "companies": 2, "people": 2, "poster": 1},
    }  # fmt: skip
    assert found["genres"]["Drama"] == {"films": 2, "with_poster": 1, "train": 2, "test": 0}
    assert found["cooccurrence"] == {"genres": ["Drama", "War"], "counts": [[2, 1], [1, 1]]}
    assert found["label_sets"]["by_size"] == {"0": 1, "1": 1, "2": 1}
    assert found["label_sets"]["distinct"] == 2
    assert found["words"]["title"]["films"] == {"1": 1, "2": 1}
    assert found["words"]["overview"]["longest"] == 4
    assert found["languages"] == {"": 2, "en": 1}


def test_an_empty_description_can_be_drawn(tmp_path: Path) -> None:
    from cinegenre.data import plots

    assert len(plots.save(describe_films({"train": []}), tmp_path)) == len(plots.PLOTS)


def test_importing_needs_no_extra() -> None:
    code = (
        "import sys\n"
        "for name in ('arro3', 'arro3.core', 'arro3.io', 'matplotlib', 'datasets', 'pyarrow'):\n"
        "    sys.modules[name] = None\n"
        "import cinegenre.data.prepare, cinegenre.data.describe, cinegenre.data.plots\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
