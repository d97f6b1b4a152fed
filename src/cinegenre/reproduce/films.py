"""Example films with right and wrong predictions, a comparison of rows, and everyday pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..metrics.summary import Scored
from ..movie import Movie
from ..pages.cards import TICK, bar, bars, card, cards
from ..pages.heat import thumbnail
from ..pages.html import Html, paragraph, section, table, tag
from ..pages.values import NONE
from . import choice, one_choice
from .outcome import Outcome, Row

BARS = 4
"""The number of likeliest genres that get a bar; the film's own genres always get one."""

EXAMPLES = 4
"""The number of right films, and of wrong ones, if the recipe does not give one."""

COMPARED, ROWS = 5, 6
"""The numbers of films and rows in the table of predictions."""

DECIDED = (
    "films with all genres predicted correctly, then films whose likeliest genre is wrong. Each "
    "list has the most confident predictions, and no set of genres or wrong genre twice. Bars are "
    "calibrated probabilities; ✓: labelled; bold: predicted with the fitted thresholds; orange: "
    "predicted wrongly."
)
CHOSEN = (
    "films whose likeliest genre is one of their labels, then films for which it is not. Each "
    "list has the most confident predictions, with every genre once before any appears again. Bars "
    "are the softmax shares and sum to 100 %; ✓: labelled; bold: the chosen genre; orange: a wrong "
    "choice."
)
"""How the films were chosen, and how to read their cards."""


def examples(outcome: Outcome) -> Html:
    """The section: right and wrong films (as many of each as the recipe's `examples`), and a table
    with the predictions of several rows for the same films."""
    best, number = choice.main_row(outcome), int(choice.settings(outcome).get("examples", EXAMPLES))
    if best is None:
        return Html()
    parts = []
    if number:
        scored = one_choice.as_choice(best.scored) if best.chooses else best.scored
        how = CHOSEN if best.chooses else DECIDED
        parts.append(paragraph(f"Row “{best.title}”: {how}", "soft"))
        good = likeliest(scored, number, right=True) if best.chooses else right(scored, number)
        for heading, chosen in (("Right", good), ("Wrong", likeliest(scored, number, right=False))):
            films = [_card(outcome.films[i], scored, i, best.chooses) for i in chosen]
            parts += [tag("h3", heading), cards(films) if films else paragraph("None.")]
    several = choice.trained(outcome)[:ROWS]
    if len(several) > 1:
        parts.append(_same_films(outcome, several))
    return section("Films right and wrong", *parts) if parts else Html()


def right(scored: Scored, number: int) -> list[int]:
    """Indices of films with every genre right, the most confident first; no set of genres twice.

    The confidence for a film is that of its least confident decision: the smallest probability.
    """
    sure = np.where(scored.truth, scored.scores, 1 - scored.scores).min(axis=1)
    good = (scored.truth == scored.decided).all(axis=1) & scored.truth.any(axis=1)
    order = [int(i) for i in np.argsort(-sure, kind="stable") if good[i]]
    return _different(order, [scored.truth[i].tobytes() for i in range(len(sure))], number)


def likeliest(scored: Scored, number: int, *, right: bool) -> list[int]:
    """Indices of films with a right (or wrong) likeliest genre, by confidence; no genre twice."""
    top = scored.scores.argmax(axis=1)
    every = np.arange(len(top))
    asked = scored.truth[every, top] == right
    order = [int(i) for i in np.argsort(-scored.scores[every, top], kind="stable") if asked[i]]
    return _different(order, list(top), number)


def disagreed(truth: np.ndarray, decided: Sequence[np.ndarray], number: int) -> list[int]:
    """Indices of the films on which the rows' decisions, each (films, genres), differ most.

    A film with more different predicted sets comes first; in a tie, one that some row got right.
    """
    sets = [len({one[i].tobytes() for one in decided}) for i in range(len(truth))]
    solved = [any((one[i] == truth[i]).all() for one in decided) for i in range(len(truth))]
    return sorted(range(len(truth)), key=lambda i: (-sets[i], not solved[i], i))[:number]


def everyday(outcome: Outcome) -> Html:
    """The section on pictures that are not posters, and their predictions."""
    films = []
    for picture in outcome.pictures:
        path, scores = picture.path, picture.scores
        if picture.chooses:
            shown = one_choice.bars_of_shares(scores, set())
        else:
            top = sorted(scores, key=lambda genre: -scores[genre])[: BARS + 1]
            shown = bars(_bar(genre, scores[genre], False, False) for genre in top)
        films.append(card(thumbnail(path), tag("h3", path.stem.replace("_", " ")), shown))
    return section("Everyday pictures", cards(films)) if films else Html()


def _same_films(outcome: Outcome, several: Sequence[Row]) -> Html:
    truth = several[0].scored.truth
    decided = [
        one_choice.as_choice(row.scored).decided if row.chooses else row.scored.at_half
        for row in several
    ]

    def genre_names(genres: np.ndarray) -> str:
        return ", ".join(outcome.genres[g] for g in np.flatnonzero(genres)) or NONE

    lines = [
        [
            title_of(outcome.films[i]),
            genre_names(truth[i]),
            *(genre_names(one[i]) for one in decided),
        ]
        for i in disagreed(truth, decided, COMPARED)
    ]
    return table(
        "The rows’ choices for the films on which they disagree most"
        if all(row.chooses for row in several)
        else "Predictions at 0.5 for the films on which the rows disagree most",
        ("film", "labelled", *(row.title for row in several)),
        lines,
        kind="words",
    )


def _different(order: Sequence[int], what: Sequence[object], number: int) -> list[int]:
    """The first `number` of `order` with different `what`; repeats are used only to fill up."""
    first: dict[object, int] = {}
    for i in order:
        first.setdefault(what[i], i)
    fresh = list(first.values())[:number]
    return fresh + [i for i in order if i not in set(fresh)][: number - len(fresh)]


def _card(film: Movie, scored: Scored, i: int, chooses: bool) -> Html:
    if chooses:
        return card(
            thumbnail(film.poster),
            tag("h4", title_of(film)),
            one_choice.verdict(scored, i),
            one_choice.bars_of(scored, i),
        )
    likely = np.argsort(-scored.scores[i], kind="stable")
    shown = [g for place, g in enumerate(likely) if place < BARS or scored.truth[i, g]]
    labelled = [genre for genre, has in zip(scored.genres, scored.truth[i], strict=True) if has]
    return card(
        thumbnail(film.poster),
        tag("h4", title_of(film)),
        paragraph(", ".join(labelled), "soft") if labelled else "",
        bars(
            _bar(scored.genres[g], scored.scores[i, g], scored.truth[i, g], scored.decided[i, g])
            for g in shown
        ),
    )


def _bar(genre: str, score: float, labelled: bool, decided: bool) -> Html:
    kind = ("decided" if labelled else "decided false") if decided else ""
    return bar(genre + TICK * bool(labelled), score, f"{100 * score:.0f}\u00a0%", kind=kind)


def title_of(film: Movie) -> str:
    """The title of a film in a report, with its year."""
    name = film.title or film.id or "untitled"
    return name if film.year is None else f"{name} ({film.year})"
