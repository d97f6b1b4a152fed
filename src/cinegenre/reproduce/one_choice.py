"""Rows that choose one genre by a softmax; a film is right if its likeliest genre is.

The shares of a softmax sum to 100 %. No thresholds are fitted and shares are not calibrated genre
by genre: they would not sum to 100 %, and a film with two genres can never have both above 50 %.
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
"""The number of genres with a bar of their own; the rest share one."""


def as_choice(scored: Scored) -> Scored:
    """A copy with the shares as scores, in which only the likeliest genre is decided."""
    chosen = np.zeros(scored.truth.shape, bool)
    chosen[np.arange(len(chosen)), scored.raw.argmax(axis=1)] = True
    return replace(scored, scores=scored.raw, decided=chosen)


def verdict(scored: Scored, i: int) -> Html:
    """A sentence with the likeliest genre of a film, and whether the film has it."""
    top = int(scored.raw[i].argmax())
    if scored.truth[i, top]:
        return paragraph(f"{scored.genres[top]}: right.")
    own = [genre for genre, has in zip(scored.genres, scored.truth[i], strict=True) if has]
    if not own:
        return paragraph(f"{scored.genres[top]}: not scored, the film has none of these labels.")
    return paragraph(f"{scored.genres[top]}: wrong; labelled {listed(own)}.")


def bars_of(scored: Scored, i: int) -> Html:
    """Bars of the shares of a film, the largest first, in whole per cent that sum to 100."""
    shares = {genre: float(x) for genre, x in zip(scored.genres, scored.raw[i], strict=True)}
    own = {genre for genre, has in zip(scored.genres, scored.truth[i], strict=True) if has}
    return bars_of_shares(shares, own)


def bars_of_shares(shares: Mapping[str, float], own: set[str]) -> Html:
    """Bars of shares by genre; a film's `own` genres have a tick."""
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
