"""False positives for drama and comedy, the genres that models predict too often."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..metrics.decisions import HEADLINE_POSITIVES
from ..pages.html import Html, paragraph, section, table
from ..pages.values import NONE, listed, number
from .outcome import Outcome

GENRES = ("Drama", "Comedy")

TOP = 3
"""The number of genres that are named."""


@dataclass(frozen=True)
class Leaning:
    """Counts of the predictions of one genre: `given` films got it, `share` of them wrongly.

    `labelled` films have it, and `missed` of these did not get it. `false` is the number of false
    positives; `theirs` are their own genres with counts. `taken` are the genres whose films most
    often got this one wrongly, with the share of those films.
    """

    labelled: int
    given: int
    false: int
    missed: int
    share: float | None
    theirs: list[tuple[str, int]]
    taken: list[tuple[str, float]]


def mistakes(outcome: Outcome) -> Html:
    """The section: a table for each genre, with a line for each row, at 0.5."""
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
            "row", "labelled", "predicted", "false positives", "missed", "false / predicted",
            "their own genres", "genres most often mistaken for it",
        )  # fmt: skip
        tables.append(
            table(f"{genre}, threshold 0.5: numbers of films", columns, lines, kind="words")
        )
    note = paragraph(
        "“Their own genres” are the labels of the false positives. “Genres most often mistaken for "
        "it”: the share of a genre’s films without this label for which it was predicted; only "
        f"genres with at least {HEADLINE_POSITIVES} such films.",
        "soft",
    )
    return section(f"False positives: {listed([genre.lower() for genre in known])}", *tables, note)


def leaning(genres: tuple[str, ...], truth: np.ndarray, decided: np.ndarray, g: int) -> Leaning:
    """The counts for the genre `g`, from bool arrays (films, genres)."""
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
