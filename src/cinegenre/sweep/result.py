"""The types of a sweep's result: its trials, and the best of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class TrialResult:
    """A trial in the table. `value` is its best validation macro average precision."""

    trial: int
    params: Mapping[str, Any]  # by key of the recipe
    value: float | None
    state: str
    epochs: int | None
    seconds: float | None
    error: str


@dataclass(frozen=True)
class SweepReport:
    """All trials, and the best finished one, as values of `--set` and as a command."""

    study: str
    rows: Sequence[TrialResult]
    best: TrialResult | None
    sets: Sequence[str] = ()
    command: str = ""

    @property
    def trials(self) -> dict[str, int]:
        """The number of trials in each state, ordered by the first trial of each."""
        states = [row.state for row in self.rows]
        return {state: states.count(state) for state in dict.fromkeys(states)}

    def as_dict(self) -> dict[str, Any]:
        """The content of sweep.json."""
        table: dict[str, Any] = {"study": self.study, "trials": self.trials}
        if self.best is not None:
            table["best"] = asdict(self.best) | {"set": list(self.sets)}
            table["command"] = self.command
        return table | {"rows": [asdict(row) for row in self.rows]}
