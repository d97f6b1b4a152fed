"""Scoring on a cluster: two nodes in one machine, one of them or the driver killed on the way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cinegenre.errors import MissingExtra, UserError
from cinegenre.score import Machines, Options, score
from cinegenre.score import ray as with_ray
from cinegenre.score.store import SCORES

from .made import results, some, write_jsonl

CSV = Options(format="csv", review=4)
FILMS, SHARD = 120, 4
"""Some seconds of work: long enough to be interrupted in the middle."""


def test_without_ray_the_error_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtra, match=r"pip install .*\[ray\]"):
        score(write_jsonl(tmp_path, some(3)), tmp_path / "out", machines=Machines(engine="ray"))


def test_what_an_actor_said_is_found_in_what_ray_wraps_it_in() -> None:
    class Wrapped(Exception):
        cause: Exception

    inner, outer = UserError("the cause", "the cure"), Wrapped("far\nlast line")
    outer.cause = inner
    assert with_ray._told(outer) is inner
    assert "last line" in str(with_ray._told(Wrapped("far\nlast line")))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_jsonl(tmp_path_factory.mktemp("source"), some(FILMS, posters=12))


@pytest.fixture(scope="module")
def unbroken(source: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Any], str]:
    out = tmp_path_factory.mktemp("local") / "out"
    score(source, out, options=CSV, shard_rows=SHARD)
    return results(out), (out / "review.csv").read_text(encoding="utf-8")


def same(out: Path, unbroken: tuple[list[Any], str]) -> None:
    assert results(out) == unbroken[0]
    assert (out / "review.csv").read_text(encoding="utf-8") == unbroken[1]
    assert len(list((out / SCORES).iterdir())) == FILMS // SHARD


@pytest.fixture
def cluster() -> Iterator[Any]:
    pytest.importorskip("ray.data")
    import ray
    from ray.cluster_utils import Cluster

    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    yield made
    ray.shutdown()
    made.shutdown()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_one_machine_with_ray_gives_the_same_rows(
    source: Path, unbroken: tuple[list[Any], str], tmp_path: Path
) -> None:
    pytest.importorskip("ray.data")
    ray = Machines(engine="ray", actors=2)
    summary = score(source, tmp_path, options=CSV, machines=ray, shard_rows=SHARD)
    assert summary["scored"] == FILMS
    same(tmp_path, unbroken)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_node_killed_in_the_middle_loses_and_doubles_nothing(
    cluster: Any,
    source: Path,
    unbroken: tuple[list[Any], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import ray

    from cinegenre.score.store import Store

    node = cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes()
    keep, kept = Store.keep, []

    def kill_a_node(self: Store, done: Any) -> None:
        keep(self, done)
        kept.append(done.shard)
        if len(kept) == 4:
            assert sum(one["Alive"] for one in ray.nodes()) == 2
            cluster.remove_node(node, allow_graceful=False)

    monkeypatch.setattr(Store, "keep", kill_a_node)
    machines = Machines(engine="ray", address=cluster.address, actors=2)
    summary = score(source, tmp_path, options=CSV, machines=machines, shard_rows=SHARD)
    assert sorted(kept) == list(range(FILMS // SHARD))
    assert summary["scored"] == FILMS
    same(tmp_path, unbroken)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows knows no SIGKILL")
def test_a_killed_driver_goes_on_where_it_was(
    cluster: Any, source: Path, unbroken: tuple[list[Any], str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    words = ["score", source, "--out", out, "--format", "csv", "--review", 4, "--shard-rows",
             SHARD, "--engine", "ray", "--address", cluster.address, "--json"]  # fmt: skip
    command = [sys.executable, "-m", "cinegenre", *map(str, words)]
    driver = subprocess.Popen(command, env=os.environ | {"PYTHONUNBUFFERED": "1"})
    until = time.monotonic() + 600
    while driver.poll() is None and time.monotonic() < until:
        if (out / SCORES).is_dir() and len(list((out / SCORES).glob("part-*"))) >= 3:
            break
        time.sleep(0.02)
    driver.send_signal(signal.SIGKILL)
    assert driver.wait() == -signal.SIGKILL
    before = {path.name: path.stat().st_mtime_ns for path in (out / SCORES).glob("part-*")}
    assert 3 <= len(before) < FILMS // SHARD
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["this_run"]["films"] == FILMS - SHARD * len(before)
    after = {path.name: path.stat().st_mtime_ns for path in (out / SCORES).glob("part-*")}
    assert {name: after[name] for name in before} == before
    same(out, unbroken)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_cluster_at_the_address(source: Path, tmp_path: Path) -> None:
    pytest.importorskip("ray.data")
    machines = Machines(engine="ray", address="127.0.0.1:9")
    with pytest.raises(UserError, match="no Ray cluster answers at"):
        score(source, tmp_path, options=CSV, machines=machines)
