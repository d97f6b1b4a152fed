"""MM-IMDb's own split."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from rich.console import Console

from cinegenre.errors import UserError
from cinegenre.readers.mm_imdb import read, splits

from ..tiny.films import films
from .test_mm_imdb import write, write_mm_imdb


def test_splits_are_ours_by_name(tmp_path: Path) -> None:
    source = write(tmp_path)
    assert splits(source) == {}
    parts = {"train": ["0114709"], "dev": ["0000002"], "test": [3]}
    (source / "split.json").write_text(json.dumps(parts))
    expected = {"tt0114709": "train", "tt0000002": "validation", "tt0000003": "test"}
    assert splits(source) == splits(source / "dataset") == expected
    assert list(read(source)) == list(read(source / "dataset"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not a split.json"),
        ("[]", "is not a split.json"),
        ('{"trian": []}', "did you mean 'train'"),
        ('{"train": "0114709"}', "it must be a list"),
        (
            '{"train": ["1"], "dev": ["2"], "test": ["1"]}',
            'film "tt0000001" is in train and in test',
        ),
    ],
)
def test_a_bad_split_file(tmp_path: Path, text: str, said: str) -> None:
    source = write(tmp_path)
    (source / "split.json").write_text(text)
    with pytest.raises(UserError, match=r"split\.json") as caught:
        splits(source)
    assert said in str(caught.value)
    assert caught.value.cure


def test_prepared_with_its_own_splits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("arro3.io", reason="needs the extra [data]")
    from cinegenre import cli
    from cinegenre.data.dataset import PreparedSet
    from cinegenre.data.prepare import prepare

    source, out = tmp_path / "mmimdb", tmp_path / "data"
    written = write_mm_imdb(source, films(40))
    (source / "dataset" / "9000001.json").write_text("{")
    words = ["cinegenre", "data", "prepare", "mm_imdb", source, "--out", out, "--json"]
    monkeypatch.setattr(sys, "argv", [str(word) for word in words])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code in (None, 0)
    manifest = json.loads(capsys.readouterr().out)
    assert manifest["split"]["method"] == "given"
    assert manifest["cleaning"]["dropped"]["malformed row"] == 1
    prepared = PreparedSet.open(out)
    assert {film.id for film in prepared.films("validation")} == {f.id for f in written[20:30]}
    assert {film.id for film in prepared.films("test")} == {film.id for film in written[30:]}

    own = prepare("mm_imdb", source, tmp_path / "own", console=Console(file=io.StringIO()))
    assert own.split is not None and own.split.method == "own"
