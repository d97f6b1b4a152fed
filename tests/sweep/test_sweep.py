from __future__ import annotations

import csv
import itertools
import json
import shlex
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import optuna
import pytest
from PIL import Image
from sqlalchemy import Engine, event

from cinegenre.data.dataset import PreparedSet
from cinegenre.errors import UserError
from cinegenre.sweep import study as studies
from cinegenre.sweep import sweep as sweeps
from cinegenre.sweep.axes import Axis, grid, overrides, parse_axes, parse_axis, plain
from cinegenre.sweep.plot import draw_sweep
from cinegenre.sweep.result import SweepReport, TrialResult
from cinegenre.sweep.sweep import sweep
from cinegenre.train.loop.train import train
from cinegenre.train.recipe import Recipe, load_recipe

from ..conftest import SMALL

KEYS = ("train.learning_rate", "inputs.poster.height")
RATES, HEIGHTS = ("0.01", "0.001", "0.0001"), ("80", "107", "134")
GRID = (f"{KEYS[0]}={','.join(RATES)}", f"{KEYS[1]}={','.join(HEIGHTS)}")


def value_of(recipe: Recipe) -> float:
    """A made-up figure, best at rate 0.001 and height 107."""
    rate, height = recipe.train.learning_rate, recipe.inputs["poster"].height
    return round(0.9 - abs(rate - 0.001) - abs(height - 107) / 1000, 6)


class FakeTrain:
    """Stands for `train`: notes what it is called with, and reports no epochs."""

    def __init__(self) -> None:
        self.calls: list[Recipe] = []
        self.errors: dict[int, BaseException] = {}  # by number of the call

    def __call__(
        self, recipe: Recipe, data: PreparedSet, out: Path, *, watch: Any = ()
    ) -> SimpleNamespace:
        self.calls.append(recipe)
        if len(self.calls) in self.errors:
            raise self.errors[len(self.calls)]
        return SimpleNamespace(epochs=3, seconds_training=1.5, val_macro_ap=value_of(recipe))


@pytest.fixture(autouse=True, scope="module")
def hasty_database() -> Iterator[None]:
    """Half of these tests' time would be waiting for the disk."""

    def hurry(connection: Any, _: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    event.listen(Engine, "connect", hurry)
    yield
    event.remove(Engine, "connect", hurry)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeTrain:
    monkeypatch.setattr(sweeps, "train", FakeTrain())
    return sweeps.train  # type: ignore[return-value]


def swept(out: Path, data: Path, *tries: str, **options: Any) -> SweepReport:
    options.setdefault("sets", SMALL)
    return sweep(
        "cnn_lstm_slides", PreparedSet.open(data), out, parse_axes(tries or GRID), **options
    )


def table(out: Path) -> list[dict[str, str]]:
    with (out / "sweep.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def cells(rows: list[dict[str, str]], *states: str) -> Counter[tuple[str, str]]:
    return Counter(
        (row[KEYS[0]], row[KEYS[1]]) for row in rows if row["state"] in (states or ("finished",))
    )


ONCE = Counter(itertools.product(RATES, HEIGHTS))


def test_axes_as_they_are_written() -> None:
    assert parse_axis("a.b=1e-5..1e-2:log") == Axis("a.b", low=1e-5, high=1e-2, log=True)
    whole = parse_axis("a=1..16")
    assert (whole.low, whole.high, type(whole.low)) == (1, 16, int)
    assert type(parse_axis("a=1..16.0").low) is int  # asked as floats: one end is none
    assert parse_axis("a=80,107").choices == ("80", "107")
    assert parse_axis("a=asymmetric,double_soft_f1").choices == (
        '"asymmetric"',
        '"double_soft_f1"',
    )
    assert parse_axis("a=[64],[128, 64]").choices == ("[64]", "[128, 64]")
    assert parse_axis("a={x=1},{y=true}").choices == ("{x = 1}", "{y = true}")
    assert parse_axis("a=../one.txt").choices == ('"../one.txt"',)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a", "is not KEY=VALUES"),
        ("a=", "is not KEY=VALUES"),
        ("a=2..1", "lower one"),
        ("a=0..1:log", "above 0"),
        ("a=1..2:lin", "'lin'"),
        ("a=1,2,1", "repeats a value"),
    ],
)
def test_axes_that_are_none(text: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        parse_axis(text)


def test_a_key_is_tried_once() -> None:
    with pytest.raises(UserError, match="given twice"):
        parse_axes(["a=1,2", "a=3,4"])
    with pytest.raises(UserError, match="without --try"):
        parse_axes([])


def test_a_choice_comes_through_as_the_recipe_has_it() -> None:
    [axis] = parse_axes(["model.hidden=[64],[128, 64]"])
    for cell, hidden in zip(grid([axis]), [(64,), (128, 64)], strict=True):
        assert load_recipe("cnn_lstm_slides", overrides=overrides(cell)).model.hidden == hidden
        assert plain(cell["model.hidden"]) == list(hidden)


def test_a_grid_has_each_cell_once(fake: FakeTrain, data: Path, tmp_path: Path) -> None:
    result = swept(tmp_path, data)
    assert cells(table(tmp_path)) == ONCE
    assert result.best.params == {"train.learning_rate": 0.001, "inputs.poster.height": 107}
    assert result.best.value == 0.9
    assert result.best.epochs == 3
    words = shlex.split(result.command)
    assert words[-4:] == ["--set", f"{KEYS[0]}=0.001", "--set", f"{KEYS[1]}=107"]
    assert set(SMALL) < set(words)
    assert json.loads((tmp_path / "sweep.json").read_text()) == result.as_dict()
    with Image.open(tmp_path / "heatmap.png") as picture:
        assert picture.width > 400
    for row, recipe in zip(table(tmp_path), fake.calls, strict=True):
        assert float(row["value"]) == pytest.approx(value_of(recipe))
    swept(tmp_path, data)  # nothing is left to do
    assert len(fake.calls) == 9
    assert len(table(tmp_path)) == 9


def test_an_interrupted_grid_goes_on(fake: FakeTrain, data: Path, tmp_path: Path) -> None:
    fake.errors = {4: KeyboardInterrupt()}
    with pytest.raises(KeyboardInterrupt, match="same command again"):
        swept(tmp_path, data)
    assert len(table(tmp_path)) == 4
    swept(tmp_path, data)
    assert len(fake.calls) == 10
    assert cells(table(tmp_path)) == ONCE
    assert [row["state"] for row in table(tmp_path)].count("interrupted") == 1


def test_bad_values_fail_their_trial_alone(fake: FakeTrain, data: Path, tmp_path: Path) -> None:
    fake.errors = {2: UserError("80 pixels is too small", "enlarge it")}
    swept(tmp_path, data)
    rows = table(tmp_path)
    assert Counter(row["state"] for row in rows) == {"finished": 8, "failed": 1}
    assert [row["error"] for row in rows if row["error"]] == ["80 pixels is too small: enlarge it"]
    assert [row["value"] for row in rows if row["error"]] == [""]
    swept(tmp_path, data)  # it would fail again
    assert len(fake.calls) == 9


def test_a_full_disk_ends_the_sweep_and_is_no_verdict(
    fake: FakeTrain, data: Path, tmp_path: Path
) -> None:
    full = UserError("no space left")
    full.__cause__ = OSError(28, "no space")
    fake.errors = {1: full}
    with pytest.raises(UserError, match="no space left"):
        swept(tmp_path, data)
    swept(tmp_path, data)
    assert cells(table(tmp_path)) == ONCE


def test_all_trials_failing_is_an_error(fake: FakeTrain, data: Path, tmp_path: Path) -> None:
    fake.errors = dict.fromkeys(range(1, 10), UserError("too small"))
    with pytest.raises(UserError, match=r"no trial of 9 finished \(too small\)"):
        swept(tmp_path, data)


def test_a_search_has_as_many_trials_as_asked_for(
    fake: FakeTrain, data: Path, tmp_path: Path
) -> None:
    tries = ("train.learning_rate=1e-4..1e-1:log", "train.batch_size=8..64")
    fake.errors = {5: KeyboardInterrupt()}
    with pytest.raises(KeyboardInterrupt):
        swept(tmp_path / "a", data, *tries, trials=12)
    result = swept(tmp_path / "a", data, *tries, trials=12)
    assert result.trials == {"finished": 12, "interrupted": 1}
    rates = [recipe.train.learning_rate for recipe in fake.calls]
    assert len(set(rates)) == 13  # no point is drawn again after the interruption
    assert all(1e-4 <= rate <= 1e-1 for rate in rates)
    assert all(isinstance(recipe.train.batch_size, int) for recipe in fake.calls)
    fake.calls.clear()
    fake.errors.clear()
    swept(tmp_path / "b", data, *tries, trials=4)
    assert [recipe.train.learning_rate for recipe in fake.calls] == rates[:4]  # of the seed
    result = swept(tmp_path / "b", data, *tries, trials=6)  # and two more
    assert result.trials == {"finished": 6}


def test_another_sweep_is_not_mixed_in(fake: FakeTrain, data: Path, tmp_path: Path) -> None:
    swept(tmp_path, data)
    with pytest.raises(UserError, match="sweeps another recipe, data set or --try"):
        swept(tmp_path, data, "train.learning_rate=0.1,0.2")
    with pytest.raises(UserError, match="sweeps another recipe"):
        swept(tmp_path, data, sets=(*SMALL, "train.epochs=3"))
    optuna.create_study(study_name="theirs", storage=f"sqlite:///{tmp_path / 'sweep.db'}").ask()
    with pytest.raises(UserError, match="study 'theirs' sweeps another"):
        swept(tmp_path, data, study="theirs")
    with pytest.raises(UserError, match="did you mean 'learning_rate'"):
        swept(tmp_path / "b", data, "train.learning_rat=0.1,0.2")
    with pytest.raises(UserError, match=r"model.dropout is 1.5"):
        swept(tmp_path / "b", data, "model.dropout=0.5,1.5")
    with pytest.raises(UserError, match="--storage cannot be used"):
        swept(tmp_path / "b", data, storage="postgres://nobody@nowhere/x")


def test_a_trial_that_a_dead_process_left_is_run_again(
    fake: FakeTrain, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    monkeypatch.setattr(studies, "_HERE", f"{studies.platform.node()}:{process.pid}")
    fake.errors = {3: SystemError("killed")}
    # A process killed in mid-training does not get round to failing its trial.
    monkeypatch.setattr(studies.RDBStorage, "set_trial_state_values", _only_while_alive)
    with pytest.raises(SystemError):
        swept(tmp_path, data)
    monkeypatch.undo()
    monkeypatch.setattr(sweeps, "train", fake)
    assert "running" in {row["state"] for row in _left(tmp_path)}
    swept(tmp_path, data)
    assert cells(table(tmp_path)) == ONCE
    assert cells(table(tmp_path), "running") == {}


_set_state = studies.RDBStorage.set_trial_state_values


def _only_while_alive(self: Any, trial_id: int, state: Any, values: Any = None) -> bool:
    if state == studies.TrialState.FAIL:
        return True
    return _set_state(self, trial_id, state, values)


def _left(out: Path) -> Iterator[dict[str, str]]:
    url = f"sqlite:///{out / 'sweep.db'}"
    for trial in optuna.load_study(study_name="cnn_lstm_slides", storage=url).trials:
        yield {"state": trial.state.name.lower()}


def test_a_trial_failed_from_outside_is_run_again(
    fake: FakeTrain, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a laptop slept past the grace period and another machine went on."""

    def slept(recipe: Recipe, *rest: Any, **options: Any) -> dict[str, Any]:
        if len(fake.calls) == 2:
            url = f"sqlite:///{tmp_path / 'sweep.db'}"
            study = optuna.load_study(study_name="cnn_lstm_slides", storage=url)
            [running] = study.get_trials(states=(studies.TrialState.RUNNING,))
            study.tell(running.number, state=studies.TrialState.FAIL)
        return fake(recipe, *rest, **options)

    monkeypatch.setattr(sweeps, "train", slept)
    swept(tmp_path, data)
    assert cells(table(tmp_path)) == ONCE
    assert len(fake.calls) == 10


SCRIPT = """
import sys, time
from cinegenre.sweep.axes import grid, parse_axes
from cinegenre.sweep.study import Queue
axes = parse_axes({tries!r})
def objective(trial):
    print("began", flush=True)
    values = [axis.ask(trial) for axis in axes]
    time.sleep({seconds})
    return float(values[0])
Queue({url!r}, "tiny", "sweep", grid(axes), seed=0, prune=False).run(objective)
"""


def started(out: Path, seconds: float) -> subprocess.Popen[str]:
    url = f"sqlite:///{out / 'sweep.db'}"
    code = SCRIPT.format(tries=GRID, seconds=seconds, url=url)
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)


def test_processes_share_a_grid_and_a_killed_ones_cell_is_run_by_another(tmp_path: Path) -> None:
    """Two start at once on one new SQLite file; one is killed in a trial; this is the third."""
    victim, other = started(tmp_path, 60), started(tmp_path, 0.1)
    assert victim.stdout is not None and other.stdout is not None
    assert victim.stdout.readline() == other.stdout.readline() == "began\n"
    victim.kill()
    victim.wait()
    victim.stdout.close()
    axes = parse_axes(GRID)
    queue = studies.Queue(
        f"sqlite:///{tmp_path / 'sweep.db'}", "tiny", "sweep", grid(axes), seed=0, prune=False
    )
    here = []

    def objective(trial: optuna.Trial) -> float:
        here.append([axis.ask(trial) for axis in axes])
        time.sleep(0.1)
        return float(here[-1][0])

    queue.run(objective)
    # Not by communicate(), which loses what readline() has read ahead.
    there = 1 + other.stdout.read().count("began")
    assert other.wait(timeout=60) == 0
    other.stdout.close()
    done = [trial for trial in queue.trials() if trial.state == studies.TrialState.COMPLETE]
    assert len(here) + there == len(done) == 9
    assert Counter((t.params[KEYS[0]], t.params[KEYS[1]]) for t in done) == ONCE
    assert len(queue.trials()) == 10  # and the killed one


def test_a_hopeless_training_is_given_up_and_its_folder_is_whole(
    fake: FakeTrain, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five made-up trainings do well from the start, the sixth is a real one."""

    def made_up_at_first(*given: Any, **options: Any) -> dict[str, Any]:
        if len(fake.calls) == 5:
            return train(*given, **options)
        for epoch in range(6):
            options["watch"][0].trial.report(0.99, epoch)
        return fake(*given, **options)

    monkeypatch.setattr(sweeps, "train", made_up_at_first)
    sets = (*SMALL, "modalities=['text']", "train.epochs=6")
    tries = ["train.learning_rate=0.001,0.002,0.003,0.004,0.005,1e-7"]
    result = swept(tmp_path, data, *tries, sets=sets, prune=True)
    assert result.trials == {"finished": 5, "pruned": 1}
    [pruned] = [row for row in result.rows if row.state == "pruned"]
    assert pruned.params == {"train.learning_rate": 1e-7}
    assert pruned.epochs == 2  # the first one is for warming up
    folder = tmp_path / "trials" / f"{pruned.trial:04d}"
    assert json.loads((folder / "run.json").read_text())["finished"]


def test_a_poster_too_small_is_a_failed_trial(data: Path, tmp_path: Path) -> None:
    sets = (*SMALL, "modalities=['poster']", "train.epochs=1")
    result = swept(tmp_path, data, "inputs.poster.height=2,32", sets=sets)
    assert result.trials == {"failed": 1, "finished": 1}
    assert "too small" in table(tmp_path)[0]["error"]
    info = json.loads((tmp_path / "trials" / "0001" / "run.json").read_text())
    assert result.best.value == info["val_macro_ap"]


def trial(
    number: int, cell: Mapping[str, str], state: str = "finished", value: float | None = None
) -> TrialResult:
    params = {key: plain(choice) for key, choice in cell.items()}
    return TrialResult(number, params, value, state, epochs=None, seconds=None, error="")


def made_up(*states: str) -> list[TrialResult]:
    """Trials of the grid of GRID; the value of a finished one is its number / 10."""
    return [
        trial(number, cell, state, number / 10 if state in ("finished", "pruned") else None)
        for number, (cell, state) in enumerate(zip(grid(parse_axes(GRID)), states, strict=True))
    ]


def test_the_heat_map_has_every_trial_in_its_cell() -> None:
    rows = made_up(*["finished"] * 7, "pruned", "failed")
    axes = draw_sweep(rows, parse_axes(GRID)).axes[0]
    across = [label.get_text() for label in axes.get_xticklabels()]
    down = [label.get_text() for label in axes.get_yticklabels()]
    assert (across, down) == (["0.0001", "0.001", "0.01"], ["80", "107", "134"])
    shown = {}
    for text in axes.texts:
        x, y = text.get_position()
        shown[across[round(x)], down[round(y)]] = text.get_text()
    expected = [f"{number / 10:.3f}" for number in range(7)] + ["▽ pruned", "× failed"]
    assert shown == dict(zip(itertools.product(RATES, HEIGHTS), expected, strict=True))
    [image] = axes.images
    assert image.get_array()[0, 2] == 0.0  # rate 0.01, the right column, height 80, the lowest row


def test_a_cell_of_a_third_key_is_the_best_of_its_trials() -> None:
    tries = parse_axes(["model.dropout=0.1,0.2", "train.batch_size=8,16", GRID[1]])
    rows = [
        trial(number, cell, value=(plain(cell["inputs.poster.height"]) - 100) / 100)
        for number, cell in enumerate(grid(tries))
    ]
    figure = draw_sweep(rows, tries)
    assert [text.get_text() for text in figure.axes[0].texts] == ["0.340"] * 4
    assert "inputs.poster.height" in figure.get_suptitle()


def test_ranges_are_points_on_log_axes_and_one_key_is_a_line() -> None:
    tries = parse_axes(["train.learning_rate=1e-5..1e-1:log", "inputs.poster.height=80..140"])
    rows = made_up(*["finished"] * 7, "pruned", "failed")
    axes = draw_sweep(rows, tries).axes[0]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "linear")
    points = axes.collections[0].get_offsets()
    assert sorted(map(tuple, points.tolist())) == sorted(
        tuple(row.params.values()) for row in rows[:7]
    )
    line = draw_sweep(rows, tries[:1]).axes[0]
    assert line.get_xscale() == "log"
    across, values = line.lines[0].get_data()
    assert list(across) == sorted(row.params[KEYS[0]] for row in rows[:7])
    assert sorted(values) == [number / 10 for number in range(7)]
