"""The films that the paper itself shows, if the data has them, with each row's predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ..inputs import TextInput
from ..inputs.text import cleaned
from ..metrics.summary import Scored
from ..movie import Movie
from ..pages.cards import card
from ..pages.heat import thumbnail
from ..pages.html import Html, paragraph, section, table, tag
from ..pages.values import NONE, listed
from ..tagger import Tagger
from ..tagger.known import score
from . import choice, one_choice
from .films import title_of
from .outcome import Named, Outcome, Row
from .survey import Found

SPLITS = {"train": "training", "validation": "validation", "test": "test"}
USED = {"train": "the rows learned from it", "validation": "used to choose the best epoch"}


def look(found: Sequence[Found], bundles: Mapping[str, Path]) -> list[Named]:
    """The predictions of the rows' bundles for these films, and the overviews as they read them."""
    films = [one.film for one in found]
    said: list[dict[str, Scored]] = [{} for _ in films]
    overviews = [film.overview or "" for film in films]
    for row, folder in bundles.items():
        tagger = Tagger.load(folder)
        encoded = tagger.runtime.encode(films)
        scored = score(tagger, films, encoded)
        for i in np.flatnonzero(encoded.present.any(axis=1)):
            said[i][row] = scored.of(np.array([i]))
        overviews = _as_read(tagger, films) or overviews
    return [
        Named(one, overview, by_row)
        for one, overview, by_row in zip(found, overviews, said, strict=True)
    ]


def named(outcome: Outcome) -> Html:
    """The section: a card for each film, with predictions of the rows that the recipe asks for."""
    missing = outcome.survey.missing if outcome.survey else ()
    if not (outcome.named or missing):
        return Html()
    rows = _rows(outcome)
    choosing = bool(rows) and rows[0].chooses
    how = ("the likeliest genre, and the shares of all genres, which sum to 100 %" if choosing
           else "the genres predicted at 0.5")  # fmt: skip
    lead = (
        f"The films that the paper shows, with their data from this data set and with {how}. A row "
        "has already seen the films it was trained on: only predictions for test films count."
    )
    films = [_card(one, rows, choosing, outcome.genres) for one in outcome.named]
    left = f"Not in this data set: {listed(missing)}." if missing else ""
    return section(
        "The paper’s own films",
        paragraph(lead, "soft"),
        tag("ol", *films, class_="cards rows" if choosing else "cards one") if films else "",
        paragraph(left, "soft") if left else "",
    )


def _rows(outcome: Outcome) -> list[Row]:
    """The recipe's `film_rows`, else all trained rows; if rows choose one genre, the main row."""
    asked = choice.named(outcome, choice.settings(outcome).get("film_rows", ()))
    main = choice.main_row(outcome)
    if main is not None and main.chooses:
        return [main]
    return asked or choice.trained(outcome)


def _card(one: Named, rows: Sequence[Row], choosing: bool, genres: tuple[str, ...]) -> Html:
    film = one.found.film
    texts = (
        tag("h3", title_of(film)),
        paragraph(_where(one.found), "soft"),
        paragraph(_labels(one.found)),
        paragraph(one.overview, "soft") if one.overview and not choosing else "",
    )
    said = [(row, one.said[row.name]) for row in rows if row.name in one.said]
    if choosing and said:
        _, scored = said[0]
        return card(thumbnail(film.poster), *texts, one_choice.verdict(scored, 0),
                    beside=one_choice.bars_of(scored, 0))  # fmt: skip
    lines = [[row.title, *_line(scored, genres)] for row, scored in said]
    by_row = table("By row", ("row", "predicted", "missed"), lines, kind="words") if lines else ""
    return card(thumbnail(film.poster), *texts, by_row)


def _where(found: Found) -> str:
    """A sentence with the film's split and its use in training."""
    split = SPLITS.get(found.split)
    if split is None:
        return "In no split."
    if found.why_not:
        return f"In the {split} split, but left out by this recipe: {found.why_not}."
    used = f": {USED[found.split]}" if found.split in USED else ""
    return f"{split.capitalize()} film{used}."


def _labels(found: Found) -> str:
    if found.film.genres:
        return f"Labelled {listed(found.film.genres)}."
    if found.elsewhere:
        return f"Not in this label set; its source says {listed(found.elsewhere)}."
    return "No label is known."


def _line(scored: Scored, genres: tuple[str, ...]) -> list[str]:
    """The genres predicted at 0.5, the right ones with a tick, and the missed ones."""
    [given], [truth] = scored.at_half, scored.truth

    def ticked(g: int) -> str:
        return f"{genres[g]}\u00a0✓" if truth[g] else genres[g]

    got, missed = (np.flatnonzero(which).tolist() for which in (given, truth & ~given))
    return [", ".join(map(ticked, got)) or NONE, ", ".join(genres[g] for g in missed) or NONE]


def _as_read(tagger: Tagger, films: Sequence[Movie]) -> list[str]:
    """The words of the overviews as a bundle reads them; empty if it does not clean its text."""
    for reads in tagger.bundle.inputs.values():
        if isinstance(reads, TextInput) and reads.cleaning and "overview" in reads.fields:
            return [" ".join(cleaned(film, ("overview",), reads.cleaning)) for film in films]
    return []
