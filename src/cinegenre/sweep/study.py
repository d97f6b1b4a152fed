"""Keeps a sweep's trials as a queue in a database that processes and machines may share.

Every trial has a place in the queue before it runs, and the database gives each place to only one
process. So a grid ends with each cell once, and a search with the requested number of trials,
however many processes ran and died. Optuna's GridSampler does not ensure that: a process that asks
while another trains the last cell gets the same cell.
"""

from __future__ import annotations

import datetime
import os
import platform
import sys
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import optuna
import sqlalchemy
import sqlalchemy.event
import sqlalchemy.exc
from optuna.exceptions import ExperimentalWarning, OptunaError, UpdateFinishedTrialError
from optuna.samplers import BaseSampler, TPESampler
from optuna.storages import RDBStorage, fail_stale_trials
from optuna.trial import FrozenTrial, TrialState, create_trial

from ..errors import UserError

HEARTBEAT, GRACE = 60, 180  # seconds
_ERROR, _SURPLUS, _PROCESS, _SWEEP = "error", "surplus", "process", "sweep"
_HERE = f"{platform.node()}:{os.getpid()}"


class Failed(Exception):
    """A trial has failed for good, for the reason in the text, and is not run again."""


class Queue:
    """The study `name` in the database at `url`, with a place for each of `cells`.

    `cells` are the parameters of a grid's trials, or one None for each trial of a search, whose
    parameters the sampler chooses. `sweep` identifies the sweep. Raises `UserError` if the study of
    that name is another sweep, and if the database cannot be used.
    """

    def __init__(
        self,
        url: str,
        name: str,
        sweep: str,
        cells: Sequence[Mapping[str, str] | None],
        *,
        seed: int,
        prune: bool,
    ) -> None:
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self.cells, self.storage = cells, _open(url)
        self.study = optuna.create_study(
            storage=self.storage,
            study_name=name,
            load_if_exists=True,
            direction="maximize",
            sampler=Search(seed),
            pruner=optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=1)
            if prune
            else optuna.pruners.NopPruner(),
        )
        self._id = self.storage.get_study_id_from_name(name)
        # In this order, so that a process that adds trials has identified its sweep before.
        foreign = "" if self.study.get_trials(deepcopy=False) else sweep
        if self.study.user_attrs.get(_SWEEP, foreign) != sweep:
            raise UserError(
                f"study {name!r} sweeps another recipe, data set or --try",
                "name another --out or --study, or repeat the first command",
            )
        self.study.set_user_attr(_SWEEP, sweep)

    def _fill(self) -> bool:
        """Give every cell without a trial a place; return whether a trial is waiting.

        Trials of dead processes are first marked as failed, so that their cells are run again.
        """
        self._bury()
        live = [_cell(trial) for trial in self.study.get_trials(deepcopy=False) if _live(trial)]
        for cell in self.cells:
            key = _key(cell)
            if key in live:
                live.remove(key)
            elif cell is None:
                self.study.add_trial(create_trial(state=TrialState.WAITING))
            else:
                self.study.enqueue_trial(dict(cell))
        return bool(self.study.get_trials(deepcopy=False, states=(TrialState.WAITING,)))

    def run(self, objective: Callable[[optuna.Trial], float]) -> None:
        """Call `objective` with one trial after another until no cell is left.

        It raises `Failed` if the trial fails for good, and `optuna.TrialPruned` if it is given up;
        any other exception ends the run and leaves the cell to the next one.
        """

        def taken(trial: optuna.Trial) -> float:
            if not self._take(trial):
                trial.set_user_attr(_SURPLUS, True)
                raise Failed("surplus")
            try:
                return objective(trial)
            except Failed as error:
                trial.set_user_attr(_ERROR, str(error))
                raise

        while self._fill():
            try:
                self.study.optimize(taken, n_trials=1, catch=(Failed,))
            except (ValueError, UpdateFinishedTrialError) as error:
                # Another process marked it as failed, for example after this machine has slept for
                # long.
                if isinstance(error, ValueError) and "Cannot tell a FAIL" not in str(error):
                    raise

    def _take(self, trial: optuna.Trial) -> bool:
        """Claim `trial` for this process; return False if another trial already has its cell.

        Such a surplus trial occurs if two processes have filled the queue at once. Trials are
        numbered in the order of their creation, and the first one of a cell counts.
        """
        trial.set_user_attr(_PROCESS, _HERE)
        known = self.study.get_trials(deepcopy=False)
        cell = _cell(known[trial.number])
        allowed = sum(_key(other) == cell for other in self.cells)
        before = sum(_live(other) and _cell(other) == cell for other in known[: trial.number])
        return before < allowed

    def trials(self) -> list[FrozenTrial]:
        """The trials that count, without those that are still waiting."""
        return [
            trial
            for trial in self.study.get_trials(deepcopy=False)
            if trial.state != TrialState.WAITING and _SURPLUS not in trial.user_attrs
        ]

    def _bury(self) -> None:
        """Mark running trials of dead processes as failed."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)
            fail_stale_trials(self.study)
        for trial in self.study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
            if _dead(trial):
                at = self.storage.get_trial_id_from_study_id_trial_number(self._id, trial.number)
                with suppress(UpdateFinishedTrialError):  # another process was quicker
                    self.storage.set_trial_state_values(at, TrialState.FAIL)


class Search(BaseSampler):
    """TPE whose random numbers depend only on the seed and the number of the trial.

    A single generator would start again with each process, and propose the same trials.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._tpe = TPESampler(seed=seed)

    def before_trial(self, study: optuna.Study, trial: FrozenTrial) -> None:
        [seed] = np.random.SeedSequence((self._seed, trial.number)).generate_state(1)
        self._tpe = TPESampler(seed=int(seed))

    def infer_relative_search_space(self, study: optuna.Study, trial: FrozenTrial) -> Any:
        return self._tpe.infer_relative_search_space(study, trial)

    def sample_relative(self, study: optuna.Study, trial: FrozenTrial, search_space: Any) -> Any:
        return self._tpe.sample_relative(study, trial, search_space)

    def sample_independent(
        self, study: optuna.Study, trial: FrozenTrial, param_name: str, param_distribution: Any
    ) -> Any:
        return self._tpe.sample_independent(study, trial, param_name, param_distribution)

    def after_trial(
        self, study: optuna.Study, trial: FrozenTrial, state: TrialState, values: Any
    ) -> None:
        self._tpe.after_trial(study, trial, state, values)


def _open(url: str) -> RDBStorage:
    options = {"connect_args": {"timeout": 100}} if url.startswith("sqlite") else {}
    for attempt in range(5):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ExperimentalWarning)
                storage = RDBStorage(
                    url, engine_kwargs=options, heartbeat_interval=HEARTBEAT, grace_period=GRACE
                )
            if storage.engine.dialect.name == "sqlite":
                _one_at_a_time(storage.engine)
            return storage
        except (sqlalchemy.exc.SQLAlchemyError, OptunaError, ImportError) as error:
            # Two processes that start at once may both try to create the tables.
            if attempt == 4 or not isinstance(error, sqlalchemy.exc.DBAPIError):
                reason = str(getattr(error, "orig", None) or error).partition("\n")[0]
                raise UserError(
                    f"the database of --storage cannot be used ({reason})",
                    "write dialect://user:password@host/name, and install that dialect's driver",
                ) from None
            time.sleep(0.3 * (attempt + 1))
    raise AssertionError


def _one_at_a_time(engine: sqlalchemy.Engine) -> None:
    """Make each transaction lock the file from its first statement on.

    Optuna checks whether a trial is waiting and then takes it, relying on a row lock that SQLite
    does not have: two processes could both see it waiting and both run it.
    """
    sqlalchemy.event.listen(engine, "connect", lambda raw, _: setattr(raw, "isolation_level", None))
    sqlalchemy.event.listen(
        engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE")
    )
    engine.dispose()  # earlier connections do not have it


def _key(cell: Mapping[str, str] | None) -> tuple[tuple[str, str], ...] | None:
    return None if cell is None else tuple(sorted(cell.items()))


def _cell(trial: FrozenTrial) -> tuple[tuple[str, str], ...] | None:
    return _key(trial.system_attrs.get("fixed_params"))


def _live(trial: FrozenTrial) -> bool:
    return trial.state != TrialState.FAIL or _ERROR in trial.user_attrs


def _dead(trial: FrozenTrial) -> bool:
    process = trial.user_attrs.get(_PROCESS)
    if process is None:  # killed before its first heartbeat
        age = datetime.datetime.now() - (trial.datetime_start or datetime.datetime.now())
        return age.total_seconds() > GRACE
    host, _, number = process.rpartition(":")
    if host != platform.node() or sys.platform == "win32":  # where signal 0 is not harmless
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
