"""Decides which genres a film gets: by a policy, by cleaning the names it has, or both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from ..movie import Prediction
from ..taxonomy import spelling_key as key
from .cleaning import Cleaned
from .naming import Naming

HAS_GENRES = "has genres"
IN_ORDER = "its names are in order"
NO_GENRES = "has no genres: --missing-only gives it some"


class Policy(Enum):
    """What happens to the genres that a film has."""

    MISSING_ONLY = "missing-only"
    ADD = "add"
    REPLACE = "replace"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to write, or in `why` the reason for writing nothing."""

    proposed: tuple[str, ...]
    """The predicted genres in the library's names, the most likely first; or the cleaned names."""
    scores: dict[str, float] = field(default_factory=dict)
    genres: tuple[str, ...]
    """The genres to add (`keep`), or all genres that the film gets."""
    keep: bool
    why: str = ""


def plan(
    now: Sequence[str],
    told: Prediction,
    naming: Naming,
    policy: Policy,
    min_confidence: float,
    most: int | None = None,
) -> Plan:
    """Apply `policy` to the genres `now` and to the `most` likeliest of the predicted ones.

    `now` are the texts of the film's elements; with a text that occurs twice, there is something to
    replace.
    """
    named = naming.names.apply(told)
    sure = (name for name in named.genres if named.scores[name] >= min_confidence)
    proposed = tuple(sure)[:most]
    scores = {name: round(named.scores[name], 4) for name in proposed}
    keep = policy is not Policy.REPLACE
    genres, why = proposed, ""
    if not proposed:
        why = "no genre is sure enough"
    elif now and policy is Policy.MISSING_ONLY:
        genres, why = (), HAS_GENRES
    elif policy is Policy.ADD:
        present = naming.present(now)
        lacking = tuple(name for name in proposed if key(name) not in present)
        genres = lacking if most is None else lacking[: max(most - len(now), 0)]
        if not genres:
            why = f"has {len(now)} already" if lacking else "has them all"
    elif policy is Policy.REPLACE and sorted(now) == sorted(proposed):
        genres, why = (), "has just these"
    return Plan(proposed=proposed, scores=scores, genres=genres, keep=keep, why=why)


def tidy(now: Sequence[str], cleaned: Cleaned, added: Plan | None = None) -> Plan:
    """Replace the texts `now` by the cleaned names, and add the genres of the plan `added`."""
    more = added.genres if added is not None and not added.why else ()
    genres = (*cleaned.names, *more)
    why = ""
    if tuple(now) == genres:
        why = IN_ORDER if now else NO_GENRES if added is None else added.why
    return Plan(
        proposed=() if why else genres,
        scores={} if added is None else {name: added.scores[name] for name in more},
        genres=genres,
        keep=False,
        why=why,
    )
