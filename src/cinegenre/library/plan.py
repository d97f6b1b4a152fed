"""Which genres a film is to have: the policies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from ..movie import Prediction
from ..taxonomy import spelling_key as key
from .naming import Naming

HAS_GENRES = "has genres"


class Policy(Enum):
    """What happens to the genres that a film has."""

    MISSING_ONLY = "missing-only"
    ADD = "add"
    REPLACE = "replace"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be written. `genres` are those to add (`keep`) or all of them; none: no change."""

    proposed: tuple[str, ...]
    """What the model tells, in the library's names, the likeliest first."""
    scores: dict[str, float]
    genres: tuple[str, ...]
    keep: bool
    why: str = ""
    """Why nothing is to be written."""


def plan(
    now: Sequence[str], said: Prediction, naming: Naming, policy: Policy, min_confidence: float
) -> Plan:
    """What `policy` makes of the genres `now` and of what a model said."""
    named = naming.names.apply(said)
    proposed = tuple(name for name in named.genres if named.scores[name] >= min_confidence)
    scores = {name: round(named.scores[name], 4) for name in proposed}
    keep = policy is not Policy.REPLACE
    genres, why = proposed, ""
    if not proposed:
        why = "no genre is sure enough"
    elif now and policy is Policy.MISSING_ONLY:
        genres, why = (), HAS_GENRES
    elif policy is Policy.ADD:
        present = naming.present(now)
        genres = tuple(name for name in proposed if key(name) not in present)
        why = "" if genres else "has them all"
    elif policy is Policy.REPLACE and sorted(now) == sorted(proposed):
        genres, why = (), "has just these"
    return Plan(proposed=proposed, scores=scores, genres=genres, keep=keep, why=why)
