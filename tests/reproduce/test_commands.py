"""The commands of docs/papers.md, from raw files to all five reports, on tiny films."""

from __future__ import annotations

import gzip
import re
import shlex
import shutil
from pathlib import Path

import pytest

from cinegenre.taxonomy import TMDB_TO_IMDB, renamed

from ..cli.test_cli import call
from ..tiny.films import films
from ..tiny.pretrained import save_image

DOCS = Path(__file__).parents[2] / "docs" / "papers.md"

ONE_ROW = {
    "mavromatakis": ("poster", "encoders.poster.filters=[4]", "encoders.poster.out=8"),
    "baveja_srinivasan": ("naive",),
    "cnn_lstm_slides": ("model_0_poster", "encoders.poster.out=8"),
    "irbaz": ("poster", "train.range_test=false"),
    "dave": ("size30_rate3", "encoders.poster.filters=[4]"),
}
"""A row of each paper that is quick, and what makes it quicker: all rows take hours."""


def block() -> list[list[str]]:
    """The page's first block of commands, as a shell reads it."""
    text = DOCS.read_text(encoding="utf-8")
    commands = re.findall(r"^```\n(.*?)^```", text, re.M | re.S)[0]
    return [shlex.split(line) for line in commands.replace("\\\n", " ").splitlines()]


@pytest.fixture
def folder(source: Path, tmp_path: Path) -> Path:
    """A folder with Kaggle's file, posters, and IMDb's own file of titles."""
    for name in ("movies_metadata.csv", "posters"):
        take = shutil.copytree if (source / name).is_dir() else shutil.copy
        take(source / name, tmp_path / name)
    header = ("tconst\ttitleType\tprimaryTitle\toriginalTitle\tisAdult\tstartYear\tendYear\t"
              "runtimeMinutes\tgenres\n")  # fmt: skip
    rows = [
        f"{film.id}\tmovie\t{film.title}\t{film.title}\t0\t{film.year}\t\\N\t90\t"
        f"{','.join(renamed(film.genres, TMDB_TO_IMDB)[:3])}\n"
        for film in films(240)
    ]
    with gzip.open(tmp_path / "title.basics.tsv.gz", "wt", encoding="utf-8") as file:
        file.write(header + "tt0000001\tshort\tElsewhere\tElsewhere\t0\t1894\t\\N\t1\t\\N\n")
        file.writelines(rows)
    return tmp_path


def test_the_commands_of_the_page_make_all_five_reports(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    resnet = save_image(folder / "resnet")
    prepare, *papers = block()
    assert prepare[:3] == ["cinegenre", "data", "prepare"]
    assert {words[2] for words in papers} == set(ONE_ROW)
    code, _, said = call(capsys, *prepare[1:])
    assert code == 0, said
    for words in papers:
        row, *sets = ONE_ROW[words[2]]
        sets += ["train.epochs=1"]
        if words[2] == "irbaz":
            sets += [f"encoders.poster.model={resnet}"]
        typed = [*words[1:], "--only", row, *(part for each in sets for part in ("--set", each))]
        code, _, said = call(capsys, *typed)
        assert code == 0, said
        report = folder / words[words.index("--out") + 1] / "report.html"
        text = report.read_text(encoding="utf-8")
        assert "--labels imdb=title.basics.tsv.gz" in text
        assert "What needs no model" in text
