"""What a sweep varies: a recipe's key over a range, or over a few values."""

from __future__ import annotations

import itertools
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import UserError

if TYPE_CHECKING:
    from optuna import Trial

Value = str | float | int
"""What a trial's parameter is: a number of a range, or a choice as its TOML text."""


@dataclass(frozen=True)
class Axis:
    """One key of a recipe and its values: `choices`, TOML texts, else a range with both ends.

    A range is of whole numbers where both ends are; `log` spreads it evenly over magnitudes.
    """

    key: str
    choices: tuple[str, ...] = ()
    low: float | int = 0
    high: float | int = 0
    log: bool = False

    def ask(self, trial: Trial) -> Value:
        """This key's value in `trial`."""
        if self.choices:
            return trial.suggest_categorical(self.key, self.choices)
        if isinstance(self.low, int) and isinstance(self.high, int):
            return trial.suggest_int(self.key, self.low, self.high, log=self.log)
        return trial.suggest_float(self.key, self.low, self.high, log=self.log)

    @property
    def some(self) -> tuple[Value, ...]:
        """All choices, or the ends of the range: if the recipe takes these it takes all."""
        return self.choices or (self.low, self.high)

    def __str__(self) -> str:
        values = ",".join(self.choices) or f"{self.low!r}..{self.high!r}{':log' * self.log}"
        return f"{self.key}={values}"


def parse_axis(text: str) -> Axis:
    """`a.b=1e-5..1e-2:log`, `a.b=1..5` or `a.b=80,107,134`; values are read as TOML."""
    key, sign, raw = (part.strip() for part in text.partition("="))
    if not sign or not key or not raw:
        raise UserError(
            f"--try {text!r} is not KEY=VALUES", "write --try train.learning_rate=1e-4..1e-2:log"
        )
    low, dots, rest = raw.partition("..")
    high, colon, scale = rest.partition(":")
    ends = (_number(low), _number(high))
    if dots and ends[0] is not None and ends[1] is not None:
        if colon and scale != "log":
            raise UserError(f"--try {text!r} ends in {scale!r}", "write :log or nothing there")
        if not ends[0] < ends[1]:
            raise UserError(f"--try {text!r} is not a range", "its first end must be the lower one")
        if colon and ends[0] <= 0:
            raise UserError(f"--try {text!r} is on a log scale", "its ends must be above 0")
        return Axis(key, low=ends[0], high=ends[1], log=bool(colon))
    choices = tuple(_toml(value) for value in _values(raw))
    if len(set(choices)) < len(choices):
        raise UserError(f"--try {text!r} repeats a value", "name each once")
    return Axis(key, choices)


def parse_axes(texts: Sequence[str]) -> tuple[Axis, ...]:
    """The axes of several `--try`, each of another key."""
    axes = tuple(parse_axis(text) for text in texts)
    keys = [axis.key for axis in axes]
    for key in keys:
        if keys.count(key) > 1:
            raise UserError(f"--try {key} is given twice", "give each key once")
    if not axes:
        raise UserError("a sweep without --try", "add --try train.learning_rate=1e-4..1e-2:log")
    return axes


def grid(axes: Sequence[Axis]) -> list[dict[str, str]]:
    """Every combination of the choices, none where an axis is a range."""
    keys = [axis.key for axis in axes]
    combinations = itertools.product(*(axis.choices for axis in axes))
    return [dict(zip(keys, values, strict=True)) for values in combinations]


def overrides(values: Mapping[str, Value]) -> list[str]:
    """A trial's values as `--set` takes them."""
    return [f"{key}={value}" for key, value in values.items()]


def plain(value: Value) -> Any:
    """A trial's value as the recipe has it: choices read from their TOML."""
    return tomllib.loads(f"value = {value}")["value"] if isinstance(value, str) else value


def shown_value(value: Any) -> str:
    """A recipe's value for a person: four digits, text without its quotes."""
    if isinstance(value, float):
        return f"{value:.4g}"
    return value if isinstance(value, str) else _toml(value)


def _values(raw: str) -> list[Any]:
    try:
        values: list[Any] = tomllib.loads(f"values = [{raw}]")["values"]
        return values
    except tomllib.TOMLDecodeError:  # bare words: asymmetric,double_soft_f1
        return [_bare(part.strip()) for part in raw.split(",")]


def _bare(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _number(text: str) -> float | int | None:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return None


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
