"""Rows that choose one genre: their scores are shares of it, and a film is right by the likeliest.

A softmax's shares sum to 100 %, and no threshold is fitted on them: calibrated genre by genre they
would not, and a film of two genres can never have both above a half.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ..metrics.summary import Scored
from ..pages.cards import TICK, bar, bars
from ..pages.html import Html, paragraph
from ..pages.values import listed

MOST = 5
"""So many genres have a bar; the rest share one."""


def as_choice(scored: Scored) -> Scored:
    """The same with the shares themselves as scores, and the likeliest genre alone decided."""
    chosen = np.zeros(scored.truth.shape, bool)
    chosen[np.arange(len(chosen)), scored.raw.argmax(axis=1)] = True
    return replace(scored, scores=scored.raw, decided=chosen)


def verdict(scored: Scored, i: int) -> Html:
    """The likeliest genre of a film, and whether it is one of its own."""
    top = int(scored.raw[i].argmax())
    if scored.truth[i, top]:
        return paragraph(f"{scored.genres[top]}: right.")
    own = [genre for genre, has in zip(scored.genres, scored.truth[i], strict=True) if has]
    if not own:
        return paragraph(f"{scored.genres[top]}: it has none of these labels to judge by.")
    return paragraph(f"{scored.genres[top]}: wrong, it is {listed(own)}.")


def bars_of(scored: Scored, i: int) -> Html:
    """The shares, the largest first, in whole per cent that sum to 100."""
    shares = {genre: float(x) for genre, x in zip(scored.genres, scored.raw[i], strict=True)}
    own = {genre for genre, has in zip(scored.genres, scored.truth[i], strict=True) if has}
    return bars_of_shares(shares, own)


def bars_of_shares(shares: Mapping[str, float], own: set[str]) -> Html:
    """The same of genre → share; a film's `own` genres have a tick."""
    order = sorted(shares, key=lambda genre: -shares[genre])
    first, rest = order[:MOST], order[MOST:]
    parts = [shares[genre] for genre in first] + [sum(shares[g] for g in rest)] * bool(rest)
    names = first + ["others"] * bool(rest)
    lines = []
    for place, (name, share, cent) in enumerate(zip(names, parts, per_cent(parts), strict=True)):
        kind = "" if place else "decided" if name in own or not own else "decided false"
        lines.append(bar(name + TICK * (name in own), share, f"{cent}\u00a0%", kind=kind))
    return bars(lines)


def per_cent(shares: list[float]) -> list[int]:
    """Shares of one as whole per cent that sum to 100: the largest remainders are rounded up."""
    exact = [100 * share / (sum(shares) or 1) for share in shares]
    found = [int(value) for value in exact]
    for place in sorted(range(len(exact)), key=lambda i: found[i] - exact[i]):
        if sum(found) < 100:
            found[place] += 1
    return found
