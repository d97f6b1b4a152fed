from __future__ import annotations

import errno
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from cinegenre import __version__, jsonl
from cinegenre.errors import UserError
from cinegenre.score import Machines, Options, score
from cinegenre.score import store as storing
from cinegenre.score.formats import FORMATS
from cinegenre.score.store import SCORES, locked
from cinegenre.tagger import Tagger

from .made import results, some, write_csv, write_jsonl, write_parquet

CSV = Options(format="csv")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_csv(tmp_path_factory.mktemp("source"), some(24))


@pytest.fixture(scope="module")
def unbroken(source: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    out = tmp_path_factory.mktemp("unbroken") / "out"
    score(source, out, options=CSV, shard_rows=6)
    return results(out)


def shards(out: Path) -> dict[str, int]:
    """What is finished, and when it was written."""
    return {path.name: path.stat().st_mtime_ns for path in (out / SCORES).iterdir()}


def test_every_row_is_scored_as_predict_does(unbroken: list[dict[str, Any]]) -> None:
    made = some(24)
    tagger = Tagger.load()
    for row, film, said in zip(unbroken, made, tagger.predict(made), strict=True):
        assert row["id"] == film.id
        assert row["genres"] == "|".join(said.genres)
        assert row["inputs"] == "|".join(said.inputs)
        assert row["model"] == tagger.name
        assert {g: float(row[f"score_{g}"]) for g in tagger.genres} == {
            g: pytest.approx(p, abs=1e-4) for g, p in said.scores.items()
        }
        mean = sum(said.scores[genre] for genre in said.genres) / len(said.genres)
        assert float(row["confidence"]) == pytest.approx(mean, abs=1e-4)
        assert row["error"] == row["note"] == ""


@pytest.mark.parametrize("format", FORMATS)
def test_the_formats_hold_the_same(
    format: str, source: Path, unbroken: list[dict[str, Any]], tmp_path: Path
) -> None:
    summary = score(source, tmp_path / "out", options=Options(format=format), shard_rows=10)
    assert (summary["scored"], summary["errors"], summary["shards"]) == (24, 0, 3)
    assert sorted(shards(tmp_path / "out")) == [f"part-0000{i}-of-00003.{format}" for i in range(3)]
    for row, other in zip(results(tmp_path / "out"), unbroken, strict=True):
        assert list(row) == list(other)
        for name, cell in row.items():
            text = "|".join(cell) if isinstance(cell, list) else "" if cell is None else str(cell)
            assert text == other[name]


def test_bad_rows_become_error_rows_and_are_counted(tmp_path: Path) -> None:
    (tmp_path / "bad.jpg").write_text("no picture")
    lines = [
        '{"id": "good", "title": "The Ghost"}',
        '{"id": "none", "overview": "No overview found."}',
        '{"id": "broken", "title": "x',
        '{"id": "type", "title": true}',
        '{"id": "poster", "poster": "bad.jpg"}',
        '{"id": "both", "title": "The Ghost", "poster": "bad.jpg"}',
        '{"id": "web", "poster": "https://x.invalid/a.jpg"}',
        '{"id": "half", "title": "Half a character \\ud83d"}',
    ]
    path = tmp_path / "films.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    summary = score(path, tmp_path / "out", options=Options(format="jsonl"))
    assert (summary["films"], summary["scored"], summary["errors"]) == (8, 3, 5)
    assert summary["errors_by_kind"] == {
        "a row that is no film": 2,
        "a poster that was not fetched": 1,
        "an unreadable poster": 1,
        "nothing that the model reads": 1,
    }
    assert summary["notes_by_kind"] == {"an unreadable poster": 1}
    assert summary == json.loads((tmp_path / "out" / "summary.json").read_text())
    rows = {row["row"]: row for row in results(tmp_path / "out")}
    assert "line 3" in rows[2]["error"]
    assert rows[3]["id"] == "type"
    assert "title must be a string" in rows[3]["error"]
    assert 'bad.jpg is text ("no picture")' in rows[4]["error"]
    assert 'bad.jpg is text ("no picture")' in rows[5]["note"]
    assert "--fetch does" in rows[6]["error"]
    assert rows[1]["genres"] == [] and rows[1]["score_Drama"] is None


KILL = """
import os, signal, sys
from pathlib import Path
import importlib
from cinegenre.score import store

run = importlib.import_module("cinegenre.score.score")

moment, source, out = sys.argv[1:]
keep, sync, whole = store.Store.keep, store.synced, store.whole
kept = []

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def once(self, done):
    kept.append(done)
    if len(kept) == 3:
        if moment == "before the journal":
            die()
        if moment == "in the journal":
            with self._journal.open("ab") as file:
                file.write(b'{"shard": 2, "by')
            die()
        if moment == "before the shard":
            store.whole = die
        if moment == "in the shard":
            store.synced = lambda file: die() if ".partial" in str(file.name) else sync(file)
    keep(self, done)
    if len(kept) == 3:
        die()

store.Store.keep = once
run.score(Path(source), Path(out), options=run.Options(format="csv"), shard_rows=6)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows knows no SIGKILL")
@pytest.mark.parametrize(
    "moment", ["before the journal", "in the journal", "before the shard", "in the shard", "after"]
)
def test_killed_at_any_moment_nothing_is_lost_doubled_or_done_again(
    moment: str, source: Path, unbroken: list[dict[str, Any]], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-c", KILL, moment, str(source), str(out)]
    killed = subprocess.run(command, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    before = {name: when for name, when in shards(out).items() if not name.startswith(".")}
    assert len(before) == (3 if moment == "after" else 2)
    summary = score(source, out, options=CSV)
    assert summary["this_run"]["films"] == 24 - 6 * len(before)
    assert summary["scored"] == 24
    after = shards(out)
    assert len(after) == 4
    assert {name: after[name] for name in before} == before
    assert results(out) == unbroken
    assert not list(out.rglob("*partial*"))


def test_a_finished_run_scores_nothing(source: Path, tmp_path: Path) -> None:
    first = score(source, tmp_path, options=CSV)
    before = shards(tmp_path)
    again = score(source, tmp_path, options=CSV)
    assert again["this_run"]["films"] == 0
    assert again | {"this_run": 0} == first | {"this_run": 0}
    assert shards(tmp_path) == before
    (tmp_path / SCORES / next(iter(before))).unlink()
    assert score(source, tmp_path, options=CSV)["this_run"]["films"] == 24


@pytest.fixture
def begun(tmp_path: Path) -> tuple[Path, Path]:
    path = write_csv(tmp_path, some(4, posters=0))
    score(path, tmp_path / "out", options=CSV)
    return path, tmp_path / "out"


def test_a_changed_source_is_refused(begun: tuple[Path, Path]) -> None:
    path, out = begun
    text = path.read_bytes()
    os.utime(path, ns=(1, 1))
    with pytest.raises(UserError, match=r"films\.csv was written again .* or score into a new"):
        score(path, out, options=CSV)
    path.write_bytes(text + b"\n")
    with pytest.raises(UserError, match=r"films\.csv has changed .*bytes then"):
        score(path, out, options=CSV)
    other = path.rename(path.with_name("others.csv"))
    with pytest.raises(UserError, match=r"is gone from the source|is new in the source"):
        score(other, out, options=CSV)


def test_changed_options_and_models_are_refused(
    begun: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, out = begun
    with pytest.raises(UserError, match='began with --format "csv", now it is "jsonl"'):
        score(path, out, options=Options(format="jsonl"))
    with pytest.raises(UserError, match="began with --review 0, now it is 3"):
        score(path, out, options=Options(format="csv", review=3))
    with pytest.raises(UserError, match="--map"):
        score(path, out, options=Options(format="csv", map="imdb"))
    monkeypatch.setattr("cinegenre.score.plan.model_fingerprint", lambda folder: "other")
    with pytest.raises(UserError, match=r"another cinegenre-default .* give that --model"):
        score(path, out, options=CSV)


def test_another_version_is_refused(
    begun: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, out = begun
    monkeypatch.setattr("cinegenre.score.plan.__version__", "99.0")
    began = rf"began with cinegenre {re.escape(__version__)}, this is 99\.0: "
    with pytest.raises(UserError, match=began + r".*, or score into a new folder$") as refused:
        score(path, out, options=CSV)
    assert str(refused.value).count("\n") == 0


def test_other_folders_are_not_touched(source: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(UserError, match=r"holds 'mine.txt' and no plan.json"):
        score(source, tmp_path, options=CSV)
    with pytest.raises(UserError, match="is a file"):
        score(source, tmp_path / "mine.txt", options=CSV)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_second_run_at_once_is_refused(source: Path, tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(UserError, match="another run is scoring into"):
        score(source, tmp_path, options=CSV)
    score(source, tmp_path, options=CSV, shard_rows=24)


@pytest.mark.parametrize("moment", [3, 4], ids=["in the journal", "in the shard"])
def test_a_full_disk_is_told_and_the_run_goes_on(
    moment: int,
    source: Path,
    unbroken: list[dict[str, Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sync, calls = storing.synced, []

    def full(file: Any) -> None:
        calls.append(file)
        if len(calls) >= moment:
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(file)

    with monkeypatch.context() as patch:
        patch.setattr(storing, "synced", full)
        patch.setattr(jsonl, "synced", full)
        told = r"no space left while writing .*free some space, then run"
        with pytest.raises(UserError, match=told):
            score(source, tmp_path, options=CSV, shard_rows=6)
    assert len(shards(tmp_path)) == 1
    assert score(source, tmp_path, options=CSV)["this_run"]["films"] == 18
    assert results(tmp_path) == unbroken


def test_an_interrupt_leaves_whole_shards_and_no_temporary_file(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path, some(400, posters=0))
    out = tmp_path / "out"
    words = ("score", path, "--out", out, "--format", "csv", "--shard-rows", 5, "--threads", 1)
    run = subprocess.Popen(
        [sys.executable, "-m", "cinegenre", *map(str, words)], stderr=subprocess.PIPE, text=True
    )
    until = time.monotonic() + 120
    while not list((out / SCORES).glob("part-*")) and time.monotonic() < until:
        time.sleep(0.02)
    run.send_signal(signal.SIGINT)
    _, told = run.communicate(timeout=120)
    assert run.returncode == 130, told
    assert "Traceback" not in told
    done = shards(out)
    assert 0 < len(done) < 80
    assert not list(out.rglob("*partial*"))
    assert score(path, out, options=CSV)["this_run"]["films"] == 400 - 5 * len(done)
    assert [int(row["row"]) for row in results(out)] == list(range(400))


def test_large_posters_make_small_parts(tmp_path: Path) -> None:
    from cinegenre.score import plan, stream
    from cinegenre.score.source import Cursor, Source

    source = Source.find(write_parquet(tmp_path, some(20, posters=20))).counted()
    made = plan.make(source, {}, {"format": "csv"}, (), 8)
    parts = list(stream.parts(made, Cursor(source), range(3), 64, 2500))
    assert [row for part in parts for row in range(part.first, part.first + len(part.rows))] == [
        *range(20)
    ]
    assert max(len(part.rows) for part in parts) < 8
    assert [part.shard for part in parts if part.last] == [0, 1, 2]


def test_options_that_cannot_be(source: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="unknown format 'xml'"):
        score(source, tmp_path, options=Options(format="xml"))
    with pytest.raises(UserError, match="unknown engine 'spark'"):
        score(source, tmp_path, machines=Machines(engine="spark"))
    with pytest.raises(UserError, match="lies in the source"):
        score(source.parent, source.parent / "out")
    with pytest.raises(UserError, match="check --posters"):
        score(source, tmp_path, options=Options(posters=tmp_path / "none"))
    with pytest.raises(UserError, match="give --engine ray"):
        score(source, tmp_path, machines=Machines(actors=2))
