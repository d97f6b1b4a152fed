"""False positives of drama and comedy, to which models lean: what films are taken for them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..metrics.decisions import HEADLINE_POSITIVES
from ..pages.html import Html, paragraph, section, table
from ..pages.values import NONE, listed, number
from .outcome import Outcome

GENRES = ("Drama", "Comedy")

TOP = 3
"""So many genres are named."""


@dataclass(frozen=True)
class Leaning:
    """How a genre was given: `share` of the films given it are `false`; `missed` were not.

    `theirs` are the films' own genres with their number among the false ones; `taken` the genres
    whose films without this one were most often given it, as shares.
    """

    labelled: int
    given: int
    false: int
    missed: int
    share: float | None
    theirs: list[tuple[str, int]]
    taken: list[tuple[str, float]]


def mistakes(outcome: Outcome) -> Html:
    """The section, a table a genre, by row, at 0.5."""
    known = [genre for genre in GENRES if genre in outcome.genres]
    if not (known and outcome.rows):
        return Html()
    tables = []
    for genre in known:
        g, lines = outcome.genres.index(genre), []
        for row in outcome.rows.values():
            found = leaning(outcome.genres, row.scored.truth, row.scored.at_half, g)
            theirs = ", ".join(f"{name}\u00a0{n:,}" for name, n in found.theirs)
            taken = ", ".join(f"{name}\u00a0{100 * part:.0f}\u00a0%" for name, part in found.taken)
            numbers = (found.labelled, found.given, found.false, found.missed)
            lines.append(
                [row.title, *(f"{n:,}" for n in numbers), number(found.share, 2),
                 theirs or NONE, taken or NONE]
            )  # fmt: skip
        columns = (
            "row", "labelled", "given", "false", "missed", "false of given",
            "genres of the false ones", "genres most often taken for it",
        )  # fmt: skip
        tables.append(
            table(f"{genre}, decided at 0.5: numbers of films", columns, lines, kind="words")
        )
    note = paragraph(
        "“Most often taken for it”: of a genre’s films that are not labelled so, the share that "
        f"was given the label; genres with {HEADLINE_POSITIVES} such films or more.",
        "soft",
    )
    return section(f"False {listed([genre.lower() for genre in known])}", *tables, note)


def leaning(genres: tuple[str, ...], truth: np.ndarray, decided: np.ndarray, g: int) -> Leaning:
    """Of the genre `g`, from bool (films, genres)."""
    given, without = decided[:, g], ~truth[:, g]
    false = given & without
    own = truth[false].sum(axis=0)
    there = truth[without].sum(axis=0)
    enough = there >= HEADLINE_POSITIVES
    rate = np.divide(own, there, out=np.zeros(len(genres)), where=there > 0)
    by_count = [i for i in np.argsort(-own, kind="stable") if own[i]][:TOP]
    by_rate = [i for i in np.argsort(-rate, kind="stable") if rate[i] and enough[i]][:TOP]
    return Leaning(
        labelled=int(truth[:, g].sum()),
        given=int(given.sum()),
        false=int(false.sum()),
        missed=int((truth[:, g] & ~given).sum()),
        share=float(false.sum() / given.sum()) if given.any() else None,
        theirs=[(genres[i], int(own[i])) for i in by_count],
        taken=[(genres[i], float(rate[i])) for i in by_rate],
    )
