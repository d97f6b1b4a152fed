"""Figures, facts and names as a page's text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

NONE = "–"
"""What stands where a figure is undefined."""


def number(value: float | None, digits: int = 3) -> str:
    """A figure as tables show it; undefined is a dash."""
    return NONE if value is None else f"{value:.{digits}f}".replace("-", "−")


def signed(value: float | None, digits: int = 2) -> str:
    """A difference, always with its sign; undefined is a dash."""
    return NONE if value is None else f"{value:+.{digits}f}".replace("-", "−")


def interval(ends: Sequence[float | None] | None) -> str:
    """The ends of an interval; a dash where there is none, or an end is undefined."""
    if not ends or None in ends:
        return NONE
    return f"{number(ends[0])} to {number(ends[1])}"


def text(value: Any) -> str:
    """A fact as text; lists with commas, numbers with separators, nothing for nothing."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(map(text, value))
    return f"{value:,}" if isinstance(value, int) else str(value)


def listed(names: Sequence[str], none: str = "none") -> str:
    """Names in a sentence."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:]))) or none
